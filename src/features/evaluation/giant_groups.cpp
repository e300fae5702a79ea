#include "features/evaluation/giant_groups.hpp"

namespace gridmill::features {
namespace {

constexpr std::size_t kMostSteps = 4;  // down; tables may refer to themselves

}  // namespace

std::int64_t GiantGroups::offset(core::RelationshipId relationship, core::RowId row) const {
  return data_.child_offsets(relationship, row, 0).front();
}

std::int64_t GiantGroups::rows_below(core::RelationshipId relationship, std::int64_t begin, std::int64_t end,
                                     std::size_t n_steps) const {
  std::int64_t most = end - begin;
  if (begin == end || n_steps == kMostSteps || !data_.children_are_contiguous(relationship)) return most;
  const core::EntitySet& set = data_.entity_set();
  for (core::RelationshipId next = 0; next < set.relationships.size(); ++next) {
    if (set.relationships[next].parent != set.relationships[relationship].child) continue;
    most = std::max(most, rows_below(next, offset(next, begin), offset(next, end), n_steps + 1));
  }
  return most;
}

void GiantGroups::search(core::RelationshipId relationship, core::RowId first, core::RowId last,
                         std::vector<GiantGroup>& found) const {
  const std::int64_t begin = offset(relationship, first);
  const std::int64_t end = offset(relationship, last);
  const std::int64_t n = rows_below(relationship, begin, end, 1);
  if (n <= piece_rows_) return;
  if (last - first > 1) {
    const core::RowId middle = first + (last - first) / 2;
    search(relationship, first, middle, found);
    search(relationship, middle, last, found);
    return;
  }
  found.push_back({.row = first,
                   .children = {.first = begin, .n = end - begin},
                   .n_pieces = std::min(end - begin, (n + piece_rows_ - 1) / piece_rows_)});
}

const std::vector<GiantGroup>& GiantGroups::of(core::RelationshipId relationship) const {
  const auto [known, is_new] = known_.try_emplace(relationship);
  if (is_new) {
    const core::EntitySet& set = data_.entity_set();
    const auto n = static_cast<core::RowId>(set.tables[set.relationships[relationship].parent].n_rows);
    if (n > 0) search(relationship, 0, n, known->second);
  }
  return known->second;
}

const GiantGroup* GiantGroups::find(core::RelationshipId relationship, core::RowId row) const {
  const std::vector<GiantGroup>& all = of(relationship);
  const auto found = std::ranges::lower_bound(all, row, {}, &GiantGroup::row);
  return found != all.end() && found->row == row ? &*found : nullptr;
}

}  // namespace gridmill::features
