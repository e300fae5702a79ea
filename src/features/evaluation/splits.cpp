#include "features/evaluation/splits.hpp"

#include <algorithm>
#include <tuple>

namespace gridmill::features {
namespace {

using core::RelationshipId;
using core::RowId;

/// A giant group and the rows that lead to it, its own parent row last.
struct Reached {
  RelationshipId relationship = 0;
  const GiantGroup* group = nullptr;
  std::vector<RowId> rows;
  std::vector<core::TableId> tables;
};

/// Goes up from the group's row; no rows if there is none above one of them.
Reached reach(const core::EntityData& data, RelationshipId relationship, const GiantGroup& group,
              const std::vector<RelationshipId>& way) {
  const auto& relationships = data.entity_set().relationships;
  Reached reached{.relationship = relationship,
                  .group = &group,
                  .rows = {group.row},
                  .tables = {relationships[relationship].parent}};
  for (auto step = way.rbegin(); step != way.rend(); ++step) {
    const RowId row = data.parents(*step, core::RowSet::range(reached.rows.front(), 1)).front();
    if (row == core::kNoRow) return {};
    reached.rows.insert(reached.rows.begin(), row);
    reached.tables.insert(reached.tables.begin(), relationships[*step].parent);
  }
  return reached;
}

bool is_known(const Visibility& visibility, const Reached& reached, std::int64_t cutoff) {
  for (std::size_t i = 0; i < reached.rows.size(); ++i) {
    const core::RowSet row = core::RowSet::range(reached.rows[i], 1);
    if (visibility.mask(reached.tables[i], row, {.times = {&cutoff, 1}}).front() == 0) return false;
  }
  return true;
}

}  // namespace

std::vector<std::vector<GroupPiece>> find_pieces(const core::EntityData& data, const Visibility& visibility,
                                                 const GiantGroups& giants, const Splits& splits,
                                                 std::span<const Instance> instances) {
  std::map<RowId, std::vector<Reached>> by_root;
  std::size_t n_passes = 0;
  std::map<RelationshipId, std::size_t> depths;
  for (const auto& [relationship, split] : splits) {
    for (const std::vector<RelationshipId>& way : split.ways_to_row) {
      for (const GiantGroup& group : giants.of(relationship)) {
        const Reached reached = reach(data, relationship, group, way);
        if (reached.rows.empty()) continue;
        by_root[reached.rows.front()].push_back(reached);
        std::size_t& depth = depths[relationship];
        depth = std::max(depth, way.size());
        n_passes = std::max(n_passes, depth + 1);
      }
    }
  }
  std::vector<std::vector<GroupPiece>> passes(n_passes);
  std::set<std::tuple<RelationshipId, RowId, std::int64_t>> seen;
  for (const Instance& instance : instances) {
    const auto found = by_root.find(instance.row);
    if (found == by_root.end()) continue;
    for (const Reached& reached : found->second) {
      if (seen.contains({reached.relationship, reached.group->row, instance.cutoff})) continue;
      if (!is_known(visibility, reached, instance.cutoff)) continue;
      seen.emplace(reached.relationship, reached.group->row, instance.cutoff);
      std::vector<GroupPiece>& pass = passes[n_passes - 1 - depths[reached.relationship]];
      for (std::int64_t k = 0; k < reached.group->n_pieces; ++k) {
        pass.push_back({.relationship = reached.relationship,
                        .row = reached.group->row,
                        .cutoff = instance.cutoff,
                        .piece = k,
                        .n_pieces = reached.group->n_pieces,
                        .n_rows = reached.group->piece(k).n});
      }
    }
  }
  std::erase_if(passes, [](const auto& pass) { return pass.empty(); });
  return passes;
}

}  // namespace gridmill::features
