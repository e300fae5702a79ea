#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/dataset.hpp"
#include "jobs/audit/finding.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

/// What a model scores in the metric that chooses.
struct ModelScore {
  std::size_t candidate = 0;  // of the round
  double mean = 0;            // over the folds of the round
  double deviation = 0;       // likewise
};

/// What a column comes to by itself.
struct TelltaleColumn {
  std::string column;                   // the one that scores best; empty: none has a score
  double mean = 0;                      // its score
  double share = 0;                     // of what the model explains beyond the baseline
  std::optional<Finding> finding = {};  // where it explains nearly all
};

/// Finds the column that tells most by itself, and whether it tells nearly all that the model tells: then it may hold
/// the answer.
///
/// A column's own model is a dictionary that is learnt in each fold of `round`: of ranges of its values, or of its
/// words, what labels there are (each class's share; mean, or median). The best of few and many ranges counts. Only the
/// columns that tell most in some rows are tried. A finding: one explains 95 % of what the model explains, and half of
/// what there is to explain at least; and on a part of the rows the model explains less than 98 % of that without it
/// and others like it. Nothing where the model is not clearly better than always the same guess, or there is one
/// column. Cost: sorts 500 values of each column, all of two; less than one fit as a rule.
std::optional<TelltaleColumn> find_telltale_column(const search::SearchPlan& plan, const search::Round& round,
                                                   const core::Dataset& data, std::size_t metric,
                                                   const ModelScore& model);

}  // namespace gridmill::jobs
