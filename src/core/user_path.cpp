#include "core/user_path.hpp"

#include <algorithm>
#include <cstdlib>

#include "core/address.hpp"

namespace gridmill::core {

std::filesystem::path user_path(std::string_view text) {
  if (const auto address = address_in(text)) return copy_of(*address);
  const char* home = std::getenv("HOME");
  const bool is_at_home = text == "~" || text.starts_with("~/");
  if (!is_at_home || home == nullptr || *home == '\0') return text;
  const std::string_view rest = text.substr(std::min<std::size_t>(2, text.size()));
  return rest.empty() ? std::filesystem::path(home) : std::filesystem::path(home) / rest;
}

}  // namespace gridmill::core
