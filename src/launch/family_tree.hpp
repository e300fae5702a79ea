#pragma once

#include <sys/types.h>

#include <chrono>
#include <vector>

namespace gridmill::launch {

/// Returns the processes that `process` has started and that are not gone yet; empty if the system does not tell.
std::vector<pid_t> children_of(pid_t process);

/// Takes in the ranks that a killed mpirun leaves behind. While it lives, they become children of this process.
class Orphans {
 public:
  Orphans();
  ~Orphans();
  Orphans(const Orphans&) = delete;
  Orphans& operator=(const Orphans&) = delete;

  /// Returns when none is left. They notice that mpirun is gone; those that have not ended after `patience` are killed.
  void end(std::chrono::milliseconds patience) const;

 private:
  [[nodiscard]] std::vector<pid_t> left() const;

  std::vector<pid_t> others_;  // children that are none of ours: of the shell that became this program
};

}  // namespace gridmill::launch
