#include "report/frame.hpp"

#include <cstddef>

namespace gridmill::report {

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '&': safe += "&amp;"; break;
      default: safe += c;
    }
  }
  return safe;
}

std::string filled(std::string_view frame, std::span<const std::pair<std::string_view, std::string_view>> texts) {
  std::string out;
  std::size_t size = frame.size();
  for (const auto& [mark, text] : texts) size += text.size();
  out.reserve(size);
  for (const auto& [mark, text] : texts) {
    const std::size_t at = frame.find(mark);
    out.append(frame.substr(0, at)).append(text);
    frame.remove_prefix(at + mark.size());
  }
  return out.append(frame);
}

}  // namespace gridmill::report
