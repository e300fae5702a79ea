#include "launch/passed_output.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::launch {

namespace {

bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

PassedOutput::PassedOutput() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw core::RunError(fmt::format("cannot start mpirun: {}", std::strerror(errno)));
  }
  read_end_ = ends[0];
  write_end_ = ends[1];
}

PassedOutput::~PassedOutput() {
  finish();
  if (read_end_ >= 0) ::close(read_end_);
}

void PassedOutput::become_stdout() const { ::dup2(write_end_, STDOUT_FILENO); }

void PassedOutput::start() {
  thread_ = std::thread([this] { pass_on(); });
}

bool PassedOutput::finish() {
  if (write_end_ >= 0) ::close(write_end_);
  write_end_ = -1;
  if (thread_.joinable()) thread_.join();
  return written_;
}

void PassedOutput::pass_on() {
  std::array<char, 65536> block{};
  for (;;) {
    const ssize_t got = ::read(read_end_, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    // What cannot be written is still read: the ranks are not to wait for a reader that is gone.
    if (written_) written_ = write_all({block.data(), static_cast<std::size_t>(got)});
  }
}

}  // namespace gridmill::launch
