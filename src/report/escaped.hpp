#pragma once

#include <string>
#include <string_view>

namespace gridmill::report {

/// Returns text as it stands between the tags of HTML.
inline std::string escaped(std::string_view text) {
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

}  // namespace gridmill::report
