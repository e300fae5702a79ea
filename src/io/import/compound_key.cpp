#include "io/import/compound_key.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/joined_key.hpp"
#include "core/table.hpp"
#include "io/import/key_column.hpp"
#include "io/tables/table_source.hpp"
#include "io/text/sorted_words.hpp"
#include "io/text/word_codes.hpp"

namespace gridmill::io {
namespace {

using core::Column;

/// One of the columns, as it is gone through.
struct Part {
  const ParsedColumn& column;
  KeyReader reader;
  KeyPiece piece;

  [[nodiscard]] bool is_missing(std::size_t row) const { return !piece.missing.empty() && piece.missing[row] != 0; }
};

ParsedColumn column_of_words(const std::string& name) {
  Column prototype;
  prototype.name = name;
  prototype.type = core::ColumnType::categorical;
  return {.prototype = empty_column(prototype)};
}

ParsedColumn compound_column(const CompoundKey& key, const ParsedTable& table, ColumnSpool& spool) {
  std::vector<Part> parts;
  for (const std::string& name : key.columns) {
    const ParsedColumn& column = *table.find(name);
    parts.push_back({.column = column, .reader = KeyReader(column, spool), .piece = {}});
  }
  ParsedColumn made = column_of_words(key.name);
  WordCodes words;
  std::vector<std::string> values(parts.size());
  for (std::size_t i = 0; i < parts.front().reader.n_pieces(); ++i) {
    for (Part& part : parts) part.piece = part.reader.piece(i);
    Column piece = empty_column(made.prototype);
    auto& codes = std::get<Column::Codes>(piece.values);
    for (std::size_t row = 0; row < parts.front().piece.values.size(); ++row) {
      bool is_missing = false;
      for (std::size_t p = 0; p < parts.size() && !is_missing; ++p) {
        is_missing = parts[p].is_missing(row);
        if (!is_missing) values[p] = key_text(parts[p].column, parts[p].piece.values[row]);
      }
      codes.push_back(is_missing ? core::kMissingCode : words.code(core::joined_key(values)));
      made.n_missing += is_missing ? 1 : 0;
    }
    made.pieces.push_back(spool.keep(std::move(piece)));
  }
  take_words(words, made);
  return made;
}

/// Returns the entries of `words` at the rows that `numbers` tells.
ParsedColumn words_at(const ParsedColumn& words, const ParsedColumn& numbers, ColumnSpool& spool) {
  Column::Codes all;
  KeyReader of_words(words, spool);
  for (std::size_t i = 0; i < of_words.n_pieces(); ++i) {
    for (const std::int64_t code : of_words.piece(i).values) all.push_back(static_cast<std::int32_t>(code));
  }
  ParsedColumn made = column_of_words(words.prototype.name);
  made.prototype.categories = words.prototype.categories;
  made.n_missing = numbers.n_missing;
  KeyReader of_numbers(numbers, spool);
  for (std::size_t i = 0; i < of_numbers.n_pieces(); ++i) {
    const KeyPiece rows = of_numbers.piece(i);
    Column piece = empty_column(column_of_words(words.prototype.name).prototype);
    auto& codes = std::get<Column::Codes>(piece.values);
    for (std::size_t row = 0; row < rows.values.size(); ++row) {
      const bool is_missing = !rows.missing.empty() && rows.missing[row] != 0;
      codes.push_back(is_missing ? core::kMissingCode : all[static_cast<std::size_t>(rows.values[row])]);
    }
    made.pieces.push_back(spool.keep(std::move(piece)));
  }
  return made;
}

ParsedColumn& column_named(const std::string& name, ParsedTable& table) {
  return *std::find_if(table.columns.begin(), table.columns.end(),
                       [&](const ParsedColumn& column) { return column.prototype.name == name; });
}

}  // namespace

void make_compound_keys(std::span<const CompoundKey> keys, const std::string& index, ParsedTable& table,
                        ColumnSpool& spool) {
  for (const CompoundKey& key : keys) {
    if (table.find(key.name) != nullptr) continue;
    ParsedColumn column = compound_column(key, table, spool);
    table.columns.insert(key.name == index ? table.columns.begin() : table.columns.end(), std::move(column));
  }
}

void name_by_values(const CompoundKey& index, ParsedTable& table, ParsedTable& from, ColumnSpool& spool) {
  ParsedColumn words = compound_column(index, table, spool);
  ParsedColumn& key = column_named(index.name, from);
  key = words_at(words, key, spool);
  column_named(index.name, table) = std::move(words);
}

}  // namespace gridmill::io
