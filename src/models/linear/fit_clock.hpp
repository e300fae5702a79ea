#pragma once

#include <chrono>

namespace gridmill::models::linear {

/// Tells whether a fit has taken longer than it may.
class FitClock {
 public:
  /// `limit_s`: 0 = no limit.
  explicit FitClock(double limit_s) : limit_s_(limit_s) {}
  [[nodiscard]] bool is_late() const {
    if (!(limit_s_ > 0)) return false;
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count() > limit_s_;
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double limit_s_;
};

}  // namespace gridmill::models::linear
