#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "features/columns/column.hpp"
#include "features/definitions/feature.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features {

/// Entries of a whole view in the order in which a table-scope transform wants them: by table position, or by group and
/// then by table position. Entries without a group are in none.
class Series {
 public:
  /// One series. `positions` are those of the entries in table order.
  explicit Series(const std::vector<std::int64_t>& positions);
  /// One series of those entries of `all` whose mask is 1.
  Series(const Series& all, const std::vector<std::uint8_t>& mask);
  /// One series for each distinct value of `group_by`, out of all entries in table order.
  Series(const Series& all, const Column& group_by);

  /// Runs the transform and returns its result in the order of the view; entries in no series are missing.
  [[nodiscard]] Column apply(const Feature& feature, const std::vector<const Column*>& columns, Cutoffs cutoffs,
                             Semantics semantics) const;

  /// Returns the entries, series after series, and where each series begins, and the last ends.
  [[nodiscard]] const std::vector<std::int64_t>& order() const { return order_; }
  [[nodiscard]] const std::vector<std::int64_t>& offsets() const { return offsets_; }

 private:
  std::size_t n_entries_ = 0;
  std::vector<std::int64_t> order_;    // entries
  std::vector<std::int64_t> offsets_;  // of the series in `order_`
};

}  // namespace gridmill::features
