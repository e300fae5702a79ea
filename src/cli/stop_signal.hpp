#pragma once

#include <atomic>

namespace gridmill::cli {

/// While it lives, SIGUSR1, SIGTERM and SIGINT ask the job to stop in order instead of ending the process at once.
/// A second SIGTERM or SIGINT ends it. One at a time.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// Becomes true when a signal has come.
  [[nodiscard]] const std::atomic<bool>& wanted() const;
};

}  // namespace gridmill::cli
