#pragma once

#include "core/entity_set.hpp"
#include "features/definitions/feature.hpp"
#include "features/evaluation/evaluation.hpp"

namespace gridmill::features {

/// Says whether a feature is a transform over all rows of its table.
bool is_over_table(const Feature& feature);

/// Says whether a row has the same value of a feature at every cutoff at which the row counts.
bool is_settled(const Feature& feature, const core::EntitySet& set, const EvaluationOptions& options);

/// Says whether a transform over a table, not settled itself, can be had at all cutoffs at once: the rank of a settled
/// value among the rows that count.
bool ranks_settled_values(const Feature& feature, const core::EntitySet& set, const EvaluationOptions& options);

}  // namespace gridmill::features
