#pragma once

#include <span>
#include <string>

#include "jobs/status_job.hpp"

namespace gridmill::cli {

/// Returns what a person wants to know of a run: how far it is, who works on it, how to go on. `now`: seconds since
/// 1970.
std::string status_text(const jobs::RunStatus& status, double now);

/// Returns a line a run, aligned.
std::string runs_text(std::span<const jobs::RunStatus> runs, double now);

}  // namespace gridmill::cli
