#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "features/definitions/primitive.hpp"

namespace gridmill::features::aggregations {

/// How often each category occurs in each group.
class CodeCounts {
 public:
  struct Entry {
    std::int32_t code = 0;
    std::uint32_t count = 0;
  };

  CodeCounts(const Column& column, const GroupRanges& groups);
  /// Of one group: entries ascend by code.
  CodeCounts(std::vector<Entry> entries, std::size_t n_missing);

  /// Returns the categories that occur, ascending by code.
  [[nodiscard]] std::span<const Entry> of(std::size_t group) const {
    return std::span(entries_).subspan(ends_[group], ends_[group + 1] - ends_[group]);
  }
  [[nodiscard]] std::size_t n_missing(std::size_t group) const { return n_missing_[group]; }

 private:
  std::vector<Entry> entries_;
  std::vector<std::size_t> ends_;  // of the groups before, and of all
  std::vector<std::uint32_t> n_missing_;
};

/// Returns the counts for column `input`, made once for all primitives.
/// Cost: O(rows + distinct log distinct) a group, one table as long as the dictionary for all.
const CodeCounts& code_counts(const AggregateInput& input, std::size_t column = 0);

/// Lets a primitive that looks at the counts of its one column, and at the order in which categories first appear, be
/// computed in parts: what its `aggregate` makes of the merged counts. Takes columns of codes only.
Primitive counted_in_parts(Primitive primitive);

}  // namespace gridmill::features::aggregations
