#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "core/value.hpp"
#include "jobs/run/observer.hpp"

namespace gridmill::cli {

/// Returns an Observer that writes one JSON object a line, each with "event": stage, plan, progress, warning, note,
/// leaderboard, block, files. `out` must outlive it. NaN and infinities are null.
std::unique_ptr<jobs::Observer> make_json_observer(std::ostream& out);

/// Writes a value as one line of JSON, at once. NaN and infinities are null.
void write_json_line(std::ostream& out, const core::Value& value);

}  // namespace gridmill::cli
