#include "cli/time_budget.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"
#include "mpi/launcher_watch.hpp"

namespace gridmill::cli {

namespace {

using WallClock = std::chrono::system_clock;

constexpr const char* kVariable = "GRIDMILL_ENDS_AT";  // milliseconds since 1970 UTC

/// What our own launcher has told.
std::optional<WallClock::time_point> told_end() {
  const char* text = std::getenv(kVariable);  // NOLINT(concurrency-mt-unsafe): before any thread starts
  if (text == nullptr || !mpi::has_own_launcher()) return std::nullopt;
  const std::string_view word(text);
  std::int64_t ms = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), ms);
  if (read.ec != std::errc() || read.ptr != word.data() + word.size()) return std::nullopt;
  return WallClock::time_point(std::chrono::duration_cast<WallClock::duration>(std::chrono::milliseconds(ms)));
}

WallClock::time_point end_from_now(const config::Duration& budget) {
  constexpr double kMost = 1e9;  // [s], 31 years: the clock cannot tell all times
  const std::chrono::duration<double> time(std::min(budget.seconds, kMost));
  return WallClock::now() + std::chrono::duration_cast<WallClock::duration>(time);
}

}  // namespace

config::Duration read_budget(const std::string& word) {
  const auto budget = config::parse_duration(word);
  if (budget && budget->seconds > 0) return *budget;
  throw core::UserError(fmt::format("--budget {}: must be a length of time", word), "--budget '2 hours', or 90min");
}

std::optional<jobs::TimeBudget> time_budget(const Invocation& invocation) {
  if (!invocation.budget) return std::nullopt;
  return jobs::TimeBudget{.end = told_end().value_or(end_from_now(*invocation.budget)),
                          .words = fmt::format("the budget of {}", invocation.budget->text())};
}

void hand_on_budget(const Invocation& invocation) {
  if (!invocation.budget) return;
  const auto since = end_from_now(*invocation.budget).time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  setenv(kVariable, std::to_string(ms).c_str(), 1);  // NOLINT(concurrency-mt-unsafe): no threads yet
}

}  // namespace gridmill::cli
