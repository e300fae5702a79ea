#include "child.hpp"

#include <poll.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace gridmill::cli {

namespace {

/// Tests may run under mpirun themselves; their children must not take themselves for ranks.
void forget_launcher() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMI_SIZE", "PMIX_RANK"}) {
    unsetenv(name);
  }
}

bool read_some(int fd, std::string& text) {
  std::array<char, 4096> buffer{};
  const ssize_t n = read(fd, buffer.data(), buffer.size());
  if (n > 0) text.append(buffer.data(), static_cast<std::size_t>(n));
  return n > 0;
}

}  // namespace

Child::Child(const std::string& program, const std::vector<std::string>& arguments) {
  std::array<int, 2> out{}, errors{};
  if (pipe(out.data()) != 0 || pipe(errors.data()) != 0) std::abort();
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& word : arguments) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    forget_launcher();
    dup2(out[1], STDOUT_FILENO);
    dup2(errors[1], STDERR_FILENO);
    for (const int fd : {out[0], out[1], errors[0], errors[1]}) close(fd);
    execv(program.c_str(), argv.data());
    _exit(126);
  }
  close(out[1]);
  close(errors[1]);
  out_ = out[0];
  errors_ = errors[0];
}

bool Child::wait_for_output(const std::string& text) {
  while (so_far_.find(text) == std::string::npos) {
    if (!read_some(out_, so_far_)) return false;
  }
  return true;
}

void Child::send(int signal) const { kill(pid_, signal); }

Outcome Child::finish() {
  Outcome outcome{.out = std::move(so_far_)};
  std::array<pollfd, 2> open{{{out_, POLLIN, 0}, {errors_, POLLIN, 0}}};
  while (open[0].fd >= 0 || open[1].fd >= 0) {
    poll(open.data(), open.size(), -1);
    if (open[0].revents != 0 && !read_some(out_, outcome.out)) open[0].fd = -1;
    if (open[1].revents != 0 && !read_some(errors_, outcome.errors)) open[1].fd = -1;
  }
  int status = 0;
  rusage used{};
  wait4(pid_, &status, 0, &used);
  outcome.peak_bytes = static_cast<std::size_t>(used.ru_maxrss) * 1024;
  for (const timeval& each : {used.ru_utime, used.ru_stime}) {
    outcome.processor_s += static_cast<double>(each.tv_sec) + 1e-6 * static_cast<double>(each.tv_usec);
  }
  close(out_);
  close(errors_);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

void wait_for_arrival(pid_t process, int signal) {
  const auto is_pending = [&] {
    std::ifstream file("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("SigPnd:") && !line.starts_with("ShdPnd:")) continue;
      if ((std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1U) != 0) return true;
    }
    return false;
  };
  while (is_pending()) sched_yield();
}

Outcome run_program(const std::string& program, const std::vector<std::string>& arguments) {
  return Child(program, arguments).finish();
}

}  // namespace gridmill::cli
