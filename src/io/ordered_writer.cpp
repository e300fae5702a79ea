#include "io/ordered_writer.hpp"

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <variant>
#include <vector>

namespace gridmill::io {
namespace {

using core::Column;
using core::RowId;

constexpr std::size_t kRowsAtOnce = std::size_t{1} << 18;  // of a column whose pieces are in memory
constexpr std::size_t kEntryBytes = 40;                    // the widest entry, a text, with its row

/// Puts entry `from` of `piece` at row `to` of a column that has its rows already.
template <class Values>
void put(const Values& entries, const Column& piece, std::size_t from, Values& into, Column& column, std::size_t to) {
  into[to] = entries[from];
  if (piece.valid.empty()) return;
  if (column.valid.empty()) column.valid.assign(into.size(), 1);
  column.valid[to] = piece.valid[from];
}

/// One column of a table in the order of `rows`.
class OrderedColumn {
 public:
  OrderedColumn(const ParsedColumn& column, std::span<const RowId> rows, const ColumnSpool& spool)
      : column_(column), rows_(rows), spool_(spool) {}

  [[nodiscard]] bool in_memory() const {
    return std::all_of(column_.pieces.begin(), column_.pieces.end(),
                       [&](ColumnSpool::PieceId id) { return spool_.in_memory(id); });
  }

  /// Entries [first, first + n) of the order, from pieces in memory.
  [[nodiscard]] Column gather(std::size_t first, std::size_t n) const {
    Column part = empty_column(column_.prototype, n);
    part.categories.clear();
    std::visit([&](auto& values) { gather_into(values, part, first); }, part.values);
    recode(part);
    return part;
  }

  /// The same from pieces of which some are read back, each once.
  [[nodiscard]] Column sweep(std::size_t first, std::size_t n) const {
    Column part = empty_column(column_.prototype, n);
    part.categories.clear();
    std::vector<std::size_t> places(n);  // in the order of the source
    for (std::size_t i = 0; i < n; ++i) places[i] = i;
    std::sort(places.begin(), places.end(),
              [&](std::size_t a, std::size_t b) { return rows_[first + a] < rows_[first + b]; });
    std::visit([&](auto& values) { sweep_into(values, part, first, places); }, part.values);
    recode(part);
    return part;
  }

 private:
  template <class Values>
  void gather_into(Values& into, Column& part, std::size_t first) const {
    Column unused;
    std::vector<const Column*> pieces;
    std::vector<const typename Values::value_type*> entries;
    for (const ColumnSpool::PieceId id : column_.pieces) {
      pieces.push_back(&spool_.piece(id, unused));
      entries.push_back(std::get<Values>(pieces.back()->values).data());
    }
    const bool masked =
        std::any_of(pieces.begin(), pieces.end(), [](const Column* each) { return !each->valid.empty(); });
    for (std::size_t i = 0; i < into.size(); ++i) {
      const auto row = static_cast<std::size_t>(rows_[first + i]);
      into[i] = entries[row / kPieceRows][row % kPieceRows];
    }
    if (!masked) return;
    part.valid.assign(into.size(), 1);
    for (std::size_t i = 0; i < into.size(); ++i) {
      const auto row = static_cast<std::size_t>(rows_[first + i]);
      const std::vector<std::uint8_t>& valid = pieces[row / kPieceRows]->valid;
      if (!valid.empty()) part.valid[i] = valid[row % kPieceRows];
    }
  }

  template <class Values>
  void sweep_into(Values& into, Column& part, std::size_t first, const std::vector<std::size_t>& places) const {
    Column scratch;
    for (auto place = places.begin(); place != places.end();) {
      const std::size_t index = static_cast<std::size_t>(rows_[first + *place]) / kPieceRows;
      const Column& piece = spool_.piece(column_.pieces[index], scratch);
      const Values& entries = std::get<Values>(piece.values);
      for (; place != places.end(); ++place) {
        const auto row = static_cast<std::size_t>(rows_[first + *place]);
        if (row / kPieceRows != index) break;
        put(entries, piece, row % kPieceRows, into, part, *place);
      }
    }
  }

  void recode(Column& part) const {
    if (column_.recode.empty()) return;
    for (std::int32_t& code : std::get<Column::Codes>(part.values)) {
      if (code != core::kMissingCode) code = column_.recode[static_cast<std::size_t>(code)];
    }
  }

  const ParsedColumn& column_;
  std::span<const RowId> rows_;
  const ColumnSpool& spool_;
};

void write_as_it_is(const ParsedColumn& column, std::size_t position, const ColumnSpool& spool, StoreWriter& writer) {
  Column scratch;
  for (std::size_t i = 0; i < column.pieces.size(); ++i) {
    writer.append_to_column(position, piece_of(column, i, spool, scratch));
  }
}

void write_column(const ParsedColumn& column, std::size_t position, std::span<const RowId> rows, std::size_t memory,
                  const ColumnSpool& spool, StoreWriter& writer) {
  const OrderedColumn ordered(column, rows, spool);
  const bool in_memory = ordered.in_memory();
  const std::size_t at_once = in_memory ? kRowsAtOnce : std::max(kPieceRows, memory / kEntryBytes);
  for (std::size_t first = 0; first < rows.size(); first += at_once) {
    const std::size_t n = std::min(at_once, rows.size() - first);
    writer.append_to_column(position, in_memory ? ordered.gather(first, n) : ordered.sweep(first, n));
  }
}

}  // namespace

void write_in_order(const ParsedTable& table, std::span<const RowId> rows, std::size_t memory, ColumnSpool& spool,
                    StoreWriter& writer) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const ParsedColumn& column = table.columns[i];
    if (rows.empty()) {
      write_as_it_is(column, i, spool, writer);
    } else {
      write_column(column, i, rows, memory, spool, writer);
    }
    for (const ColumnSpool::PieceId id : column.pieces) spool.drop(id);
  }
}

}  // namespace gridmill::io
