#include "io/import/ordered_writer.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace gridmill::io {
namespace {

using core::Column;

constexpr std::size_t kRowsInMemory = std::size_t{1} << 18;  // of a column whose pieces are in memory
constexpr std::size_t kPlaceBytes = 24;                      // of an entry beside itself: row, place, mask

/// A part of a column in an order of its rows.
class OrderedPart {
 public:
  OrderedPart(const ParsedColumn& column, std::span<const std::int64_t> rows, const ColumnSpool& spool)
      : column_(column), rows_(rows), spool_(spool), part_(empty_column(column.prototype, rows.size())) {
    part_.categories.clear();
  }

  /// From pieces in memory.
  Column gather() && {
    std::visit([&](auto& values) { gather_into(values); }, part_.values);
    recode();
    return std::move(part_);
  }

  /// The same from pieces of which some are read back, each once.
  Column sweep() && {
    std::visit([&](auto& values) { sweep_into(values); }, part_.values);
    recode();
    return std::move(part_);
  }

 private:
  template <class Values>
  void gather_into(Values& into) {
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
      const auto row = static_cast<std::size_t>(rows_[i]);
      into[i] = entries[row / kPieceRows][row % kPieceRows];
    }
    if (!masked) return;
    part_.valid.assign(into.size(), 1);
    for (std::size_t i = 0; i < into.size(); ++i) {
      const auto row = static_cast<std::size_t>(rows_[i]);
      const std::vector<std::uint8_t>& valid = pieces[row / kPieceRows]->valid;
      if (!valid.empty()) part_.valid[i] = valid[row % kPieceRows];
    }
  }

  template <class Values>
  void sweep_into(Values& into) {
    const std::vector<std::size_t> begin = places_by_piece();
    Column scratch;
    for (std::size_t index = 0; index + 1 < begin.size(); ++index) {
      if (begin[index] == begin[index + 1]) continue;
      const Column& piece = spool_.piece(column_.pieces[index], scratch);
      const Values& entries = std::get<Values>(piece.values);
      if (!piece.valid.empty() && part_.valid.empty()) part_.valid.assign(into.size(), 1);
      for (std::size_t i = begin[index]; i < begin[index + 1]; ++i) {
        const std::size_t from = static_cast<std::size_t>(rows_[places_[i]]) % kPieceRows;
        into[places_[i]] = entries[from];
        if (!piece.valid.empty()) part_.valid[places_[i]] = piece.valid[from];
      }
    }
  }

  /// Sorts the places of the part by the piece that they come from; returns where those of each begin.
  std::vector<std::size_t> places_by_piece() {
    std::vector<std::size_t> next(column_.pieces.size() + 1, 0);
    const auto piece_of = [&](std::size_t place) { return static_cast<std::size_t>(rows_[place]) / kPieceRows; };
    for (std::size_t place = 0; place < rows_.size(); ++place) ++next[piece_of(place) + 1];
    std::partial_sum(next.begin(), next.end(), next.begin());
    const std::vector<std::size_t> begin = next;
    places_.resize(rows_.size());
    for (std::size_t place = 0; place < rows_.size(); ++place) places_[next[piece_of(place)]++] = place;
    return begin;
  }

  void recode() {
    if (column_.recode.empty()) return;
    for (std::int32_t& code : std::get<Column::Codes>(part_.values)) {
      if (code != core::kMissingCode) code = column_.recode[static_cast<std::size_t>(code)];
    }
  }

  const ParsedColumn& column_;
  std::span<const std::int64_t> rows_;
  const ColumnSpool& spool_;
  Column part_;
  std::vector<std::size_t> places_;
};

bool in_memory(const ParsedColumn& column, const ColumnSpool& spool) {
  return std::all_of(column.pieces.begin(), column.pieces.end(),
                     [&](ColumnSpool::PieceId id) { return spool.in_memory(id); });
}

std::size_t entry_bytes(const ParsedColumn& column) {
  return std::visit([](const auto& values) { return sizeof(values.front()); }, column.prototype.values);
}

void write_as_it_is(const ParsedColumn& column, std::size_t position, const ColumnSpool& spool, StoreWriter& writer) {
  Column scratch;
  for (std::size_t i = 0; i < column.pieces.size(); ++i) {
    writer.append_to_column(position, piece_of(column, i, spool, scratch));
  }
}

}  // namespace

void each_part_in_order(const ParsedColumn& column, const NumberList& rows, std::size_t memory,
                        const ColumnSpool& spool, const std::function<void(Column&&)>& take) {
  const bool at_hand = in_memory(column, spool);
  const std::size_t at_once =
      at_hand ? kRowsInMemory : std::max(kPieceRows, memory / (entry_bytes(column) + kPlaceBytes));
  for (std::size_t first = 0; first < rows.size(); first += at_once) {
    const std::vector<std::int64_t> wanted = rows.range(first, std::min(at_once, rows.size() - first));
    OrderedPart part(column, wanted, spool);
    take(at_hand ? std::move(part).gather() : std::move(part).sweep());
  }
}

void write_in_order(const ParsedTable& table, const NumberList* rows, std::size_t memory, ColumnSpool& spool,
                    StoreWriter& writer) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const ParsedColumn& column = table.columns[i];
    if (rows == nullptr) {
      write_as_it_is(column, i, spool, writer);
    } else {
      each_part_in_order(column, *rows, memory, spool, [&](Column&& part) { writer.append_to_column(i, part); });
    }
    for (const ColumnSpool::PieceId id : column.pieces) spool.drop(id);
  }
}

}  // namespace gridmill::io
