#include "core/host.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace gridmill::core {

bool is_host_name(std::string_view word) {
  return !word.empty() && word.front() != '-' && std::ranges::all_of(word, [](unsigned char letter) {
    return std::isalnum(letter) != 0 ||
           std::string_view("-._@").find(static_cast<char>(letter)) != std::string_view::npos;
  });
}

std::string own_host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace gridmill::core
