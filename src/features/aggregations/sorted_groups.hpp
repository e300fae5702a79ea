#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "features/primitive.hpp"

namespace gridmill::features::aggregations {

/// The values of each group in ascending order, without the missing ones.
class SortedGroups {
 public:
  SortedGroups(const std::vector<double>& x, std::span<const std::int64_t> offsets);

  [[nodiscard]] std::span<const double> of(std::size_t group) const {
    return std::span(values_).subspan(begins_[group], sizes_[group]);
  }

 private:
  std::vector<double> values_;
  std::vector<std::size_t> begins_;
  std::vector<std::size_t> sizes_;
};

/// Returns the numbers in column `input` by group, sorted once for all primitives.
/// Cost: for small groups O(size^2) comparisons without branches, else O(size log size).
const SortedGroups& sorted_groups(const AggregateInput& input, std::size_t column = 0);

}  // namespace gridmill::features::aggregations
