#pragma once

#include <csignal>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace gridmill::launch {

/// What became of a command.
struct CommandEnd {
  int code = -1;     // as a shell tells it; -1: it was ended, as it took too long, or could not be started
  std::string text;  // its stdout and stderr, at most 64 KiB
};

/// Returns the last line that is not empty, without its end: what a command says last tells why it has failed.
std::string last_line(std::string_view text);

/// How long commands may take.
struct CommandLimits {
  std::chrono::milliseconds first_word;  // until something is said
  std::chrono::milliseconds all;
  /// What is silent after three times as long as the others took for their first word, and at least so long, is killed
  /// before `first_word`; 0: no such haste.
  std::chrono::milliseconds after_others{0};
};

/// Runs commands (program, arguments) side by side, without a stdin, and returns what became of each, in their order.
///
/// What takes longer than `limits` is killed. All are ended at once when one of the signals of `until`, which must be
/// blocked, has come; it stays pending.
std::vector<CommandEnd> run_at_once(const std::vector<std::vector<std::string>>& commands, const CommandLimits& limits,
                                    const sigset_t& until);

}  // namespace gridmill::launch
