#include "features/evaluation/column_reader.hpp"

#include <algorithm>

namespace gridmill::features {
namespace {

using core::RowId;

/// Ascending rows with little between them are read as one range and picked from it.
bool is_dense(const std::vector<RowId>& rows) {
  return !rows.empty() && std::is_sorted(rows.begin(), rows.end()) &&
         rows.back() - rows.front() <= 2 * static_cast<RowId>(rows.size());
}

const core::SecondaryTime* secondary_time(const core::EntityTable& table, const std::string& column) {
  for (const core::SecondaryTime& each : table.secondary_times) {
    const bool listed = std::find(each.columns.begin(), each.columns.end(), column) != each.columns.end();
    if (listed || each.time_column == column) return &each;
  }
  return nullptr;
}

}  // namespace

DictionaryRef ColumnReader::dictionary(core::TableId table, const std::string& column) const {
  DictionaryRef& dictionary = dictionaries_[{table, column}];
  if (!dictionary) dictionary = std::make_shared<Dictionary>(data_.categories(table, column));
  return dictionary;
}

Column ColumnReader::read_plain(const View& view, const std::string& column) const {
  const bool dense = is_dense(view.rows);
  const core::RowSet rows =
      dense ? core::RowSet::range(view.rows.front(), static_cast<std::size_t>(view.rows.back() - view.rows.front()) + 1)
            : view.row_set();
  core::Column stored = data_.read(view.table, column, rows);
  const bool categorical = stored.type == core::ColumnType::categorical;
  Column read = to_column(std::move(stored), categorical ? dictionary(view.table, column) : nullptr);
  if (!dense) return read;
  std::vector<RowId> places(view.rows);
  for (RowId& place : places) place -= rows.first;
  return read.take(places);
}

Column ColumnReader::read(const View& view, const std::string& column) const {
  const core::EntityTable& table = data_.entity_set().tables[view.table];
  if (view.times && column == table.time_index) return {*view.times, nullptr};
  Column read = read_plain(view, column);
  const core::SecondaryTime* secondary = secondary_time(table, column);
  if (secondary == nullptr) return read;
  const Column later = secondary->time_column == column ? read : read_plain(view, secondary->time_column);
  std::vector<std::int64_t> places(view.n);
  for (std::size_t i = 0; i < view.n; ++i) {
    places[i] = later.times()[i] >= view.cutoff_times()[i] ? -1 : static_cast<std::int64_t>(i);
  }
  return read.take(places);
}

std::vector<std::int64_t> ColumnReader::times(const View& view) const {
  return view.times ? *view.times : data_.times(view.table, view.row_set());
}

}  // namespace gridmill::features
