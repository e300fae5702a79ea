#include "core/user_path.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include <fmt/format.h>

namespace gridmill::core {

namespace {

/// "s3://", "https://", "file://": a word and then "://". A path may look so, too, but nobody means one.
bool is_address(std::string_view text) {
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos || end == 0) return false;
  const std::string_view scheme = text.substr(0, end);
  return std::isalpha(static_cast<unsigned char>(scheme.front())) != 0 &&
         std::all_of(scheme.begin(), scheme.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.'; });
}

}  // namespace

std::filesystem::path user_path(std::string_view text) {
  const char* home = std::getenv("HOME");
  const bool is_at_home = text == "~" || text.starts_with("~/");
  if (!is_at_home || home == nullptr || *home == '\0') return text;
  const std::string_view rest = text.substr(std::min<std::size_t>(2, text.size()));
  return rest.empty() ? std::filesystem::path(home) : std::filesystem::path(home) / rest;
}

std::optional<std::string> problem_with_path(std::string_view text) {
  if (!is_address(text)) return std::nullopt;
  return fmt::format("'{}' is an address; gridmill reads and writes files of this machine only", text);
}

}  // namespace gridmill::core
