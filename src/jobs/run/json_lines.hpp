#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "core/value.hpp"
#include "jobs/run/observer.hpp"

namespace gridmill::jobs {

/// Whether each line of an Observer says when: {"at": 1700000000.123}, seconds since 1970 UTC.
enum class Times { left_out, told };

/// Returns an Observer that writes one JSON object a line, each with "event": stage, plan, progress, task, warning,
/// note, leaderboard, block, files. `out` must outlive it. NaN and infinities are null.
std::unique_ptr<Observer> make_json_observer(std::ostream& out, Times times = Times::left_out);

/// Writes a value as one line of JSON, at once. NaN and infinities are null.
void write_json_line(std::ostream& out, const core::Value& value);

}  // namespace gridmill::jobs
