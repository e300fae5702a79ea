#include "io/text/column_builder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/tables/table_source.hpp"
#include "io/text/boolean_words.hpp"
#include "io/text/cell_problem.hpp"
#include "io/text/datetime.hpp"
#include "io/text/sorted_words.hpp"
#include "io/text/time_writing.hpp"
#include "io/text/word_findings.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kAlwaysCategorical = 20;  // distinct words
constexpr std::size_t kFirstRows = 32;  // room in a first piece, which grows: some tables have a million columns

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53

std::optional<std::uint8_t> as_byte(std::optional<bool> value) {
  return value ? std::optional<std::uint8_t>(*value ? 1 : 0) : std::nullopt;
}

/// A type that the user gave may be read more widely than one that was found out.
std::optional<std::uint8_t> parse_given_boolean(std::string_view cell) { return as_byte(parse_boolean_word(cell)); }
std::optional<std::uint8_t> parse_found_boolean(std::string_view cell) { return as_byte(parse_boolean(cell)); }

bool marks_missing(ColumnType type) {
  return type == ColumnType::integer || type == ColumnType::boolean || type == ColumnType::text ||
         type == ColumnType::key;
}

}  // namespace

ColumnBuilder::ColumnBuilder(ColumnRule rule, const MissingWords& missing, char decimal, ColumnSpool& spool)
    : rule_(std::move(rule)), missing_(missing), decimal_(decimal), spool_(spool), days_(rule_.day_order) {
  if (rule_.type && rule_.day_order) days_ = ColumnDayOrder::known(*rule_.day_order);
  constexpr auto kAny = static_cast<std::size_t>(-1);
  max_words_ = rule_.type || rule_.is_key ? kAny : rule_.max_categories;
  piece_.name = rule_.name;
  if (rule_.type) begin_as(kind_of(*rule_.type));
}

ColumnBuilder::Kind ColumnBuilder::kind_of(ColumnType type) {
  switch (type) {
    case ColumnType::integer: return Kind::integer;
    case ColumnType::real: return Kind::real;
    case ColumnType::boolean: return Kind::boolean;
    case ColumnType::datetime: return Kind::datetime;
    case ColumnType::latlong: return Kind::latlong;
    case ColumnType::categorical: return Kind::words;
    case ColumnType::text:
    case ColumnType::key: return Kind::text;
  }
  GRIDMILL_ASSERT(false, "every column type has a kind");
}

void ColumnBuilder::append(const CsvReader& reader, const CellBlock& block) {
  if (must_start_over_) return;
  for (std::size_t row = 0; row < block.n_rows();) {
    const std::size_t before = row;
    row = take(block, row);
    n_rows_ += row - before;
    if (piece_.size() == kPieceRows) {
      flush();
    } else if (row < block.n_rows()) {
      if (days_.must_read_again()) return begin_anew();
      const std::string_view cell = cell_of(block, row);
      if (rule_.type) refuse(reader.location(row, rule_.parts.empty() ? rule_.file_column : rule_.parts.front()), cell);
      widen(cell);
      if (must_start_over_) return;
    }
  }
}

/// The cell of a row; of a time that is made of several columns their cells, with blanks between.
std::string_view ColumnBuilder::cell_of(const CellBlock& block, std::size_t row) {
  if (rule_.parts.empty()) return block.cell(row, rule_.file_column, scratch_);
  made_.clear();
  for (const std::size_t part : rule_.parts) {
    if (part != rule_.parts.front()) made_ += ' ';
    std::string_view cell = block.cell(row, part, scratch_);
    if (rule_.parts_are_numbers && cell.ends_with(".0")) cell.remove_suffix(2);
    made_ += cell;
  }
  return made_;
}

std::size_t ColumnBuilder::take(const CellBlock& block, std::size_t row) {
  using Code = std::optional<std::int32_t>;
  switch (kind_) {
    case Kind::nothing: return skip_missing(block, row);
    case Kind::boolean:
      return take_as<Column::Booleans>(block, row, 0, rule_.type ? &parse_given_boolean : &parse_found_boolean);
    case Kind::integer: return take_as<Column::Integers>(block, row, 0, rule_.type ? &parse_whole : &parse_integer);
    case Kind::real:
      return take_as<Column::Reals>(block, row, kNaN, [this](std::string_view cell) { return read_number(cell); });
    case Kind::datetime: return take_times(block, row);
    case Kind::latlong: return take_as<Column::Places>(block, row, {kNaN, kNaN}, &parse_place);
    case Kind::words:
      return take_as<Column::Codes>(block, row, core::kMissingCode, [this](std::string_view cell) {
        return words_.size() > max_words_ ? Code() : Code(words_.code(cell));
      });
    case Kind::text:
      return take_as<Column::Texts>(block, row, {},
                                    [](std::string_view cell) { return std::optional(std::string(cell)); });
  }
  GRIDMILL_ASSERT(false, "every kind of cell is taken");
}

/// Returns the first row whose cell does not fit, or the end of the block or of the piece.
template <class Values, class Parse>
std::size_t ColumnBuilder::take_as(const CellBlock& block, std::size_t row, typename Values::value_type missing_value,
                                   Parse parse) {
  Values& values = std::get<Values>(piece_.values);
  const std::size_t end = std::min(block.n_rows(), row + kPieceRows - values.size());
  for (; row < end; ++row) {
    const std::string_view cell = block.cell(row, rule_.file_column, scratch_);
    if (missing_.contains(cell)) {
      missing_at_.push_back(values.size());
      values.push_back(missing_value);
      continue;
    }
    auto value = parse(cell);
    if (!value) break;
    values.push_back(*std::move(value));
  }
  return row;
}

std::size_t ColumnBuilder::take_times(const CellBlock& block, std::size_t row) {
  if (!rule_.parts.empty()) return take_made_times(block, row);
  return take_as<Column::Integers>(block, row, core::kMissingTime,
                                   [this](std::string_view cell) { return read_cell_time(cell); });
}

/// Where a part is missing, so is the time.
std::size_t ColumnBuilder::take_made_times(const CellBlock& block, std::size_t row) {
  auto& values = std::get<Column::Integers>(piece_.values);
  const std::size_t end = std::min(block.n_rows(), row + kPieceRows - values.size());
  for (; row < end; ++row) {
    const bool is_missing = std::any_of(rule_.parts.begin(), rule_.parts.end(), [&](std::size_t part) {
      return missing_.contains(block.cell(row, part, scratch_));
    });
    if (is_missing) missing_at_.push_back(values.size());
    const std::optional<std::int64_t> time = is_missing ? core::kMissingTime : read_cell_time(cell_of(block, row));
    if (!time) break;
    values.push_back(*time);
  }
  return row;
}

std::optional<std::int64_t> ColumnBuilder::read_cell_time(std::string_view cell) {
  if (rule_.time_format) {
    const core::TimeRead read = rule_.time_format->read(cell);
    if (read.kind == core::TimeKind::beyond) return time_beyond(cell);
    return read.kind == core::TimeKind::time ? std::optional(read.time) : std::nullopt;
  }
  const TimeText read = read_time(cell, days_.order(), rule_.type ? ShortYears::everywhere : ShortYears::with_slashes);
  if (read.kind == core::TimeKind::none || !days_.accept(read)) return {};
  return read.kind == core::TimeKind::beyond ? time_beyond(cell) : std::optional(read.time);
}

std::optional<std::int64_t> ColumnBuilder::time_beyond(std::string_view cell) {
  if (rule_.decides_what_is_known) return {};
  if (beyond_.n++ == 0) beyond_ = {.n = 1, .row = rows_so_far(), .first = std::string(cell)};
  missing_at_.push_back(piece_.size());
  return core::kMissingTime;
}

std::optional<double> ColumnBuilder::read_number(std::string_view cell) {
  const std::optional<double> value = parse_real(cell, decimal_);
  if (!value || std::abs(*value) <= kExactIntegers) return value;
  return read_great_number(cell, *value);
}

std::optional<double> ColumnBuilder::read_great_number(std::string_view cell, double value) {
  if (rule_.type || !is_whole_number(cell)) return value;
  if (must_stay_exact(cell)) return {};
  if (!is_exact(cell, value) && rounded_.n++ == 0) {
    rounded_ = {.n = 1, .row = rows_so_far(), .first = std::string(cell)};
  }
  return value;
}

/// Keys are compared: doubles would make some of them equal.
bool ColumnBuilder::must_stay_exact(std::string_view cell) const {
  return rule_.is_key && !rule_.type && is_whole_number(cell);
}

std::size_t ColumnBuilder::rows_so_far() const { return pieces_.size() * kPieceRows + piece_.size(); }

std::size_t ColumnBuilder::skip_missing(const CellBlock& block, std::size_t row) {
  while (row < block.n_rows() && missing_.contains(block.cell(row, rule_.file_column, scratch_))) ++row;
  return row;
}

/// Makes the rows so far, all of them missing, rows of that kind.
void ColumnBuilder::begin_as(Kind kind) {
  kind_ = kind;
  begin_piece(kFirstRows);
  for (std::size_t row = 0; row < n_rows_; ++row) {
    missing_at_.push_back(piece_.size());
    std::visit([](auto& values) { values.emplace_back(); }, piece_.values);
    if (piece_.size() == kPieceRows) flush();
  }
}

void ColumnBuilder::begin_piece(std::size_t room) {
  static constexpr std::array kTypes{ColumnType::real,        ColumnType::boolean,  ColumnType::integer,
                                     ColumnType::real,        ColumnType::datetime, ColumnType::latlong,
                                     ColumnType::categorical, ColumnType::text};
  piece_.type = rule_.type.value_or(kTypes[static_cast<std::size_t>(kind_)]);
  piece_ = empty_column(piece_);
  std::visit([room](auto& values) { values.reserve(room); }, piece_.values);
  missing_at_.clear();
}

/// Writes what stands for a missing entry, and hands the piece to the spool.
void ColumnBuilder::flush() {
  n_missing_ += missing_at_.size();
  if (marks_missing(piece_.type) && !missing_at_.empty()) {
    piece_.valid.assign(piece_.size(), 1);
    for (const std::size_t row : missing_at_) piece_.valid[row] = 0;
  }
  for (const std::size_t row : missing_at_) {
    switch (piece_.type) {
      case ColumnType::real: std::get<Column::Reals>(piece_.values)[row] = kNaN; break;
      case ColumnType::datetime: std::get<Column::Integers>(piece_.values)[row] = core::kMissingTime; break;
      case ColumnType::categorical: std::get<Column::Codes>(piece_.values)[row] = core::kMissingCode; break;
      case ColumnType::latlong: std::get<Column::Places>(piece_.values)[row] = {kNaN, kNaN}; break;
      default: break;
    }
  }
  const bool is_last = piece_.size() < kPieceRows;
  if (is_last) std::visit([](auto& values) { values.shrink_to_fit(); }, piece_.values);
  pieces_.push_back(spool_.keep(std::move(piece_)));
  piece_.name = rule_.name;
  begin_piece(is_last ? 0 : kPieceRows);  // room for rows that never come, 3,000 times, leaves the heap in shreds
}

ColumnBuilder::Kind ColumnBuilder::first_kind(std::string_view cell) const {
  if (parse_boolean(cell)) return Kind::boolean;
  if (parse_integer(cell)) return Kind::integer;
  if (parse_real(cell, decimal_)) return must_stay_exact(cell) ? Kind::words : Kind::real;
  if (read_time(cell).kind != core::TimeKind::none) return Kind::datetime;
  return Kind::words;
}

/// Finds a kind that the cell fits, too.
void ColumnBuilder::widen(std::string_view cell) {
  if (kind_ == Kind::nothing) return begin_as(first_kind(cell));
  const bool is_number = kind_ == Kind::integer && parse_real(cell, decimal_);
  if (is_number && !must_stay_exact(cell) && !(rule_.is_key && would_round())) return integers_to_reals();
  if (kind_ == Kind::words) return words_to_text();
  begin_anew();
}

void ColumnBuilder::begin_anew() {
  must_start_over_ = true;
  for (const ColumnSpool::PieceId id : pieces_) spool_.drop(id);
  pieces_.clear();
}

void ColumnBuilder::start_over() {
  must_start_over_ = false;
  n_rows_ = 0;
  n_missing_ = 0;
  beyond_ = {};
  rounded_ = {};
  const Kind kind = days_.must_read_again() ? Kind::datetime : Kind::words;
  days_.read_again();
  begin_as(kind);
}

/// Turns the pieces, and what has been begun of the next, into another type.
template <class Convert>
void ColumnBuilder::convert_pieces(ColumnType type, Convert convert) {
  Column scratch;
  for (ColumnSpool::PieceId& id : pieces_) {
    const Column& old = spool_.piece(id, scratch);
    Column piece;
    piece.name = old.name;
    piece.type = type;
    piece = empty_column(piece);
    convert(old, piece);
    spool_.drop(id);
    id = spool_.keep(std::move(piece));
  }
  Column old = std::exchange(piece_, {});
  piece_.name = rule_.name;
  piece_.type = type;
  piece_ = empty_column(piece_);
  convert(old, piece_);
  piece_.valid.clear();
}

/// Whether one of the integers so far has no double of its own.
bool ColumnBuilder::would_round() const {
  const auto rounds = [](const Column& column) {
    const auto& integers = std::get<Column::Integers>(column.values);
    return std::any_of(integers.begin(), integers.end(), [](std::int64_t value) { return !has_double(value); });
  };
  Column scratch;
  return rounds(piece_) ||
         std::any_of(pieces_.begin(), pieces_.end(), [&](auto id) { return rounds(spool_.piece(id, scratch)); });
}

void ColumnBuilder::integers_to_reals() {
  kind_ = Kind::real;
  std::size_t first_row = 0;
  convert_pieces(ColumnType::real, [&](const Column& from, Column& to) {
    const auto& integers = std::get<Column::Integers>(from.values);
    for (std::size_t row = 0; row < integers.size(); ++row) {
      if (has_double(integers[row]) || rounded_.n++ > 0) continue;
      rounded_ = {.n = 1, .row = first_row + row, .first = std::to_string(integers[row])};
    }
    first_row += integers.size();
    Column::Reals reals(integers.begin(), integers.end());
    for (std::size_t row = 0; row < from.valid.size(); ++row) {
      if (from.valid[row] == 0) reals[row] = kNaN;
    }
    to.values = std::move(reals);
  });
}

/// Words such as yes and no, if they are the only ones.
bool ColumnBuilder::words_to_booleans() {
  if (!rule_.takes_boolean_words || rule_.is_key || rule_.type) return false;
  const std::vector<std::uint8_t> value_of = boolean_pair(words_);
  if (value_of.empty()) return false;
  kind_ = Kind::boolean;
  convert_pieces(ColumnType::boolean, [&](const Column& from, Column& to) {
    const auto& codes = std::get<Column::Codes>(from.values);
    auto& values = std::get<Column::Booleans>(to.values);
    values.resize(codes.size());
    for (std::size_t row = 0; row < codes.size(); ++row) {
      if (codes[row] != core::kMissingCode) {
        values[row] = value_of[static_cast<std::size_t>(codes[row])];
      } else {
        to.valid.resize(codes.size(), 1);
        to.valid[row] = 0;
      }
    }
  });
  remarks_.push_back(
      {.sentence = fmt::format("'{}' holds '{}' and '{}' and is read as boolean; types: {{{}: categorical}} "
                               "keeps the words",
                               rule_.name, words_.word(0), words_.word(1), rule_.name),
       .row = {},
       .is_warning = false});
  words_.clear();
  return true;
}

void ColumnBuilder::remark_on_words() {
  if (rule_.type || rule_.is_key) return;
  std::string found = numbers_among(words_, rule_.name, decimal_);
  if (found.empty()) found = dates_among(words_, rule_.name);
  if (!found.empty()) remarks_.push_back({.sentence = std::move(found), .row = {}});
}

void ColumnBuilder::words_to_text() {
  kind_ = Kind::text;
  remark_on_words();
  convert_pieces(ColumnType::text, [this](const Column& from, Column& to) {
    const auto& codes = std::get<Column::Codes>(from.values);
    auto& texts = std::get<Column::Texts>(to.values);
    texts.resize(codes.size());
    for (std::size_t row = 0; row < codes.size(); ++row) {
      if (codes[row] != core::kMissingCode) {
        texts[row] = words_.word(codes[row]);
      } else {
        to.valid.resize(codes.size(), 1);
        to.valid[row] = 0;
      }
    }
  });
  words_.clear();
}

bool ColumnBuilder::words_are_categories() const {
  if (rule_.type || rule_.is_key) return true;
  const bool few = words_.size() <= kAlwaysCategorical || words_.size() <= (n_rows_ - n_missing_) / 2;
  return few && words_.size() <= max_words_;
}

/// What was not taken as it stands.
void ColumnBuilder::add_remarks() {
  if (beyond_.n > 0) {
    remarks_.push_back(
        {.sentence = fmt::format("'{}' in column '{}' is a date out of range, one of {}: they count as missing; times "
                                 "lie between 1677-09-21 and 2262-04-11",
                                 beyond_.first, rule_.name, beyond_.n),
         .row = beyond_.row});
  }
  if (rounded_.n > 0 && kind_ == Kind::real) {
    remarks_.push_back(
        {.sentence = fmt::format("'{}' in column '{}' is rounded to a double, one of {} such whole numbers; "
                                 "types: {{{}: categorical}} keeps them exact",
                                 rounded_.first, rule_.name, rounded_.n, rule_.name),
         .row = rounded_.row});
  }
  if (const std::optional<DayOrder> order = days_.guessed(); order && kind_ == Kind::datetime) {
    remarks_.push_back(
        {.sentence = fmt::format(
             "the dates in column '{}' are read with the month first, since none shows "
             "that it is the day; if it is, say so in the section 'import': time_format: {{{}: \"%d/%m/%Y\"}} (other "
             "files have no such option: write their dates as 2020-12-31)",
             rule_.name, rule_.name),
         .row = {},
         .is_warning = false});
  }
}

ParsedColumn ColumnBuilder::finish() {
  if (kind_ == Kind::nothing) begin_as(Kind::real);
  if (piece_.size() > 0) flush();
  if (kind_ == Kind::words && !words_to_booleans() && !words_are_categories()) words_to_text();
  if (kind_ == Kind::words) remark_on_words();
  add_remarks();
  Column prototype;
  prototype.name = rule_.name;
  prototype.type = piece_.type;
  ParsedColumn column{
      .prototype = empty_column(prototype), .pieces = std::move(pieces_), .recode = {}, .n_missing = n_missing_};
  if (kind_ == Kind::datetime) column.time_format = written_as(rule_.time_format, days_);
  if (kind_ == Kind::words) take_words(words_, column);
  return column;
}

void ColumnBuilder::refuse(const core::Location& where, std::string_view cell) const {
  throw core::UserError(cell_problem(where, cell, rule_, days_.shown(), decimal_));
}

}  // namespace gridmill::io
