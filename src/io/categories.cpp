#include "io/categories.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "io/cell.hpp"

namespace gridmill::io {

void sort_categories(std::vector<std::string>& categories) {
  std::sort(categories.begin(), categories.end());
  std::vector<std::pair<double, std::string>> numbers;
  for (const std::string& category : categories) {
    const std::optional<double> number = parse_real(category);
    if (!number || *number != *number) return;
    numbers.emplace_back(*number, category);
  }
  std::sort(numbers.begin(), numbers.end());
  std::transform(numbers.begin(), numbers.end(), categories.begin(), [](auto& entry) { return entry.second; });
}

}  // namespace gridmill::io
