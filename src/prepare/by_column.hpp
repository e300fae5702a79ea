#pragma once

#include <cstddef>
#include <memory>

#include "core/value.hpp"
#include "prepare/step.hpp"

namespace gridmill::prepare {

/// Returns a step that does to each column of numbers what `kind` does with the parameters of the column: see
/// params_for. Columns of equal parameters are one group; groups come in the order of their first column, but for those
/// of the candidate's own parameters, which come first. Null: none is to have anything done.
std::unique_ptr<Step> by_column(const StepKind& kind, const core::Params& params);

/// Says whether the saved step is one of these.
bool is_by_column(const core::Value& saved);
/// Reads what its FittedStep::to_value wrote; `kind_of` finds the kind of a saved step. Errors: UserError.
std::shared_ptr<const FittedStep> read_by_column(const core::Value& saved, std::size_t n_features,
                                                 const StepKind& (*kind_of)(const core::Value& saved));

}  // namespace gridmill::prepare
