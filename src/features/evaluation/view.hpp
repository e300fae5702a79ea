#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "core/entity_data.hpp"
#include "features/definitions/primitive.hpp"
#include "features/evaluation/giant_groups.hpp"
#include "features/evaluation/visibility.hpp"

namespace gridmill::features {

/// Rows of one table, each as known at a cutoff time: what a column has one entry for.
struct View {
  core::TableId table = 0;
  core::RowId first = 0;  // a range of rows ...
  std::size_t n = 0;
  std::vector<core::RowId> rows;      // ... or, if not empty, n rows in any order, repetitions allowed
  std::vector<std::int64_t> cutoffs;  // one for all entries, or one an entry

  /// Below another view: children of its entry i are entries [offsets[i], offsets[i + 1]).
  std::vector<std::int64_t> offsets;
  /// Entries of the view above whose children are too many: none of them is in this view, whose `offsets` say so. They
  /// are taken piece by piece.
  struct Giant {
    std::size_t entry = 0;
    const GiantGroup* group = nullptr;
  };
  std::vector<Giant> giants;
  /// Above another view: the entry that is the parent of its entry i, or -1.
  std::vector<std::int64_t> links;
  /// The rows' times, if they had to be read to make the view.
  std::optional<std::vector<std::int64_t>> times;

  [[nodiscard]] core::RowSet row_set() const {
    return rows.empty() ? core::RowSet::range(first, n) : core::RowSet::of(rows);
  }
  [[nodiscard]] Cutoffs cutoff_times() const { return {.times = cutoffs}; }
  [[nodiscard]] bool has_common_cutoff() const { return cutoffs.size() == 1; }
};

/// The cutoff at which all rows with a time count.
constexpr std::int64_t kEndOfTime = std::numeric_limits<std::int64_t>::max();

struct SharedKind;
struct SharedRows;

/// Returns the multiple of `bin` at or before a time.
[[nodiscard]] inline std::int64_t floor_to(std::int64_t time, std::int64_t bin) {
  const std::int64_t past = time % bin;
  return time - (past < 0 ? past + bin : past);
}

/// Makes views out of others. Cost of each: linear in the entries of both, times a logarithm for binary searches.
class ViewMaker {
 public:
  ViewMaker(const core::EntityData& data, const Visibility& visibility, const GiantGroups& giants)
      : data_(data), visibility_(visibility), giants_(giants) {}

  /// Returns a view of these rows, as a range if they are one. All of them must be visible.
  [[nodiscard]] View of_rows(core::TableId table, std::vector<core::RowId> rows,
                             std::vector<std::int64_t> cutoffs) const;
  /// Returns the visible children of the entries of `parent`: its `offsets` are set, and its
  /// `giants`. If nothing is cut, the children of a range are a range.
  [[nodiscard]] View children(const View& parent, core::RelationshipId relationship) const;
  /// Returns the visible children of the entries of `parent`, each once: see share_children.
  [[nodiscard]] SharedRows share_children(const View& parent, const SharedKind& kind) const;
  /// Returns how many entries `children` would have, at most: exact where those of an entry are one range.
  [[nodiscard]] std::size_t count_children(const View& parent, core::RelationshipId relationship) const;
  /// Returns how many there are before any cutoff: no time is read.
  [[nodiscard]] std::size_t count_all_children(const View& parent, core::RelationshipId relationship) const;
  /// Returns those of one entry's visible children that lie in a range, giant or not.
  [[nodiscard]] View children_in(const View& one, core::RelationshipId relationship, const ChildRange& range) const;
  /// Returns the visible parents of the entries of `child`, each (row, cutoff) once: its `links` are set. Cutoffs are
  /// floored to multiples of `bin` [ns], if given.
  [[nodiscard]] View parents(const View& child, core::RelationshipId relationship,
                             std::optional<std::int64_t> bin) const;
  /// Returns all rows of a table that are visible at a cutoff, in stored order, `instances` of the same table among
  /// them: rows of that very time, which are known to themselves.
  [[nodiscard]] View whole(core::TableId table, std::int64_t cutoff, const View* instances = nullptr) const;

 private:
  const core::EntityData& data_;
  const Visibility& visibility_;
  const GiantGroups& giants_;
};

}  // namespace gridmill::features
