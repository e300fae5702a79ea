#include "io/trailing_checksum.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <fcntl.h>

#include <fmt/format.h>

#include "io/checksum.hpp"
#include "io/file_descriptor.hpp"

namespace gridmill::io {
namespace {

constexpr std::string_view kMark = "GMCHKSUM";
constexpr std::size_t kBytes = kMark.size() + 16;

std::string trailer(std::uint64_t checksum) { return fmt::format("{}{:016x}", kMark, checksum); }

}  // namespace

void append_checksum(const std::filesystem::path& path) {
  const std::uint64_t checksum = file_checksum(path);
  FileDescriptor file = FileDescriptor::open_output(path, O_APPEND, path);
  file.write(trailer(checksum));
  file.close();
}

TrailingChecksum compare_checksum(const std::filesystem::path& path) {
  const FileDescriptor file = FileDescriptor::open_input(path);
  const std::uint64_t size = file.size();
  if (size < kBytes) return TrailingChecksum::none;
  std::array<char, kBytes> end{};
  file.read_at(end, size - kBytes);
  const std::string_view found(end.data(), end.size());
  if (!found.starts_with(kMark)) return TrailingChecksum::none;
  return found == trailer(file_checksum(path, size - kBytes)) ? TrailingChecksum::right : TrailingChecksum::wrong;
}

}  // namespace gridmill::io
