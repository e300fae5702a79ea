#pragma once

#include <chrono>
#include <optional>

namespace gridmill::models::svm {

using Clock = std::chrono::steady_clock;

/// When a fit is to give up; none: never.
using Deadline = std::optional<Clock::time_point>;

[[nodiscard]] inline bool is_over(const Deadline& deadline) { return deadline && Clock::now() >= *deadline; }

}  // namespace gridmill::models::svm
