#include "io/files/text_checksum.hpp"

#include <string_view>

#include <fmt/format.h>

#include "io/files/checksum.hpp"
#include "io/files/file_descriptor.hpp"

namespace gridmill::io {
namespace {

constexpr std::string_view kBegin = "# checksum: ";

std::string line_of(std::string_view text) { return fmt::format("{}{:016x}\n", kBegin, checksum(text)); }

}  // namespace

std::string with_checksum_line(std::string text) {
  const std::string line = line_of(text);
  return text += line;
}

TrailingChecksum compare_checksum_line(const std::filesystem::path& path) {
  const std::string text = read_text(path);
  const std::size_t n_line = line_of("").size();
  if (text.size() < n_line) return TrailingChecksum::none;
  const std::string_view before = std::string_view(text).substr(0, text.size() - n_line);
  const std::string_view line = std::string_view(text).substr(before.size());
  if (line == line_of(before)) return TrailingChecksum::right;
  // Lines added behind it, or one broken in it, are changes as well.
  const bool has_line = nearly_same(line.substr(0, kBegin.size()), kBegin) || text.find(kBegin) != std::string::npos;
  return has_line ? TrailingChecksum::wrong : TrailingChecksum::none;
}

std::string checksum_text(const std::filesystem::path& path) { return fmt::format("{:016x}", file_checksum(path)); }

}  // namespace gridmill::io
