#pragma once

#include <atomic>
#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gridmill::launch {

/// A command that may take long, and what it is given.
struct ListenedCommand {
  std::vector<std::string> words;                                     // program, found in PATH, and its arguments
  std::filesystem::path folder = {};                                  // in which it works; empty: ours
  std::string input = {};                                             // on its stdin
  std::vector<std::pair<std::string, std::string>> environment = {};  // on top of ours
  int stop_by = SIGINT;                                               // how it is asked to stop
};

/// Which of a command's streams.
enum class Stream { out, errors };

/// Takes what a command says, as it comes.
using Listener = std::function<void(Stream stream, std::string_view bytes)>;

/// Runs a command in a process group of its own, so that Ctrl-C is for us to hear, and waits for its end however long
/// it takes. Once `stop` is true it is asked to stop, once.
///
/// Returns its exit code as a shell tells it (128 + signal); 127: it could not be started.
int run_listened(const ListenedCommand& command, const Listener& listener, const std::atomic<bool>& stop);

}  // namespace gridmill::launch
