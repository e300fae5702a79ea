#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace gridmill::cli {

/// What a program left behind.
struct Outcome {
  int code = -1;  // exit code; 128 + s if it died of signal s
  std::string out;
  std::string errors;
  std::size_t peak_bytes = 0;  // the most memory it, or one of its own children, had at a time
  double processor_s = 0;      // of it and of its own children
};

/// A running program with its output in pipes.
class Child {
 public:
  Child(const std::string& program, const std::vector<std::string>& arguments);

  /// Waits until the program has written `text` to stdout; false if it ended without.
  bool wait_for_output(const std::string& text);
  void send(int signal) const;
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Waits for its end.
  Outcome finish();

 private:
  pid_t pid_ = 0;
  int out_ = -1;
  int errors_ = -1;
  std::string so_far_;
};

/// Returns when a signal that was sent to a process has reached it: until then a second one would be the same.
void wait_for_arrival(pid_t process, int signal);

/// Runs a program to its end.
Outcome run_program(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace gridmill::cli
