#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "core/entity_data.hpp"

namespace gridmill::features {

/// Children of one row, at positions as EntityData::child_offsets counts them.
struct ChildRange {
  std::int64_t first = 0;
  std::int64_t n = 0;
};

/// The children of one row that are too many for one task: cut into pieces, neighbours of about the same number.
struct GiantGroup {
  core::RowId row = core::kNoRow;
  ChildRange children;  // all, known at a cutoff or not
  std::int64_t n_pieces = 1;

  [[nodiscard]] ChildRange piece(std::int64_t k) const {
    const std::int64_t begin = children.n * k / n_pieces;
    return {.first = children.first + begin, .n = children.n * (k + 1) / n_pieces - begin};
  }
};

/// Finds the rows with more than `piece_rows` rows below them: children, or children's children, or theirs, counted
/// where they lie side by side. Depends on the data and that number alone, so that sums are the same everywhere.
///
/// Cost: few reads where few rows are giant: ranges of rows are halved as long as there is too much below them.
class GiantGroups {
 public:
  GiantGroups(const core::EntityData& data, std::int64_t piece_rows) : data_(data), piece_rows_(piece_rows) {}

  /// Returns the giant groups of a relationship by rising parent row.
  [[nodiscard]] const std::vector<GiantGroup>& of(core::RelationshipId relationship) const;
  /// Returns that of one parent row, or null.
  [[nodiscard]] const GiantGroup* find(core::RelationshipId relationship, core::RowId row) const;

 private:
  [[nodiscard]] std::int64_t offset(core::RelationshipId relationship, core::RowId row) const;
  [[nodiscard]] std::int64_t rows_below(core::RelationshipId relationship, std::int64_t begin, std::int64_t end,
                                        std::size_t n_steps) const;
  void search(core::RelationshipId relationship, core::RowId first, core::RowId last,
              std::vector<GiantGroup>& found) const;

  const core::EntityData& data_;
  std::int64_t piece_rows_;
  mutable std::map<core::RelationshipId, std::vector<GiantGroup>> known_;
};

}  // namespace gridmill::features
