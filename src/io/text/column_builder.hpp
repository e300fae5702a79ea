#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/table.hpp"
#include "core/time_format.hpp"
#include "io/spool/column_spool.hpp"
#include "io/spool/parsed_table.hpp"
#include "io/text/cell.hpp"
#include "io/text/csv.hpp"
#include "io/text/day_order.hpp"
#include "io/text/word_codes.hpp"

namespace gridmill::io {

/// What is known of a column before its cells are read.
struct ColumnRule {
  std::string name;
  std::size_t file_column = 0;
  std::vector<std::size_t> parts;               // columns whose cells, with blanks between, make a time; empty: none
  bool parts_are_numbers = false;               // 5.0 means 5 in them: a column of integers with gaps
  std::optional<core::ColumnType> type;         // given by the user
  std::optional<core::TimeFormat> time_format;  // of a given datetime; none: see read_time
  std::optional<DayOrder> day_order = {};       // of dates that do not show it, as another column has it
  bool decides_what_is_known = false;           // a time index: no time may be left out
  bool is_key = false;                          // its words are codes, however many there are
  bool takes_boolean_words = false;             // words such as yes and no are found out to be booleans
  std::size_t max_categories = 0;               // else: beyond them words are text
};

/// What is to be said of a column that was read.
struct ColumnRemark {
  std::string sentence;
  std::optional<std::size_t> row;  // where to look; none: everywhere
  bool is_warning = true;
};

/// Turns the cells of one column into values as they come, and finds out its type on the way: the narrowest that all
/// cells fit, missing ones aside:
///   boolean      true / false words                  integer  within int64
///   double       numbers                              datetime see read_time
///   categorical  any other words, if there are at most `max_categories` distinct ones, and these are at most 20 or
///                at most half as many as there are cells; so are names of classes, states, products
///   text         the rest
/// Words that say yes or no (see boolean_pair) are boolean if the rule says so. Whole numbers that a double would round
/// are words in a column of keys, which are exact; elsewhere they are rounded, and there is a remark.
/// A column without a value is double. When integers become doubles, or words text, what is there is converted; when
/// words follow cells of another kind, or a cell shows that in those before it the day came first, the column must be
/// read from its beginning once more.
/// Times beyond what 64 bits hold are missing, and there is a remark; in a time index they are refused.
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
  /// What is to be said once it is finished.
  [[nodiscard]] const std::vector<ColumnRemark>& remarks() const { return remarks_; }

 private:
  /// Cells that are not taken as they stand: how many, and the first of them.
  struct OddCells {
    std::size_t n = 0;
    std::size_t row = 0;
    std::string first;
  };

  enum class Kind { nothing, boolean, integer, real, datetime, latlong, words, text };

  static Kind kind_of(core::ColumnType type);
  std::size_t take(const CellBlock& block, std::size_t row);
  template <class Values, class Parse>
  std::size_t take_as(const CellBlock& block, std::size_t row, typename Values::value_type missing_value, Parse parse);
  std::size_t take_times(const CellBlock& block, std::size_t row);
  std::size_t take_made_times(const CellBlock& block, std::size_t row);
  std::optional<std::int64_t> read_cell_time(std::string_view cell);
  std::optional<std::int64_t> time_beyond(std::string_view cell);
  std::optional<double> read_number(std::string_view cell);
  std::optional<double> read_great_number(std::string_view cell, double value);
  std::size_t skip_missing(const CellBlock& block, std::size_t row);
  [[nodiscard]] bool must_stay_exact(std::string_view cell) const;
  [[nodiscard]] std::size_t rows_so_far() const;
  [[nodiscard]] std::string_view cell_of(const CellBlock& block, std::size_t row);
  void begin_as(Kind kind);
  void begin_piece(std::size_t room);
  void widen(std::string_view cell);
  Kind first_kind(std::string_view cell) const;
  void integers_to_reals();
  [[nodiscard]] bool would_round() const;
  void words_to_text();
  void remark_on_words();
  bool words_to_booleans();
  void begin_anew();
  void add_remarks();
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
  ColumnDayOrder days_;
  OddCells beyond_;   // times
  OddCells rounded_;  // whole numbers
  std::vector<ColumnRemark> remarks_;
  bool must_start_over_ = false;
  std::string scratch_;
  std::string made_;  // the cell of a time that is made of several
};

}  // namespace gridmill::io
