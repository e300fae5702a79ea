#include "jobs/search/out_of_fold.hpp"

#include <algorithm>
#include <limits>

#include "models/scorer.hpp"
#include "mpi/failure.hpp"

namespace gridmill::jobs {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Rows of a decision matrix: scikit-learn's shapes.
std::size_t n_decision_rows(const core::Dataset& data) {
  if (data.task == core::Task::regression) return 0;
  return data.classes.size() == 2 ? 1 : data.classes.size();
}

/// The folds on which the candidate is judged, by their place in its round.
std::span<const search::Fold> folds_of(const search::SearchPlan& plan, const search::Round& round) {
  return std::span(plan.folds).subspan(round.first_fold, round.n_folds);
}

OutOfFold tested_rows(std::span<const search::Fold> folds, const core::Dataset& data) {
  OutOfFold out;
  for (std::size_t k = 0; k < folds.size(); ++k) {
    for (const core::Index row : folds[k].test) {
      out.fold.push_back(static_cast<std::int64_t>(k));
      out.row.push_back(data.row[row]);
      out.truth.push_back(data.y[row]);
      if (!data.weight.empty()) out.weight.push_back(data.weight[row]);
    }
  }
  return out;
}

/// Of m samples, all 0.
models::Prediction empty_prediction(const search::SearchPlan& plan, std::size_t candidate, const core::Dataset& data,
                                    std::size_t m) {
  const models::Outputs outputs = search::outputs_of(plan, search::family_of(plan, candidate));
  models::Prediction prediction{.value = std::vector<double>(m, 0.0)};
  prediction.decision.zeros(outputs.decision ? n_decision_rows(data) : 0, m);
  prediction.probability.zeros(outputs.probability ? data.classes.size() : 0, m);
  return prediction;
}

/// A sum over ranks turns -0.0 into 0.0; one rank alone is to write the same.
double positive_zero(double value) { return value == 0 ? 0.0 : value; }

void put_columns(const core::Matrix& part, std::size_t first, std::size_t n, core::Matrix& whole) {
  if (whole.n_rows == 0) return;
  auto columns = whole.cols(first, first + n - 1);
  // A fit that saw only two of more classes has a decision of another shape.
  if (part.n_rows == whole.n_rows) {
    columns = part;
    columns.transform(positive_zero);
  } else {
    columns.fill(kNaN);
  }
}

void put(const models::Prediction& part, std::size_t first, std::size_t n, models::Prediction& whole) {
  const auto start = whole.value.begin() + static_cast<std::ptrdiff_t>(first);
  if (part.value.size() == n) {
    std::transform(part.value.begin(), part.value.end(), start, positive_zero);
  } else {
    std::fill_n(start, n, kNaN);
  }
  put_columns(part.decision, first, n, whole.decision);
  put_columns(part.probability, first, n, whole.probability);
}

/// The duals of the folds, and their mean, by which a fit on all samples starts near its end.
class FoldDuals {
 public:
  FoldDuals(const search::SearchPlan& plan, std::span<const search::Fold> folds, const core::Dataset& data)
      : folds_(folds), n_samples_(data.n_samples()), n_rows_(std::max<std::size_t>(2, data.classes.size()) - 1) {
    constexpr std::size_t kMost = std::size_t{1} << 26;  // 512 MiB
    const std::size_t size = n_rows_ * n_samples_ * folds.size();
    if (plan.mode == models::FitMode::converged && size <= kMost) values_.assign(size, 0.0);
  }

  [[nodiscard]] bool wanted() const { return !values_.empty(); }
  [[nodiscard]] std::span<double> values() { return values_; }

  void put(std::size_t fold, const std::vector<double>& dual) {
    if (dual.size() != n_rows_ * n_samples_) return;  // failed, or the family has none
    std::copy(dual.begin(), dual.end(), values_.begin() + static_cast<std::ptrdiff_t>(fold * dual.size()));
  }

  /// The mean over the folds that trained a sample, in the order of the folds; empty if there is nothing.
  [[nodiscard]] std::vector<double> mean() const {
    if (std::all_of(values_.begin(), values_.end(), [](double v) { return v == 0; })) return {};
    const std::size_t size = n_rows_ * n_samples_;
    std::vector<double> sum(size, 0.0);
    std::vector<double> n_trained(n_samples_, 0.0);
    for (std::size_t fold = 0; fold < folds_.size(); ++fold) {
      for (std::size_t e = 0; e < size; ++e) sum[e] += values_[fold * size + e];
      for (const core::Index sample : folds_[fold].train) n_trained[sample] += 1;
    }
    for (std::size_t e = 0; e < size; ++e) sum[e] /= std::max(1.0, n_trained[e % n_samples_]);
    return sum;
  }

 private:
  std::span<const search::Fold> folds_;
  std::size_t n_samples_;
  std::size_t n_rows_;
  std::vector<double> values_;  // by fold, row, sample
};

/// Returns the rank that is to predict each fold: the first that remembers having done so, else they are dealt, from
/// the last rank on: rank 0 fits all samples again afterwards. Collective; the same on all ranks.
std::vector<std::size_t> deal(const search::Evaluator& evaluator, std::size_t candidate, const search::Round& round,
                              mpi::Transport& transport) {
  const std::size_t n_folds = round.n_folds;
  const auto n_ranks = static_cast<std::size_t>(transport.size());
  const auto rank = static_cast<std::size_t>(transport.rank());
  std::vector<std::int64_t> remembers(n_folds * n_ranks, 0);
  for (std::size_t k = 0; k < n_folds; ++k) {
    remembers[k * n_ranks + rank] = evaluator.remembers(candidate, round.first_fold + k) ? 1 : 0;
  }
  transport.allreduce_sum(remembers);
  std::vector<std::size_t> dealt_to;
  for (std::size_t k = 0; k < n_folds; ++k) {
    const auto first = remembers.begin() + static_cast<std::ptrdiff_t>(k * n_ranks);
    const auto found = static_cast<std::size_t>(std::find(first, first + transport.size(), 1) - first);
    dealt_to.push_back(found < n_ranks ? found : n_ranks - 1 - k % n_ranks);
  }
  return dealt_to;
}

}  // namespace

OutOfFold out_of_fold_predictions(const search::SearchPlan& plan, std::size_t candidate, const core::Dataset& data,
                                  search::Evaluator& evaluator, mpi::Transport& transport) {
  const auto rank = static_cast<std::size_t>(transport.rank());
  const search::Round round = search::round_of(plan, candidate);
  const std::span<const search::Fold> folds = folds_of(plan, round);
  OutOfFold out = tested_rows(folds, data);
  out.candidate = candidate;
  out.prediction = empty_prediction(plan, candidate, data, out.row.size());
  const std::vector<std::size_t> dealt_to = deal(evaluator, candidate, round, transport);
  FoldDuals duals(plan, folds, data);
  mpi::run_together(transport, [&] {
    std::size_t first = 0;
    for (std::size_t k = 0; k < folds.size(); ++k) {
      const std::size_t n = folds[k].test.size();
      if (dealt_to[k] == rank) {
        models::Prediction part;
        try {
          std::vector<double> dual;
          part = evaluator.predict_fold(candidate, round.first_fold + k, duals.wanted() ? &dual : nullptr);
          duals.put(k, dual);
        } catch (const models::FitError&) {
          // Known since the fold was scored; NaN says so here.
        }
        put(part, first, n, out.prediction);
      }
      first += n;
    }
  });
  transport.reduce_sum(out.prediction.value);
  transport.reduce_sum({out.prediction.decision.memptr(), out.prediction.decision.n_elem});
  transport.reduce_sum({out.prediction.probability.memptr(), out.prediction.probability.n_elem});
  if (duals.wanted()) {
    transport.reduce_sum(duals.values());
    out.dual = duals.mean();
  }
  return out;
}

KeptPredictions kept_predictions(const search::SearchPlan& plan, const search::Round& round, const core::Dataset& data,
                                 std::span<const search::FitRecord> records) {
  const std::span<const search::Fold> folds = folds_of(plan, round);
  KeptPredictions kept{.tested = tested_rows(folds, data), .predictions = {}};
  for (std::size_t c = 0; c < round.n_candidates; ++c) {
    kept.predictions.push_back(empty_prediction(plan, round.first_candidate + c, data, kept.tested.row.size()));
  }
  std::vector<std::size_t> first(folds.size(), 0);
  for (std::size_t k = 1; k < folds.size(); ++k) first[k] = first[k - 1] + folds[k - 1].test.size();
  for (const search::FitRecord& record : records) {
    if (record.candidate < round.first_candidate) continue;
    const std::size_t c = record.candidate - round.first_candidate;
    if (c >= round.n_candidates) continue;
    models::Prediction& of_candidate = kept.predictions[c];
    const std::size_t k = record.fold - round.first_fold;
    put(record.prediction, first[k], folds[k].test.size(), of_candidate);
    of_candidate.has_float_probability |= record.prediction.has_float_probability;
  }
  return kept;
}

}  // namespace gridmill::jobs
