#include "core/host.hpp"

#include <algorithm>
#include <cctype>

namespace gridmill::core {

bool is_host_name(std::string_view word) {
  return !word.empty() && word.front() != '-' && std::ranges::all_of(word, [](unsigned char letter) {
    return std::isalnum(letter) != 0 ||
           std::string_view("-._@").find(static_cast<char>(letter)) != std::string_view::npos;
  });
}

}  // namespace gridmill::core
