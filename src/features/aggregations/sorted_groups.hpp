#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "features/definitions/primitive.hpp"

namespace gridmill::features::aggregations {

/// The values of each group in ascending order, without the missing ones.
class SortedGroups {
 public:
  SortedGroups(const std::vector<double>& x, const GroupRanges& groups);

  [[nodiscard]] std::span<const double> of(std::size_t group) const {
    return {values_.get() + ends_[group], ends_[group + 1] - ends_[group]};
  }

 private:
  std::unique_ptr<double[]> values_;
  std::vector<std::size_t> ends_;  // of the groups before, and of all
};

/// Returns the numbers in column `input` by group, sorted once for all primitives.
/// Cost: for small groups O(size^2) comparisons without branches, else O(size log size).
const SortedGroups& sorted_groups(const AggregateInput& input, std::size_t column = 0);

}  // namespace gridmill::features::aggregations
