#include "core/joined_key.hpp"

#include <cstddef>

namespace gridmill::core {

namespace {

void append_part(std::string_view part, std::string& text) {
  for (const char c : part) {
    if (c == ',' || c == '\\') text += '\\';
    text += c;
  }
}

}  // namespace

std::string joined_key(std::span<const std::string> parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (&part != parts.data()) text += ", ";
    append_part(part, text);
  }
  return text;
}

std::optional<std::vector<std::string>> key_parts(std::string_view text) {
  std::vector<std::string> parts(1);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == ',') {
      if (++at == text.size() || text[at] != ' ') return std::nullopt;
      parts.emplace_back();
    } else if (text[at] != '\\') {
      parts.back() += text[at];
    } else if (++at < text.size() && (text[at] == ',' || text[at] == '\\')) {
      parts.back() += text[at];
    } else {
      return std::nullopt;
    }
  }
  return parts;
}

}  // namespace gridmill::core
