#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/value.hpp"
#include "search/evaluate.hpp"

namespace gridmill::search {

/// One column of scikit-learn's cv_results_, one entry a candidate.
struct CvColumn {
  enum class Kind { real, integer, param, params };
  std::string name;
  Kind kind = Kind::real;
  bool is_timing = false;
  std::vector<double> numbers;                     // real, integer
  std::vector<std::optional<core::Value>> values;  // param: nullopt where the candidate lacks it (masked)
};

/// The table scikit-learn 1.2.1 calls cv_results_: the same columns in the same order with the same means
/// (numpy's pairwise summation), standard deviations and ranks.
struct CvResults {
  std::vector<CvColumn> columns;

  [[nodiscard]] const CvColumn* find(std::string_view name) const;
};

/// Shapes: `records` holds each (candidate, fold) once, in any order. One scorer is called "score", several go by name.
CvResults assemble(const SearchPlan& plan, std::span<const FitRecord> records);

/// Returns scikit-learn's best_index_: the first candidate with rank 1 in `metric`.
std::size_t best_candidate(const CvResults& results, std::string_view metric_column);

/// Returns the simplest candidate whose mean is within one standard error (std / sqrt(n_folds)) of the best
/// mean; simplest = lowest family cost order given in `complexity` (lower is simpler), ties by candidate id.
std::size_t one_standard_error_candidate(const CvResults& results, std::string_view metric_column,
                                         std::span<const double> complexity, std::size_t n_folds);

/// Returns, for each numeric axis with at least three values whose best value is its least or greatest, one
/// sentence ("best C = 10000.0 lies on the border of the grid; try larger values").
std::vector<std::string> border_warnings(std::span<const core::Params> candidates, std::size_t best);

/// Returns cv_results_ as CSV as pandas' to_csv(index=False) writes it.
std::string to_csv(const CvResults& results);

/// numpy's pairwise sum of contiguous doubles; the order of additions decides ties of means.
double pairwise_sum(std::span<const double> values);

}  // namespace gridmill::search
