#include "launch/commands_at_once.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "launch/spawn.hpp"

namespace gridmill::launch {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostText = 65536;

struct Running {
  pid_t process = 0;  // 0: none
  int output = -1;    // -1: ended
};

/// Starts a command with its stdout and stderr in a pipe, in a group of its own, deaf to nothing.
Running start(const std::vector<std::string>& command) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, ends[1], STDERR_FILENO);
  const pid_t process = spawn(command, environ, files);
  ::close(ends[1]);
  return {.process = process, .output = ends[0]};
}

/// Reads what is there; says whether there may be more.
bool read_some(int file, std::string& text) {
  std::array<char, 4096> block{};
  const ssize_t got = ::read(file, block.data(), block.size());
  if (got < 0) return errno == EINTR;
  text.append(block.data(), std::min(static_cast<std::size_t>(got), kMostText - text.size()));
  return got > 0;
}

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  constexpr int kSignalBase = 128;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status);
}

/// Commands that run side by side.
class Group {
 public:
  explicit Group(const std::vector<std::vector<std::string>>& commands) : ends_(commands.size()) {
    for (const auto& command : commands) running_.push_back(start(command));
  }

  /// Reads what they say until all have ended, or a signal can be read from that file, or as long as they have for
  /// their first word.
  void listen_for_words(const CommandLimits& limits, int signals) {
    for (bool goes_on = true; goes_on;) goes_on = listen_once(begin_ + patience(limits), signals);
  }

  /// The same, as long as they have for all.
  void listen(const CommandLimits& limits, int signals) {
    for (bool goes_on = true; goes_on;) goes_on = listen_once(begin_ + limits.all, signals);
  }

  /// Kills those that have said nothing yet.
  void end_silent() {
    for (std::size_t i = 0; i < running_.size(); ++i) {
      if (ends_[i].text.empty()) end(running_[i]);
    }
  }

  /// Kills those that have not ended.
  std::vector<CommandEnd> close() {
    for (std::size_t i = 0; i < running_.size(); ++i) {
      const bool has_ended = running_[i].output < 0 && running_[i].process != 0;
      if (!has_ended) {
        end(running_[i]);
      } else {
        ends_[i].code = wait_for(running_[i].process);
      }
    }
    return std::move(ends_);
  }

 private:
  /// How long a command may say nothing, by what is known of the others.
  [[nodiscard]] std::chrono::milliseconds patience(const CommandLimits& limits) const {
    constexpr int kTimesOthers = 3;
    const auto most = std::min(limits.first_word, limits.all);
    if (limits.after_others.count() == 0) return most;
    const auto others = std::chrono::duration_cast<std::chrono::milliseconds>(kTimesOthers * last_first_word_);
    return std::min(most, std::max(limits.after_others, others));
  }

  /// Says whether there is more to listen to.
  bool listen_once(Clock::time_point end, int signals) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    const bool has_any = std::ranges::any_of(running_, [](const Running& each) { return each.output >= 0; });
    if (!has_any || left <= 0) return false;
    std::vector<pollfd> files{{.fd = signals, .events = POLLIN, .revents = 0}};
    for (const Running& each : running_) files.push_back({.fd = each.output, .events = POLLIN, .revents = 0});
    if (::poll(files.data(), files.size(), static_cast<int>(left)) < 0) return errno == EINTR;
    for (std::size_t i = 0; i < running_.size(); ++i) {
      const bool was_silent = ends_[i].text.empty();
      if (files[i + 1].revents == 0) continue;
      const bool goes_on = read_some(running_[i].output, ends_[i].text);
      if (was_silent && !ends_[i].text.empty()) last_first_word_ = Clock::now() - begin_;
      if (goes_on) continue;
      ::close(std::exchange(running_[i].output, -1));
    }
    return files[0].revents == 0;
  }

  static void end(Running& command) {
    if (command.output >= 0) ::close(std::exchange(command.output, -1));
    if (command.process == 0) return;
    ::kill(-command.process, SIGKILL);
    wait_for(std::exchange(command.process, 0));
  }

  Clock::time_point begin_ = Clock::now();
  Clock::duration last_first_word_{0};
  std::vector<Running> running_;
  std::vector<CommandEnd> ends_;
};

}  // namespace

std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return std::string(text.substr(text.rfind('\n') + 1));
}

std::vector<CommandEnd> run_at_once(const std::vector<std::vector<std::string>>& commands, const CommandLimits& limits,
                                    const sigset_t& until) {
  const int signals = ::signalfd(-1, &until, SFD_CLOEXEC);
  Group group(commands);
  group.listen_for_words(limits, signals);
  group.end_silent();
  group.listen(limits, signals);
  if (signals >= 0) ::close(signals);
  return group.close();
}

}  // namespace gridmill::launch
