#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/table.hpp"
#include "core/time_format.hpp"
#include "io/cell.hpp"
#include "io/column_spool.hpp"
#include "io/csv.hpp"
#include "io/parsed_table.hpp"
#include "io/word_codes.hpp"

namespace gridmill::io {

/// What is known of a column before its cells are read.
struct ColumnRule {
  std::string name;
  std::size_t file_column = 0;
  std::optional<core::ColumnType> type;           // given by the user
  const core::TimeFormat* time_format = nullptr;  // of a given datetime; null: those known at once
  bool is_key = false;                            // its words are codes, however many there are
  std::size_t max_categories = 0;                 // else: beyond them words are text
};

/// Turns the cells of one column into values as they come, and finds out its type on the way: the narrowest that all
/// cells fit, missing ones aside:
///   boolean      true / false words                  integer  within int64
///   double       numbers; integers beyond int64       datetime see parse_datetime
///   categorical  any other words, if there are at most `max_categories` distinct ones, and these are at most 20 or
///                at most half as many as there are cells; so are names of classes, states, products
///   text         the rest
/// A column without a value is double. When integers become doubles, or words text, what is there is converted; when
/// words follow cells of another kind, the column must be read from its beginning once more.
class ColumnBuilder {
 public:
  /// `missing` and `spool` must outlive it.
  ColumnBuilder(ColumnRule rule, const MissingWords& missing, char decimal, ColumnSpool& spool);

  /// Takes the cells of all rows of a block.
  /// Errors: UserError with file:line:column, the cell and the column's name when a cell does not fit a given type.
  void append(const CsvReader& reader, const CellBlock& block);

  [[nodiscard]] bool must_start_over() const { return must_start_over_; }
  void start_over();

  ParsedColumn finish();

 private:
  enum class Kind { nothing, boolean, integer, real, datetime, latlong, words, text };

  static Kind kind_of(core::ColumnType type);
  std::size_t take(const CellBlock& block, std::size_t row);
  template <class Values, class Parse>
  std::size_t take_as(const CellBlock& block, std::size_t row, typename Values::value_type missing_value, Parse parse);
  std::size_t skip_missing(const CellBlock& block, std::size_t row);
  void begin_as(Kind kind);
  void begin_piece();
  void widen(std::string_view cell);
  Kind first_kind(std::string_view cell) const;
  void integers_to_reals();
  void words_to_text();
  template <class Convert>
  void convert_pieces(core::ColumnType type, Convert convert);
  void flush();
  [[nodiscard]] bool words_are_categories() const;
  [[noreturn]] void refuse(const core::Location& where, std::string_view cell) const;

  ColumnRule rule_;
  const MissingWords& missing_;
  char decimal_;
  ColumnSpool& spool_;
  Kind kind_ = Kind::nothing;
  core::Column piece_;                   // the one that is being filled
  std::vector<std::size_t> missing_at_;  // rows of the piece
  std::vector<ColumnSpool::PieceId> pieces_;
  std::size_t n_rows_ = 0;
  std::size_t n_missing_ = 0;
  std::size_t max_words_;
  WordCodes words_;
  bool must_start_over_ = false;
  std::string scratch_;
};

}  // namespace gridmill::io
