#include "cli/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <csignal>

#include <tuple>

namespace gridmill::cli {

void open_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    // The lowest number that is free is this one.
    std::ignore = ::open("/dev/null", stream == STDOUT_FILENO ? O_RDONLY : O_RDWR);
  }
}

void survive_refused_writes() { std::signal(SIGXFSZ, SIG_IGN); }

void keep_on_without_readers() { std::signal(SIGPIPE, SIG_IGN); }

}  // namespace gridmill::cli
