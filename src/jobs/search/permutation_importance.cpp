#include "jobs/search/permutation_importance.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "core/numpy_random.hpp"
#include "core/numpy_sum.hpp"
#include "core/sparse.hpp"
#include "jobs/dataset/dataset_block.hpp"
#include "mpi/failure.hpp"

namespace gridmill::jobs {

namespace {

/// From which row each row takes its value, by shuffle: each deals out anew what the one before has dealt.
std::vector<std::vector<std::size_t>> shuffles(std::size_t n_rows, std::size_t n_repeats, std::uint32_t seed) {
  constexpr std::int64_t kSeeds = std::int64_t{1} << 31U;
  core::NumpyRandom random(static_cast<std::uint32_t>(core::NumpyRandom(seed).integer(0, kSeeds)));
  std::vector<std::size_t> places(n_rows);
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::vector<std::size_t> from = places;
  std::vector<std::vector<std::size_t>> all;
  for (std::size_t repeat = 0; repeat < n_repeats; ++repeat) {
    random.shuffle(std::span(places));
    std::vector<std::size_t> next;
    next.reserve(n_rows);
    for (const std::size_t place : places) next.push_back(from[place]);
    from = std::move(next);
    all.push_back(from);
  }
  return all;
}

/// The same samples, but for one feature, of which each sample has what sample `from[i]` has.
core::SparseMatrix with_shuffled(const core::SparseView& x, std::size_t feature, std::span<const std::size_t> from) {
  core::SparseMatrix out{.n_features = x.n_features};
  std::vector<core::Index> features;
  std::vector<double> values;
  for (std::size_t i = 0; i < x.n_samples(); ++i) {
    features.clear();
    values.clear();
    const auto add = [&](const core::SparseSample& sample, auto wanted) {
      for (std::size_t e = 0; e < sample.value.size(); ++e) {
        if (!wanted(sample.feature[e])) continue;
        features.push_back(sample.feature[e]);
        values.push_back(sample.value[e]);
      }
    };
    add(x.sample(i), [&](core::Index f) { return f < feature; });
    add(x.sample(from[i]), [&](core::Index f) { return f == feature; });
    add(x.sample(i), [&](core::Index f) { return f > feature; });
    out.add({features, values});
  }
  return out;
}

/// Rows of which one feature at a time is dealt out anew.
class ShuffledRows {
 public:
  explicit ShuffledRows(const core::Dataset& rows) : original_(rows), shuffled_(rows) {
    if (rows.is_sparse()) return;
    x_ = core::Matrix(rows.x.data, rows.x.n_features, rows.x.n_samples);
    shuffled_.x = core::MatrixView(x_);
  }

  const core::Dataset& with(std::size_t feature, std::span<const std::size_t> from) {
    if (original_.is_sparse()) {
      sparse_ = with_shuffled(original_.sparse, feature, from);
      shuffled_.sparse = sparse_.view();
    } else {
      for (std::size_t i = 0; i < from.size(); ++i) x_(feature, i) = original_.x.sample(from[i])[feature];
    }
    return shuffled_;
  }
  void restore(std::size_t feature) {
    if (original_.is_sparse()) return;
    for (std::size_t i = 0; i < x_.n_cols; ++i) x_(feature, i) = original_.x.sample(i)[feature];
  }

 private:
  const core::Dataset& original_;
  core::Dataset shuffled_;
  core::Matrix x_;
  core::SparseMatrix sparse_;
};

double score_of(const JudgedModel& model, const core::Dataset& rows) {
  const models::Prediction prediction = model.pipeline.predict(rows, model.outputs);
  return model.scorer.score({.truth = rows.y,
                             .weight = rows.weight,
                             .prediction = prediction,
                             .classes = rows.classes,
                             .fitted = model.fitted,
                             .positive = model.positive},
                            nullptr);
}

/// `falls`: sets of rows below each other, n_repeats rows each.
void summarise(const core::Matrix& falls, PermutationImportance& out) {
  for (std::size_t feature = 0; feature < falls.n_cols; ++feature) {
    const std::span<const double> of_feature(falls.colptr(feature), falls.n_rows);
    out.mean.push_back(core::numpy_average(of_feature));
    out.deviation.push_back(core::numpy_std(of_feature, out.mean.back()));
  }
}

}  // namespace

core::Matrix falls_of_score(const JudgedModel& model, std::size_t n_repeats, std::uint32_t seed) {
  const double whole = score_of(model, model.rows);
  const auto orders = shuffles(model.rows.n_samples(), n_repeats, seed);
  ShuffledRows rows(model.rows);
  core::Matrix falls(n_repeats, model.rows.n_features());
  for (std::size_t feature = 0; feature < falls.n_cols; ++feature) {
    for (std::size_t repeat = 0; repeat < n_repeats; ++repeat) {
      falls(repeat, feature) = whole - score_of(model, rows.with(feature, orders[repeat]));
    }
    rows.restore(feature);
  }
  return falls;
}

std::optional<PermutationImportance> permutation_importance(const PlannedSearch& planned, std::size_t candidate,
                                                            std::size_t n_repeats, const SearchData& data,
                                                            const search::FittedPipeline& refitted,
                                                            search::Evaluator& evaluator, mpi::Transport& transport) {
  const search::SearchPlan& plan = planned.plan;
  const models::Scorer& scorer = *plan.scorers[planned.chosen_by];
  const auto judged = [&](const search::FittedPipeline& pipeline, const core::Dataset& rows,
                          std::span<const std::size_t> fitted) {
    return JudgedModel{.pipeline = pipeline,
                       .rows = rows,
                       .scorer = scorer,
                       .outputs = search::outputs_of(plan, search::family_of(plan, candidate)),
                       .fitted = fitted,
                       .positive = plan.positive};
  };
  const auto seed = static_cast<std::uint32_t>(plan.seed);
  PermutationImportance out{
      .held_out = data.held_out.has_value(), .metric = std::string(scorer.name()), .n_repeats = n_repeats};
  if (out.held_out) {
    mpi::run_together(transport, [&] {
      if (refitted.model == nullptr) return;
      std::vector<std::size_t> fitted(data.train.classes.size());
      std::iota(fitted.begin(), fitted.end(), std::size_t{0});
      summarise(falls_of_score(judged(refitted, *data.held_out, fitted), n_repeats, seed), out);
    });
  } else {
    const search::Round round = search::round_of(plan, candidate);
    const std::size_t n_features = data.train.n_features();
    core::Matrix falls(n_repeats * round.n_folds, n_features, arma::fill::zeros);
    std::vector<double> is_there(round.n_folds, 0.0);
    mpi::run_together(transport, [&] {
      for (std::size_t k = 0; k < round.n_folds; ++k) {
        if (k % static_cast<std::size_t>(transport.size()) != static_cast<std::size_t>(transport.rank())) continue;
        try {
          const search::FoldModel model = evaluator.fold_model(candidate, round.first_fold + k);
          const core::Dataset rows = take(data.train, plan.folds[round.first_fold + k].test);
          falls.rows(k * n_repeats, (k + 1) * n_repeats - 1) =
              falls_of_score(judged(model.pipeline, rows, model.classes), n_repeats, seed);
          is_there[k] = 1;
        } catch (const models::FitError&) {
          // Known since the fold was scored.
        }
      }
    });
    transport.reduce_sum({falls.memptr(), falls.n_elem});
    transport.reduce_sum(is_there);
    arma::uvec known(falls.n_rows);
    std::size_t n_known = 0;
    for (std::size_t row = 0; row < falls.n_rows; ++row) {
      if (is_there[row / n_repeats] > 0) known[n_known++] = row;
    }
    if (n_known == 0) return std::nullopt;
    summarise(falls.rows(known.head(n_known)), out);
  }
  if (out.mean.empty()) return std::nullopt;
  return out;
}

}  // namespace gridmill::jobs
