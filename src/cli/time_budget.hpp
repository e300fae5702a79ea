#pragma once

#include <optional>
#include <string>

#include "cli/commands.hpp"
#include "config/quantity.hpp"
#include "jobs/run/stop_request.hpp"

namespace gridmill::cli {

/// Reads the word of --budget: "2 hours", "90min". Errors: UserError where it is no length of time, or none at all.
config::Duration read_budget(const std::string& word);

/// Returns when a command has to end, by its --budget: counted from now, or, for ranks that our own launcher has
/// started, from when that was. None: it may take any time.
std::optional<jobs::TimeBudget> time_budget(const Invocation& invocation);

/// Lets the ranks that this process starts, again and again if need be, have what is left of it.
void hand_on_budget(const Invocation& invocation);

}  // namespace gridmill::cli
