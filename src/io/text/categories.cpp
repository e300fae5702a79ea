#include "io/text/categories.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/numbers.hpp"
#include "io/text/cell.hpp"

namespace gridmill::io {
namespace {

/// Whole numbers beyond 2^53 keep their order.
std::optional<core::Numbers::Exact> number_of(const std::string& category) {
  if (const auto whole = parse_integer(category)) return *whole;
  return parse_real(category);
}

}  // namespace

void sort_categories(std::vector<std::string>& categories) {
  std::sort(categories.begin(), categories.end());
  std::vector<std::pair<core::Numbers::Exact, std::string>> numbers;
  for (const std::string& category : categories) {
    const std::optional<core::Numbers::Exact> number = number_of(category);
    if (!number || *number != *number) return;
    numbers.emplace_back(*number, category);
  }
  std::sort(numbers.begin(), numbers.end());
  std::transform(numbers.begin(), numbers.end(), categories.begin(), [](auto& entry) { return entry.second; });
}

}  // namespace gridmill::io
