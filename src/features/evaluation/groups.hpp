#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "features/definitions/feature.hpp"
#include "features/definitions/primitive.hpp"
#include "features/evaluation/views.hpp"

namespace gridmill::features {

using ColumnRef = std::shared_ptr<const Column>;

/// Where groups overlap, what needs all values of a group takes about so many entries of groups at a time.
constexpr std::int64_t kOverlappingEntries = 1 << 19;

/// The entries of a view below, by the entries of the view above that they belong to, and what aggregations of them
/// share. Kernels see each group's entries in one piece: if some are left out or reordered, columns are gathered once.
class Groups {
 public:
  /// Groups all entries of the last of `below`, each the children of the one before, the first those of the view above.
  Groups(Views& views, std::span<const ViewId> below);
  /// Groups the entries of a shared view as they are seen; groups may overlap. They can be filtered, not reordered.
  explicit Groups(const SharedRows& rows);

  /// Brings the entries of each group into table order, given their positions in it.
  void sort(const std::vector<std::int64_t>& positions);
  /// Leaves the entries whose mask is 1.
  void filter(const std::vector<std::uint8_t>& mask);
  /// Leaves the last n entries of each group.
  void keep_last(std::int64_t n);
  /// Leaves the entries at or after the time that is `window` before the group's cutoff.
  void keep_since(const std::vector<std::int64_t>& times, const Window& window, Cutoffs cutoffs);

  [[nodiscard]] GroupRanges ranges() const {
    return offsets_.empty() ? GroupRanges(begins_, ends_) : GroupRanges(offsets_);
  }
  [[nodiscard]] GroupMemo& memo() { return memo_; }
  /// Returns the column of grouped entries. Kept until `forget`.
  const Column& gather(const ColumnRef& column);
  /// Forgets what was made of a column, before it goes.
  void forget(const Column& column);

 private:
  /// Leaves the entries for which keep(group, entry) holds.
  template <class Keep>
  void leave(Keep keep);
  void name_entries();

  std::vector<std::int64_t> offsets_;        // of groups that follow one another, ...
  std::vector<std::int64_t> begins_, ends_;  // ... else all of them
  bool all_ = true;                          // entries are 0, 1, 2, ...
  std::vector<std::int64_t> entries_;        // if not
  GroupMemo memo_;
  std::map<const Column*, ColumnRef> gathered_;
};

}  // namespace gridmill::features
