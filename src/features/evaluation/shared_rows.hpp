#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/entity_data.hpp"
#include "features/definitions/feature.hpp"
#include "features/evaluation/giant_groups.hpp"
#include "features/evaluation/view.hpp"
#include "features/evaluation/visibility.hpp"

namespace gridmill::features {

/// The visible children of the entries of a view, each once, however many entries see it, at whatever times.
///
/// Children have places 0, 1, ...: one parent after another, each parent's from the first that some entry sees to the
/// last. Rows are named when they are asked for: a million children seen by a thousand entries take a few numbers an
/// entry and a parent.
struct SharedRows {
  /// Children at positions [position, position + n) have places from `place` on.
  struct Run {
    std::int64_t place = 0;
    std::int64_t position = 0;  // as EntityData::child_offsets counts
    std::int64_t n = 0;
  };

  core::TableId table = 0;
  core::RelationshipId relationship = 0;
  std::vector<std::int64_t> begins, ends;  // by entry: it sees places [begins[i], ends[i])
  std::vector<std::int64_t> firsts;        // by entry: the place its parent's first child has, or would have (below 0)
  std::vector<Run> runs;
  std::int64_t n = 0;
  std::vector<View::Giant> giants;  // entries left out, as in View

  /// Returns the stored rows at places [first, first + n_places), as a view at `cutoff`.
  [[nodiscard]] View rows(const core::EntityData& data, std::int64_t first, std::int64_t n_places,
                          std::int64_t cutoff) const;
};

/// What of the children is wanted.
struct SharedKind {
  core::RelationshipId relationship = 0;
  bool with_giants = false;            // also of parents that have too many for one task
  std::optional<Window> use_previous;  // of what an entry sees only so much before its cutoff, or so many rows

  friend bool operator==(const SharedKind&, const SharedKind&) = default;
};

/// Finds the children that the entries of a view see: a range of its parent's for each entry (more than it sees where
/// they are none, see Visibility::is_one_range). Cost: linear in entries and children, reading the children's times;
/// memory linear in entries.
SharedRows share_children(const core::EntityData& data, const Visibility& visibility, const GiantGroups& giants,
                          const View& parent, const SharedKind& kind);

}  // namespace gridmill::features
