#include "launch/host_links.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "launch/shell_word.hpp"

namespace gridmill::launch {

namespace {

// A host that answers no more, though the way to it is whole, is noticed after some 35 s: one that is busy may be
// silent for a while. What mpirun has started there then ends with an error.
constexpr const char* kInterval = "ServerAliveInterval=10";
constexpr const char* kCount = "ServerAliveCountMax=3";

/// A socket's path has at most 107 bytes, 57 of which ssh needs for itself; and Open MPI splits its words at blanks.
bool is_fit(std::string_view folder) {
  constexpr std::size_t kMost = 30;
  const auto is_plain = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           std::string_view("/._-").find(letter) != std::string_view::npos;
  };
  return folder.starts_with('/') && folder.size() <= kMost && std::ranges::all_of(folder, is_plain);
}

/// Makes a folder for sockets; none: it cannot be made.
std::optional<core::TemporaryFolder> make_folder() {
  const char* wanted = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): one thread
  try {
    return std::optional<core::TemporaryFolder>(std::in_place, wanted != nullptr && is_fit(wanted) ? wanted : "/tmp");
  } catch (const core::RunError&) {
    return {};
  }
}

/// The child's side of the fork; never returns.
[[noreturn]] void become_master(const std::vector<std::string>& command, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(1);
  ::setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nothing, file);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));  // NOLINT: its signature
  words.push_back(nullptr);
  ::execvp(words.front(), words.data());
  ::_exit(1);
}

}  // namespace

HostLinks::HostLinks() : folder_(make_folder()) {
  if (!folder_) return;
  std::string line = "exec";
  for (const std::string& word : ssh()) line += " " + shell_word(word);
  std::ofstream(folder_->at("ssh")) << fmt::format("{} -o {} -o {} -x \"$@\" >&2\n", line, kInterval, kCount);
}

HostLinks::~HostLinks() {
  while (!masters_.empty()) close(std::string(masters_.begin()->first));
}

void HostLinks::open(const std::string& host) {
  if (!folder_) return;
  const auto at = masters_.find(host);
  if (at != masters_.end() && ::waitpid(at->second, nullptr, WNOHANG) == 0) return;
  const std::vector<std::string> command{"ssh", "-N",
                                         "-n",  "-T",
                                         "-x",  "-q",
                                         "-o",  "BatchMode=yes",
                                         "-o",  "ConnectTimeout=20",
                                         "-o",  kInterval,
                                         "-o",  kCount,
                                         "-o",  "ControlMaster=yes",
                                         "-o",  "ControlPersist=no",
                                         "-o",  fmt::format("ControlPath={}/%C", folder_->path().string()),
                                         host};
  const pid_t parent = ::getpid();
  const pid_t master = ::fork();
  if (master == 0) become_master(command, parent);
  masters_.erase(host);
  if (master > 0) masters_[host] = master;
}

void HostLinks::close(const std::string& host) {
  const auto at = masters_.find(host);
  if (at == masters_.end()) return;
  ::kill(at->second, SIGTERM);  // it removes its socket
  ::waitpid(at->second, nullptr, 0);
  masters_.erase(at);
}

std::vector<std::string> HostLinks::ssh() const {
  return {"ssh",
          "-o",
          "BatchMode=yes",
          "-o",
          "ControlMaster=no",
          "-o",
          !folder_ ? "ControlPath=none" : fmt::format("ControlPath={}/%C", folder_->path().string())};
}

std::string HostLinks::agent() const { return !folder_ ? "ssh" : fmt::format("sh {}", folder_->at("ssh").string()); }

}  // namespace gridmill::launch
