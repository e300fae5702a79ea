#include "features/evaluation/child_positions.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace gridmill::features {

ChildPositions child_positions(const core::EntityData& data, core::RelationshipId relationship, const View& parent) {
  ChildPositions found;
  if (parent.rows.empty()) {
    const std::vector<std::int64_t> offsets = data.child_offsets(relationship, parent.first, parent.n);
    found.begins.assign(offsets.begin(), offsets.end() - 1);
    found.ends.assign(offsets.begin() + 1, offsets.end());
    return found;
  }
  found.begins.resize(parent.n);
  found.ends.resize(parent.n);
  std::vector<std::size_t> order(parent.n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto by_row = [&parent](std::size_t a, std::size_t b) { return parent.rows[a] < parent.rows[b]; };
  if (!std::is_sorted(order.begin(), order.end(), by_row)) std::sort(order.begin(), order.end(), by_row);
  for (std::size_t block = 0; block < order.size();) {
    std::size_t next = block + 1;
    while (next < order.size() && parent.rows[order[next]] - parent.rows[order[next - 1]] <= kReadGap) ++next;
    const core::RowId first = parent.rows[order[block]];
    const core::RowId last = parent.rows[order[next - 1]];
    const std::vector<std::int64_t> offsets =
        data.child_offsets(relationship, first, static_cast<std::size_t>(last - first) + 1);
    for (; block < next; ++block) {
      const auto place = static_cast<std::size_t>(parent.rows[order[block]] - first);
      found.begins[order[block]] = offsets[place];
      found.ends[order[block]] = offsets[place + 1];
    }
  }
  return found;
}

}  // namespace gridmill::features
