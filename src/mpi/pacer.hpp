#pragma once

#include <chrono>

namespace gridmill::mpi {

/// Says how long to wait between two looks for a message: not at all right after activity, then ever longer.
/// An idle rank looks 500 times a second, which costs it well below one percent of a core.
class Pacer {
 public:
  /// Something happened: look again soon.
  void reset() { misses_ = 0; }
  /// Returns the time to wait before the next look; 0 means: yield.
  [[nodiscard]] std::chrono::microseconds next();
  /// Waits that long.
  void pause();

 private:
  int misses_ = 0;
};

}  // namespace gridmill::mpi
