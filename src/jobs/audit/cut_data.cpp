#include "jobs/audit/cut_data.hpp"

#include <algorithm>

namespace gridmill::jobs {

using core::kNoRow;
using core::RelationshipId;
using core::RowId;
using core::RowSet;
using core::TableId;

CutData::CutData(const core::EntityData& data, std::int64_t time) : data_(data), set_(data.entity_set()) {
  keep_until(time);
  order_rows();
  relate();
}

void CutData::keep_until(std::int64_t time) {
  tables_.resize(set_.tables.size());
  std::vector<std::vector<char>> stays;
  for (TableId table = 0; table < set_.tables.size(); ++table) {
    const std::size_t n = set_.tables[table].n_rows;
    stays.emplace_back(n, 1);
    if (set_.tables[table].time_index.empty()) continue;
    const std::vector<std::int64_t> times = data_.times(table, RowSet::range(0, n));  // missing ones are the least
    for (std::size_t row = 0; row < n; ++row) stays[table][row] = times[row] <= time ? 1 : 0;
  }
  // Rows stored below one that goes, go with it; relationships may lead on in any order.
  for (std::size_t round = 0; round < set_.tables.size(); ++round) {
    for (RelationshipId id = 0; id < set_.relationships.size(); ++id) {
      if (!data_.children_are_contiguous(id)) continue;
      const auto& [parent, child, parent_column, child_column] = set_.relationships[id];
      const std::size_t n = set_.tables[parent].n_rows;
      const std::vector<std::int64_t> offsets = data_.child_offsets(id, 0, n);
      for (std::size_t row = 0; row < n; ++row) {
        if (stays[parent][row] != 0) continue;
        std::fill(stays[child].begin() + offsets[row], stays[child].begin() + offsets[row + 1], 0);
      }
    }
  }
  for (TableId table = 0; table < set_.tables.size(); ++table) {
    Rows& rows = tables_[table];
    for (std::size_t row = 0; row < stays[table].size(); ++row) {
      rows.now.push_back(stays[table][row] != 0 ? static_cast<RowId>(rows.before.size()) : kNoRow);
      if (stays[table][row] != 0) rows.before.push_back(static_cast<RowId>(row));
    }
  }
}

void CutData::order_rows() {
  for (TableId table = 0; table < set_.tables.size(); ++table) {
    Rows& rows = tables_[table];
    for (const RowId row : data_.in_table_order(table, 0, set_.tables[table].n_rows)) {
      if (rows.now[static_cast<std::size_t>(row)] != kNoRow)
        rows.order.push_back(rows.now[static_cast<std::size_t>(row)]);
    }
    rows.positions.resize(rows.order.size());
    for (std::size_t i = 0; i < rows.order.size(); ++i) {
      rows.positions[static_cast<std::size_t>(rows.order[i])] = static_cast<std::int64_t>(i);
    }
    set_.tables[table].n_rows = rows.before.size();
  }
}

void CutData::relate() {
  for (RelationshipId id = 0; id < set_.relationships.size(); ++id) {
    const core::Relationship& each = set_.relationships[id];
    const Rows& parents = tables_[each.parent];
    const std::size_t n = parents.now.size();
    const std::vector<std::int64_t> offsets = data_.child_offsets(id, 0, n);
    const std::vector<RowId> children =
        data_.children(id, offsets.front(), static_cast<std::size_t>(offsets.back() - offsets.front()));
    Family& family = families_.emplace_back();
    for (const RowId parent : parents.before) {
      family.offsets.push_back(static_cast<std::int64_t>(family.children.size()));
      for (std::int64_t at = offsets[static_cast<std::size_t>(parent)];
           at < offsets[static_cast<std::size_t>(parent) + 1]; ++at) {
        const RowId child =
            tables_[each.child].now[static_cast<std::size_t>(children[static_cast<std::size_t>(at - offsets.front())])];
        if (child != kNoRow) family.children.push_back(child);
      }
    }
    family.offsets.push_back(static_cast<std::int64_t>(family.children.size()));
  }
}

std::vector<RowId> CutData::there(TableId table, const RowSet& rows) const {
  std::vector<RowId> found;
  found.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    found.push_back(tables_[table].before[static_cast<std::size_t>(rows[i])]);
  return found;
}

core::Column CutData::read(TableId table, const std::string& column, const RowSet& rows) const {
  const std::vector<RowId> found = there(table, rows);
  return data_.read(table, column, RowSet::of(found));
}

std::shared_ptr<const std::vector<std::string>> CutData::categories(TableId table, const std::string& column) const {
  return data_.categories(table, column);
}

std::vector<std::int64_t> CutData::child_offsets(RelationshipId relationship, RowId first, std::size_t n) const {
  const auto begin = families_[relationship].offsets.begin() + first;
  return {begin, begin + static_cast<std::ptrdiff_t>(n) + 1};
}

bool CutData::children_are_contiguous(RelationshipId relationship) const {
  return data_.children_are_contiguous(relationship);
}

std::vector<RowId> CutData::children(RelationshipId relationship, std::int64_t first, std::size_t n) const {
  const auto begin = families_[relationship].children.begin() + first;
  return {begin, begin + static_cast<std::ptrdiff_t>(n)};
}

std::vector<RowId> CutData::parents(RelationshipId relationship, const RowSet& rows) const {
  const core::Relationship& each = set_.relationships[relationship];
  const std::vector<RowId> found = there(each.child, rows);
  std::vector<RowId> parents = data_.parents(relationship, RowSet::of(found));
  for (RowId& parent : parents) {
    if (parent != kNoRow) parent = tables_[each.parent].now[static_cast<std::size_t>(parent)];
  }
  return parents;
}

std::vector<RowId> CutData::in_table_order(TableId table, RowId first, std::size_t n) const {
  const auto begin = tables_[table].order.begin() + first;
  return {begin, begin + static_cast<std::ptrdiff_t>(n)};
}

std::vector<std::int64_t> CutData::table_positions(TableId table, const RowSet& rows) const {
  std::vector<std::int64_t> positions;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    positions.push_back(tables_[table].positions[static_cast<std::size_t>(rows[i])]);
  }
  return positions;
}

std::vector<std::int64_t> CutData::times(TableId table, const RowSet& rows) const {
  const std::vector<RowId> found = there(table, rows);
  return data_.times(table, RowSet::of(found));
}

std::vector<std::int64_t> CutData::last_times(TableId table, const RowSet& rows) const {
  const std::vector<RowId> found = there(table, rows);
  return data_.last_times(table, RowSet::of(found));
}

RowId CutData::find_row(TableId table, const std::string& key) const {
  const RowId row = data_.find_row(table, key);
  return row == kNoRow ? kNoRow : tables_[table].now[static_cast<std::size_t>(row)];
}

}  // namespace gridmill::jobs
