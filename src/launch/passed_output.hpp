#pragma once

#include <thread>

namespace gridmill::launch {

/// A child's stdout, passed on to ours by a thread: mpirun would not tell whether it could be written.
class PassedOutput {
 public:
  /// Errors: RunError if no pipe can be made.
  PassedOutput();
  ~PassedOutput();
  PassedOutput(const PassedOutput&) = delete;
  PassedOutput& operator=(const PassedOutput&) = delete;

  /// Makes it the stdout of this process. In the child.
  void become_stdout() const;
  /// Begins to pass on. In the parent, once the child is there.
  void start();
  /// Returns when all that has the child's stdout open has ended; says whether all could be written.
  bool finish();

 private:
  void pass_on();

  int read_end_ = -1;
  int write_end_ = -1;
  bool written_ = true;
  std::thread thread_;
};

}  // namespace gridmill::launch
