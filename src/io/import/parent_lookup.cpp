#include "io/import/parent_lookup.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace gridmill::io {
namespace {

using core::kMissingTime;
using core::kNoRow;
using Numbers = std::vector<std::int64_t>;

void add_keys(KeyReader& keys, RowSorter& sorter) {
  for (std::size_t i = 0; i < keys.n_pieces(); ++i) sorter.add({}, {}, keys.piece(i).values);
}

RepeatedKeys repeated_keys(KeyReader& keys, SortSpace& space) {
  if (std::optional<KeyIndex> index = KeyIndex::make(keys, space.memory)) return index->repeated();
  RowSorter sorter(keys.n_rows_at_most(), 0, space);
  add_keys(keys, sorter);
  RepeatedKeys repeated;
  std::optional<std::int64_t> last;
  for (SortedRows rows(sorter); rows.front() != nullptr; rows.pop()) {
    if (last == rows.front()->key) repeated.add(rows.front()->row, rows.front()->key);
    last = rows.front()->key;
  }
  return repeated;
}

/// The children's keys as the parents write them.
class ChildKeys {
 public:
  ChildKeys(KeyReader& reader, std::span<const std::int32_t> translated) : reader_(reader), translated_(translated) {}

  [[nodiscard]] std::size_t n_pieces() const { return reader_.n_pieces(); }
  [[nodiscard]] std::size_t n_rows_at_most() const { return reader_.n_rows_at_most(); }

  KeyPiece piece(std::size_t index) {
    KeyPiece piece = reader_.piece(index);
    if (translated_.empty()) return piece;
    codes_.assign(piece.values.begin(), piece.values.end());
    for (std::size_t row = 0; row < codes_.size(); ++row) {
      if (!piece.missing.empty() && piece.missing[row] != 0) continue;
      codes_[row] = translated_[static_cast<std::size_t>(codes_[row])];
    }
    return {.values = codes_, .missing = std::move(piece.missing)};
  }

 private:
  KeyReader& reader_;
  std::span<const std::int32_t> translated_;
  Numbers codes_;
};

NumberList look_up(const KeyIndex& index, ChildKeys& children, ColumnSpool& spool) {
  NumberList rows(spool);
  for (std::size_t i = 0; i < children.n_pieces(); ++i) {
    const KeyPiece keys = children.piece(i);
    for (std::size_t row = 0; row < keys.values.size(); ++row) {
      const bool is_missing = !keys.missing.empty() && keys.missing[row] != 0;
      rows.append(is_missing ? kNoRow : index.find(keys.values[row]));
    }
  }
  rows.close();
  return rows;
}

/// Both sides sorted by key and merged; what is found is sorted back into the order of the children.
NumberList sort_and_merge(KeyReader& parents, ChildKeys& children, ColumnSpool& spool, SortSpace& space) {
  constexpr std::size_t kSorters = 3;
  RowSorter parent_sorter(parents.n_rows_at_most(), 0, space, kSorters);
  RowSorter child_sorter(children.n_rows_at_most(), 0, space, kSorters);
  add_keys(parents, parent_sorter);
  Numbers times;  // missing ones come last
  for (std::size_t i = 0; i < children.n_pieces(); ++i) {
    const KeyPiece keys = children.piece(i);
    times.assign(keys.values.size(), 0);
    for (std::size_t row = 0; row < keys.missing.size(); ++row) times[row] = keys.missing[row] != 0 ? kMissingTime : 0;
    child_sorter.add({}, times, keys.values);
  }
  RowSorter found(children.n_rows_at_most(), static_cast<std::size_t>(-1), space, kSorters);
  Numbers child_rows, parent_rows;
  SortedRows parent(parent_sorter);
  for (auto block = child_sorter.next(); !block.empty(); block = child_sorter.next()) {
    child_rows.clear();
    parent_rows.clear();
    for (const SortedRow& child : block) {
      while (parent.front() != nullptr && parent.front()->key < child.key && child.time != kMissingTime) parent.pop();
      const SortedRow* candidate = child.time == kMissingTime ? nullptr : parent.front();
      child_rows.push_back(child.row);
      parent_rows.push_back(candidate != nullptr && candidate->key == child.key ? candidate->row : kNoRow);
    }
    found.add(child_rows, {}, parent_rows);
  }
  NumberList rows(spool);
  for (SortedRows each(found); each.front() != nullptr; each.pop()) rows.append(each.front()->key);
  rows.close();
  return rows;
}

}  // namespace

IndexFindings examine_index(KeyReader& keys, SortSpace& space) {
  IndexFindings findings;
  for (std::size_t i = 0; i < keys.n_pieces(); ++i) {
    const KeyPiece piece = keys.piece(i);
    for (std::size_t row = 0; row < piece.missing.size(); ++row) {
      if (piece.missing[row] != 0 && findings.n_missing++ == 0) findings.first_missing = findings.n_rows + row;
    }
    findings.n_rows += piece.values.size();
  }
  if (findings.n_missing == 0) findings.repeated = repeated_keys(keys, space);
  return findings;
}

NumberList find_parents(KeyReader& parents, KeyReader& children, std::span<const std::int32_t> translated,
                        ColumnSpool& spool, SortSpace& space) {
  ChildKeys keys(children, translated);
  if (std::optional<KeyIndex> index = KeyIndex::make(parents, space.memory)) return look_up(*index, keys, spool);
  return sort_and_merge(parents, keys, spool, space);
}

}  // namespace gridmill::io
