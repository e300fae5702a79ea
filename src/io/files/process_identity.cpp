#include "io/files/process_identity.hpp"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "core/host.hpp"
#include "io/files/checksum.hpp"

namespace gridmill::io {

std::string host_number() {
  std::error_code ignored;
  const std::string numbered_in = std::filesystem::read_symlink("/proc/self/ns/pid", ignored).string();
  return fmt::format("{:08x}", static_cast<std::uint32_t>(checksum(core::own_host_name() + '\n' + numbered_in)));
}

bool is_running(pid_t process) {
  if (::kill(process, 0) != 0 && errno == ESRCH) return false;
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string text;
  std::getline(file, text);
  // "NUMBER (NAME) STATE ...", and the name may hold anything.
  const std::size_t name_end = text.rfind(") ");
  if (name_end == std::string::npos) return true;
  const char state = text[name_end + 2];
  return state != 'Z' && state != 'X';
}

}  // namespace gridmill::io
