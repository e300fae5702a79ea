#include "io/files/trial.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::io {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitsMemory = false;  // the sanitizers' own memory would count
#else
constexpr bool kLimitsMemory = true;
#endif
constexpr rlim_t kMoreMemory = rlim_t{2} << 30;  // [bytes]

void lower(__rlimit_resource_t resource, rlim_t to) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || to < limit.rlim_max ? to : limit.rlim_max;
  ::setrlimit(resource, &limit);
}

/// Address space that the child has when it begins. [bytes]
rlim_t used_memory() {
  char text[128] = {};
  const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  const bool is_read = file >= 0 && ::read(file, text, sizeof text - 1) > 0;
  if (file >= 0) ::close(file);
  return is_read ? std::strtoull(text, nullptr, 10) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

void set_limits(unsigned seconds) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGALRM, SIGXCPU, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}) {
    std::signal(signal, SIG_DFL);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::alarm(5 * seconds);
  lower(RLIMIT_CORE, 0);
  lower(RLIMIT_CPU, seconds);
  if (kLimitsMemory) lower(RLIMIT_AS, used_memory() + kMoreMemory);
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, stream);
}

constexpr int kThrew = 1;                    // exit code of a child whose work threw
constexpr std::size_t kLongestReason = 500;  // [bytes] which a pipe holds without a reader

/// Where a child says why it cannot go on.
class ReasonPipe {
 public:
  ReasonPipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) {
      throw core::RunError(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
    }
  }
  ~ReasonPipe() {
    for (const int end : ends_) ::close(end);
  }
  ReasonPipe(ReasonPipe&&) = delete;
  ReasonPipe& operator=(ReasonPipe&&) = delete;

  void write(std::string_view reason) const {
    // Nothing to be done where it fails: the exit code says the rest.
    if (::write(ends_[1], reason.data(), std::min(reason.size(), kLongestReason)) < 0) return;
  }

  /// What the child, which has ended, has written.
  [[nodiscard]] std::string read() const {
    std::string reason(kLongestReason, '\0');
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    const ssize_t n = ::read(ends_[0], reason.data(), reason.size());
    reason.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return reason;
  }

 private:
  std::array<int, 2> ends_{};
};

[[noreturn]] void work_apart(const std::function<void()>& work, unsigned seconds, const ReasonPipe& why) {
  set_limits(seconds);
  int code = 0;  // what runs at the end of a program is the parent's: the child leaves without it
  try {
    work();
  } catch (const std::bad_alloc&) {
    why.write("it takes more than 2 GiB of memory");
    code = kThrew;
  } catch (const std::exception& error) {
    why.write(error.what());
    code = kThrew;
  }
  ::_exit(code);
}

TrialEnd end_of(int status) {
  if (WIFEXITED(status)) return WEXITSTATUS(status) == kThrew ? TrialEnd::by_an_error : TrialEnd::by_itself;
  const int signal = WTERMSIG(status);
  return signal == SIGXCPU || signal == SIGALRM || signal == SIGKILL ? TrialEnd::out_of_time : TrialEnd::by_a_crash;
}

}  // namespace

TrialOutcome try_apart(const std::function<void()>& work, unsigned seconds) {
  const ReasonPipe why;
  const pid_t child = ::fork();
  if (child == 0) work_apart(work, seconds, why);
  int status = 0;
  pid_t ended = child;
  while (child > 0 && (ended = ::waitpid(child, &status, 0)) < 0 && errno == EINTR) {
  }
  if (child < 0 || ended < 0) throw core::RunError(fmt::format("cannot start a process: {}", std::strerror(errno)));
  return {.end = end_of(status), .reason = why.read()};
}

}  // namespace gridmill::io
