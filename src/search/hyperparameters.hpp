#pragma once

#include <string>
#include <vector>

#include "core/option.hpp"
#include "core/value.hpp"
#include "models/family/model.hpp"

namespace gridmill::search {

/// Returns the options that a candidate may give: the family's own, then those of the steps before the model.
std::vector<core::OptionSpec> hyperparameters(const models::Family& family);

/// Returns a text that is equal for candidates that share work within a fold: steps and family's sharing key.
std::string sharing_key(const models::Family& family, const core::Params& params);

/// Says whether that work belongs to one set of training rows: steps learn from them, or the family shares by fold.
bool shares_rows(const models::Family& family, const core::Params& params);

/// Says whether a candidate can be fitted to features that are missing: a step fills them in, or the family takes them.
bool takes_missing(const models::Family& family, const core::Params& params);

/// Returns what a trainer is told of a candidate.
models::Candidate told_candidate(core::Params params);

}  // namespace gridmill::search
