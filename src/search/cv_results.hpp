#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.hpp"
#include "search/fit_record.hpp"
#include "search/plan.hpp"

namespace gridmill::search {

/// One column of scikit-learn's cv_results_, one entry a candidate.
struct CvColumn {
  enum class Kind { real, integer, param, params };
  std::string name;
  Kind kind = Kind::real;
  bool is_timing = false;
  std::vector<double> numbers;                     // real, integer
  std::vector<std::optional<core::Value>> values;  // param: nullopt where the candidate lacks it (masked);
                                                   // params: a mapping
};

/// The table scikit-learn 1.2.1 calls cv_results_: the same columns in the same order with the same means
/// (numpy's pairwise summation), standard deviations and ranks.
struct CvResults {
  std::vector<CvColumn> columns;

  [[nodiscard]] const CvColumn* find(std::string_view name) const;
};

/// Returns the name of scorer `id` in the columns: its own, or "score" for a scorer alone that is not to be named, as
/// scikit-learn has it for a metric that is not given in a list.
std::string metric_column(const SearchPlan& plan, std::size_t id);

/// Returns the candidate ids of study 0 by row of its table.
std::vector<std::size_t> table_rows(const SearchPlan& plan);

/// Builds the table of study 0 from the records of all fits.
///
/// Shapes: `records` holds each trial once, in any order; a row a candidate, the rounds one after the other. Where
/// resources are rationed, the columns `iter` and `n_resources` come first, before them `bracket` where there are
/// several. Scorers go by metric_column. Means are not weighted, standard deviations have ddof 0, equal means share the
/// smallest rank; NaN means (failed fits) share the last rank, or the first if all are NaN. Deterministic: the order of
/// `records` does not matter.
CvResults assemble(const SearchPlan& plan, std::span<const FitRecord> records);

/// Returns scikit-learn's best_index_: the place of the first of the best ranks among `means`.
std::size_t best_candidate(std::span<const double> means);

/// Returns the place of the simplest candidate whose mean is within one standard error (std / sqrt(n_folds)) of the
/// best mean; simplest = least `complexity` (one entry a candidate), of equal ones the better mean, then the place. The
/// best itself if its mean is NaN.
std::size_t one_standard_error_candidate(std::span<const double> means, std::span<const double> deviations,
                                         std::span<const double> complexity, std::size_t n_folds);

/// Returns cv_results_ as CSV as pandas' DataFrame(cv_results_).to_csv(index=False) writes it: None, NaN and absent
/// parameters are empty fields.
std::string to_csv(const CvResults& results);

}  // namespace gridmill::search
