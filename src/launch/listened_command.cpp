#include "launch/listened_command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>

#include "launch/spawn.hpp"

namespace gridmill::launch {

namespace {

constexpr int kNotStarted = 127;

/// A file that closes with its scope.
class OpenFile {
 public:
  explicit OpenFile(int file) : file_(file) {}
  ~OpenFile() { close(); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  [[nodiscard]] int number() const { return file_; }
  void close() {
    if (file_ >= 0) ::close(std::exchange(file_, -1));
  }

 private:
  int file_;
};

/// Returns a file of memory with that text, to be read from its beginning; -1: there is none.
int file_with(const std::string& text) {
  const int file = ::memfd_create("stdin", MFD_CLOEXEC);
  std::size_t written = 0;
  while (file >= 0 && written < text.size()) {
    const ssize_t n = ::write(file, text.data() + written, text.size() - written);
    if (n < 0 && errno != EINTR) break;
    if (n > 0) written += static_cast<std::size_t>(n);
  }
  if (file >= 0) ::lseek(file, 0, SEEK_SET);
  return file;
}

/// "NAME=value" of our environment and what stands above it.
std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& more) {
  std::vector<std::string> all;
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view line = *entry;
    const bool is_replaced = std::ranges::any_of(
        more, [&](const auto& each) { return line.starts_with(each.first) && line[each.first.size()] == '='; });
    if (!is_replaced) all.emplace_back(line);
  }
  return all;
}

/// Starts it; 0: it could not be.
pid_t start_listened(const ListenedCommand& command, int input, int out, int errors) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  if (!command.folder.empty()) posix_spawn_file_actions_addchdir_np(&files, command.folder.c_str());
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);
  std::vector<std::string> variables = environment_with(command.environment);
  return spawn(command.words, pointers_to(variables).data(), files);
}

/// Passes on what can be read; closes what has come to its end.
void pass_on(OpenFile& file, Stream stream, const Listener& listener) {
  std::array<char, 65536> block{};
  const ssize_t n = ::read(file.number(), block.data(), block.size());
  if (n > 0) listener(stream, {block.data(), static_cast<std::size_t>(n)});
  if (n == 0 || (n < 0 && errno != EINTR)) file.close();
}

int code_of_ended(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) return kNotStarted;
  }
  constexpr int kSignalBase = 128;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status);
}

}  // namespace

int run_listened(const ListenedCommand& command, const Listener& listener, const std::atomic<bool>& stop) {
  constexpr int kLook_ms = 100;
  std::array<int, 2> out{-1, -1};
  std::array<int, 2> errors{-1, -1};
  if (::pipe2(out.data(), O_CLOEXEC) != 0) return kNotStarted;
  OpenFile out_read(out[0]);
  OpenFile out_write(out[1]);
  if (::pipe2(errors.data(), O_CLOEXEC) != 0) return kNotStarted;
  OpenFile errors_read(errors[0]);
  OpenFile errors_write(errors[1]);
  pid_t process = 0;
  {
    const OpenFile input(file_with(command.input));
    process = start_listened(command, input.number(), out_write.number(), errors_write.number());
  }
  out_write.close();
  errors_write.close();
  if (process == 0) return kNotStarted;
  bool was_asked = false;
  while (out_read.number() >= 0 || errors_read.number() >= 0) {
    std::array<pollfd, 2> files{{{.fd = out_read.number(), .events = POLLIN, .revents = 0},
                                 {.fd = errors_read.number(), .events = POLLIN, .revents = 0}}};
    ::poll(files.data(), files.size(), kLook_ms);
    if (files[0].revents != 0) pass_on(out_read, Stream::out, listener);
    if (files[1].revents != 0) pass_on(errors_read, Stream::errors, listener);
    if (stop && !std::exchange(was_asked, true)) ::kill(-process, command.stop_by);
  }
  return code_of_ended(process);
}

}  // namespace gridmill::launch
