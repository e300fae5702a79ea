#include "io/spool/parsed_table.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "core/error.hpp"

namespace gridmill::io {
namespace {

using core::Column;

/// Hands out the rows of a parsed table in order.
class ParsedTableSource final : public TableSource {
 public:
  ParsedTableSource(ParsedTable table, std::unique_ptr<ColumnSpool> spool)
      : table_(std::move(table)), schema_(table_.schema()), spool_(std::move(spool)) {}

  [[nodiscard]] const core::Table& schema() const override { return schema_; }
  [[nodiscard]] std::size_t n_rows() const override { return table_.n_rows; }
  [[nodiscard]] Remarks remarks() const override { return table_.remarks; }

  core::Table next(std::size_t max_rows) override {
    const std::size_t end = at_ + std::min(max_rows, table_.n_rows - at_);
    core::Table block{.name = schema_.name, .columns = {}, .source = schema_.source};
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      block.columns.push_back(rows_of(table_.columns[i], schema_.columns[i], end));
    }
    at_ = end;
    return block;
  }

 private:
  Column rows_of(const ParsedColumn& parsed, const Column& prototype, std::size_t end) {
    Column column = empty_column(prototype);
    std::visit([&](auto& values) { values.reserve(end - at_); }, column.values);
    Column scratch;
    for (std::size_t row = at_; row < end;) {
      const std::size_t index = row / kPieceRows;
      const std::size_t in_piece = row % kPieceRows;
      const Column& piece = piece_of(parsed, index, *spool_, scratch);
      const std::size_t n = std::min(piece.size() - in_piece, end - row);
      append_rows(piece, in_piece, n, column);
      row += n;
      if (in_piece + n == piece.size()) spool_->drop(parsed.pieces[index]);
    }
    return column;
  }

  ParsedTable table_;
  core::Table schema_;
  std::unique_ptr<ColumnSpool> spool_;
  std::size_t at_ = 0;
};

}  // namespace

const Column& piece_of(const ParsedColumn& column, std::size_t index, const ColumnSpool& spool, Column& scratch) {
  const Column& piece = spool.piece(column.pieces[index], scratch);
  if (column.recode.empty()) return piece;
  if (&piece != &scratch) scratch = piece;
  for (std::int32_t& code : std::get<Column::Codes>(scratch.values)) {
    if (code != core::kMissingCode) code = column.recode[static_cast<std::size_t>(code)];
  }
  return scratch;
}

void append_rows(const Column& part, std::size_t first, std::size_t n, Column& column) {
  const std::size_t before = column.size();
  std::visit(
      [&](auto& values) {
        const auto& from = std::get<std::decay_t<decltype(values)>>(part.values);
        const auto begin = from.begin() + static_cast<std::ptrdiff_t>(first);
        values.insert(values.end(), begin, begin + static_cast<std::ptrdiff_t>(n));
      },
      column.values);
  if (part.valid.empty() && column.valid.empty()) return;
  column.valid.resize(before, 1);
  if (part.valid.empty()) return column.valid.resize(before + n, 1);
  const auto begin = part.valid.begin() + static_cast<std::ptrdiff_t>(first);
  column.valid.insert(column.valid.end(), begin, begin + static_cast<std::ptrdiff_t>(n));
}

core::Table ParsedTable::schema() const {
  core::Table table{.name = name, .columns = {}, .source = source};
  for (const ParsedColumn& column : columns) table.columns.push_back(column.prototype);
  return table;
}

const ParsedColumn* ParsedTable::find(std::string_view column) const {
  const auto it = std::find_if(columns.begin(), columns.end(),
                               [&](const ParsedColumn& each) { return each.prototype.name == column; });
  return it == columns.end() ? nullptr : &*it;
}

ParsedTable read_to_end(TableSource& source, ColumnSpool& spool) {
  const core::Table& schema = source.schema();
  ParsedTable table{.name = schema.name, .source = schema.source, .n_rows = 0, .columns = {}};
  std::vector<Column> begun;
  for (const Column& column : schema.columns) {
    table.columns.push_back({.prototype = empty_column(column)});
    begun.push_back(empty_column(column));
  }
  const auto flush = [&](std::size_t i) {
    begun[i].categories.clear();
    table.columns[i].n_missing += begun[i].n_missing();
    table.columns[i].pieces.push_back(spool.keep(std::exchange(begun[i], empty_column(table.columns[i].prototype))));
  };
  const std::size_t rows = block_rows(schema.columns.size());
  for (core::Table block = source.next(rows); block.n_rows() > 0; block = source.next(rows)) {
    table.n_rows += block.n_rows();
    for (std::size_t i = 0; i < begun.size(); ++i) {
      for (std::size_t row = 0; row < block.n_rows();) {
        const std::size_t n = std::min(block.n_rows() - row, kPieceRows - begun[i].size());
        append_rows(block.columns[i], row, n, begun[i]);
        row += n;
        if (begun[i].size() == kPieceRows) flush(i);
      }
    }
  }
  for (std::size_t i = 0; i < begun.size(); ++i) {
    if (begun[i].size() > 0) flush(i);
  }
  return table;
}

std::unique_ptr<TableSource> as_source(ParsedTable table, std::unique_ptr<ColumnSpool> spool) {
  return std::make_unique<ParsedTableSource>(std::move(table), std::move(spool));
}

}  // namespace gridmill::io
