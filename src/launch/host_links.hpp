#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/temporary_folder.hpp"

namespace gridmill::launch {

/// Keeps a connection of ssh to each of several hosts, as long as it lives: what is started there later needs no
/// handshake of its own, which takes longer than all else of a question.
///
/// Where a connection is not there, not yet or not any more, ssh makes one of its own: nothing depends on them.
class HostLinks {
 public:
  HostLinks();
  /// Closes them, and waits until they are.
  ~HostLinks();
  HostLinks(const HostLinks&) = delete;
  HostLinks& operator=(const HostLinks&) = delete;

  /// Opens one unless it is open; does not wait for it. It is closed when this process ends, however it does.
  void open(const std::string& host);
  /// Closes one whose host does not answer any more.
  void close(const std::string& host);

  /// Returns ssh with the options that all of its calls need: no questions, and the way through the connections.
  [[nodiscard]] std::vector<std::string> ssh() const;
  /// Returns a command that does the same with the arguments that follow, as Open MPI wants it: words without quotes.
  /// What it says goes to stderr, even if it is said to stdout: the connection, which outlives the command, must not
  /// hold what others read to its end. `ssh` where no folder can be made.
  [[nodiscard]] std::string agent() const;

 private:
  std::optional<core::TemporaryFolder> folder_;  // of their sockets; none: it cannot be made, and there are none
  std::map<std::string, pid_t> masters_;         // by host
};

}  // namespace gridmill::launch
