#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/entity_data.hpp"
#include "features/evaluation/evaluation.hpp"

namespace gridmill::features {

/// Says which rows count at a cutoff time: those whose time lies in a span, both ends included.
///
/// Tables without a time index are never filtered; rows without a time never count in the others.
class Visibility {
 public:
  struct Span {
    std::int64_t first = 0, last = 0;  // [ns]
    [[nodiscard]] bool has(std::int64_t time) const { return first <= time && time <= last; }
  };

  Visibility(const core::EntityData& data, const EvaluationOptions& options) : data_(data), options_(options) {}

  /// Says whether rows of `table` come and go at all.
  [[nodiscard]] bool filters(core::TableId table) const;
  /// Says whether the rows of a parent that count are one range of its rows sorted by time.
  [[nodiscard]] bool is_one_range() const { return !options_.training_window || !options_.last_time_indexes; }
  [[nodiscard]] Span span(std::int64_t cutoff) const;
  /// Returns the span, with no end to the past if last times decide about it.
  [[nodiscard]] Span outer_span(std::int64_t cutoff) const;
  /// Returns 1 for each row that counts at its cutoff. `times` are those of the rows, if they are known already.
  [[nodiscard]] std::vector<std::uint8_t> mask(core::TableId table, const core::RowSet& rows, Cutoffs cutoffs) const;
  /// Returns the same for rows that features are made of, each at its own cutoff: one that begins at the very cutoff is
  /// known then, also where others of that time do not count.
  [[nodiscard]] std::vector<std::uint8_t> mask_of_instances(core::TableId table, const core::RowSet& rows,
                                                            Cutoffs cutoffs) const;

 private:
  const core::EntityData& data_;
  const EvaluationOptions& options_;
};

}  // namespace gridmill::features
