#include "jobs/out_of_fold.hpp"

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

OutOfFold empty_predictions(const search::SearchPlan& plan, std::size_t candidate, const core::Dataset& data) {
  OutOfFold out{.candidate = candidate};
  for (std::size_t k = 0; k < plan.folds.size(); ++k) {
    for (const core::Index row : plan.folds[k].test) {
      out.fold.push_back(static_cast<std::int64_t>(k));
      out.row.push_back(data.row[row]);
    }
  }
  const std::size_t m = out.fold.size();
  const models::Outputs outputs = search::outputs_of(plan);
  out.prediction.value.assign(m, 0.0);
  out.prediction.decision.zeros(outputs.decision ? n_decision_rows(data) : 0, m);
  out.prediction.probability.zeros(outputs.probability ? data.classes.size() : 0, m);
  return out;
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

}  // namespace

OutOfFold out_of_fold_predictions(const search::SearchPlan& plan, std::size_t candidate, const core::Dataset& data,
                                  search::Evaluator& evaluator, mpi::Transport& transport) {
  OutOfFold out = empty_predictions(plan, candidate, data);
  const auto n_ranks = static_cast<std::size_t>(transport.size());
  const auto rank = static_cast<std::size_t>(transport.rank());
  mpi::run_together(transport, [&] {
    std::size_t first = 0;
    for (std::size_t k = 0; k < plan.folds.size(); ++k) {
      const std::size_t n = plan.folds[k].test.size();
      // Dealt from the last rank on: rank 0 fits all samples again afterwards.
      if (n_ranks - 1 - k % n_ranks == rank) {
        models::Prediction part;
        try {
          part = evaluator.predict_fold(candidate, k);
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
  return out;
}

OutOfFold kept_predictions(const search::SearchPlan& plan, std::size_t candidate, const core::Dataset& data,
                           std::span<const search::FitRecord> records) {
  OutOfFold out = empty_predictions(plan, candidate, data);
  std::vector<std::size_t> first(plan.folds.size(), 0);
  for (std::size_t k = 1; k < plan.folds.size(); ++k) first[k] = first[k - 1] + plan.folds[k - 1].test.size();
  for (const search::FitRecord& record : records) {
    if (record.candidate != candidate) continue;
    put(record.prediction, first[record.fold], plan.folds[record.fold].test.size(), out.prediction);
  }
  return out;
}

}  // namespace gridmill::jobs
