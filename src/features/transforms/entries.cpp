#include "features/transforms/entries.hpp"

#include <algorithm>
#include <memory>

namespace gridmill::features::transforms {

Column categories_of(std::vector<std::optional<std::string>>&& labels) {
  std::vector<std::string> sorted;
  for (const auto& label : labels) {
    if (label) sorted.push_back(*label);
  }
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  Column::Codes codes(labels.size(), core::kMissingCode);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!labels[i]) continue;
    codes[i] = static_cast<std::int32_t>(std::lower_bound(sorted.begin(), sorted.end(), *labels[i]) - sorted.begin());
  }
  return {std::move(codes),
          std::make_shared<const Dictionary>(std::make_shared<const std::vector<std::string>>(std::move(sorted)))};
}

}  // namespace gridmill::features::transforms
