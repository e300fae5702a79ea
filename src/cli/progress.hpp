#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "cli/commands.hpp"
#include "jobs/run/observer.hpp"

namespace gridmill::cli {

/// Where an Observer speaks.
struct Console {
  std::ostream& out;     // results
  std::ostream& errors;  // progress, notes, warnings
  bool errors_is_terminal = false;
  std::function<std::size_t()> width;  // of the terminal in columns; asked each time, as windows are resized
  std::function<double()> now_s;       // seconds from any origin, never going back
};

/// Returns the console of this process.
Console system_console();

/// Returns the Observer that speaks with that voice:
///   terminal  one line on `errors` that is drawn again, at most ten times a second; the report on `out`
///   pipe      a line of progress on `errors` every 5 s, and the last one; the report on `out`
///   quiet     warnings on `errors`, leaderboard and report on `out`, nothing else
///   json      one object a line on `out`: {"event": "progress", "done": 3, ...}; nothing on `errors`
/// `console` must outlive it.
std::unique_ptr<jobs::Observer> make_observer(Voice voice, const Console& console);

}  // namespace gridmill::cli
