#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/option.hpp"
#include "core/value.hpp"
#include "models/family/model.hpp"

namespace gridmill::search {

/// Returns the options that a candidate may give: the family's own, then those of the steps before the model.
std::vector<core::OptionSpec> hyperparameters(const models::Family& family);

/// Returns the one of `families` that a candidate names; the first if it names none.
const models::Family& family_in(std::span<const models::Family* const> families, const core::Params& candidate);

/// Returns what a candidate of `family` is fitted with: its own hyperparameters, and of `fixed`, which gives way, those
/// that the family or a step before it has.
core::Params hyperparameters_of(const core::Params& candidate, const models::Family& family, const core::Params& fixed);

/// Returns what is wrong with a candidate's hyperparameters together, each already checked, in a sentence each.
std::vector<std::string> check_together(const models::Family& family, const core::Params& params);

/// Returns a text that is equal for candidates that share work within a fold: family, steps and family's sharing key.
std::string sharing_key(const models::Family& family, const core::Params& params);

/// Says whether that work belongs to one set of training rows: steps learn from them, or the family shares by fold.
bool shares_rows(const models::Family& family, const core::Params& params);

/// Returns the option along which a fit goes on (models::Family::free_axis); none where features are chosen by the
/// model, which sees others with each value of it.
std::string_view free_axis_of(const models::Family& family, const core::Params& params);

/// Says whether a candidate can be fitted to missing values of a column of numbers: a step fills them in, or the family
/// takes them.
bool takes_missing(const models::Family& family, const core::Params& params, std::string_view column);

/// Returns what a trainer is told of a candidate.
models::Candidate told_candidate(core::Params params);

}  // namespace gridmill::search
