#include "launch/family_tree.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

#include <fmt/format.h>

namespace gridmill::launch {

namespace fs = std::filesystem;

std::vector<pid_t> children_of(pid_t process) {
  std::vector<pid_t> children;
  std::error_code error;
  fs::directory_iterator thread(fmt::format("/proc/{}/task", process), error);
  for (; !error && thread != fs::directory_iterator(); thread.increment(error)) {
    std::ifstream file(thread->path() / "children");
    for (pid_t child = 0; file >> child;) children.push_back(child);
  }
  return children;
}

Orphans::Orphans() : others_(children_of(::getpid())) { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

Orphans::~Orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 0); }

void Orphans::end(std::chrono::milliseconds patience) const {
  constexpr std::chrono::milliseconds kLook{10};
  constexpr std::chrono::seconds kMost{10};  // a killed process that waits for a disk does not end
  for (std::chrono::milliseconds waited{0}; waited < kMost; waited += kLook) {
    const std::vector<pid_t> orphans = left();
    if (orphans.empty()) return;
    for (const pid_t orphan : orphans) {
      if (waited >= patience) ::kill(orphan, SIGKILL);
      ::waitpid(orphan, nullptr, WNOHANG);
    }
    std::this_thread::sleep_for(kLook);
  }
}

std::vector<pid_t> Orphans::left() const {
  std::vector<pid_t> children = children_of(::getpid());
  std::erase_if(children, [this](pid_t child) { return std::ranges::find(others_, child) != others_.end(); });
  return children;
}

}  // namespace gridmill::launch
