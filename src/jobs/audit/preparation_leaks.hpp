#pragma once

#include <cstddef>
#include <optional>

#include "core/dataset.hpp"
#include "jobs/audit/finding.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

/// What came of trying what is learnt before the model.
struct PreparationTried {
  std::size_t n_settings = 0;  // that differ; 0: no candidate has a step before its model
  std::size_t n_folds = 0;     // each was tried in
  std::size_t n_labels = 0;    // that were changed, one after the other
  std::optional<Finding> held_out = {};
  std::optional<Finding> own_label = {};
};

/// Tries the steps before the model that candidates of `round` ask for, in two folds.
///
/// Held-out rows are replaced by 1e6, and by other words: what the fold learns must stay the same, byte for byte. The
/// label of a row is changed: what that row is shown as must stay the same (classes are taken as numbers, so that rows
/// stay where they are dealt to). A step that cannot be learnt is left out: the search says why.
/// Cost: learns each setting twice in each fold, and some more for the labels. Memory: the samples twice more.
PreparationTried find_preparation_leaks(const search::SearchPlan& plan, const search::Round& round,
                                        const core::Dataset& data);

}  // namespace gridmill::jobs
