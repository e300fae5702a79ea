#include "io/column_builder.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/categories.hpp"
#include "io/datetime.hpp"
#include "io/table_source.hpp"
#include "io/utf8.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kAlwaysCategorical = 20;  // distinct words
constexpr std::size_t kFirstRows = 32;  // room in a first piece, which grows: some tables have a million columns

/// A type that the user gave may be read more widely than one that was found out.
std::optional<std::uint8_t> parse_given_boolean(std::string_view cell) {
  if (cell == "1" || cell == "0") return cell == "1" ? 1 : 0;
  const std::optional<bool> value = parse_boolean(cell);
  return value ? std::optional<std::uint8_t>(*value ? 1 : 0) : std::nullopt;
}

std::optional<std::uint8_t> parse_found_boolean(std::string_view cell) {
  const std::optional<bool> value = parse_boolean(cell);
  return value ? std::optional<std::uint8_t>(*value ? 1 : 0) : std::nullopt;
}

std::string_view expectation(ColumnType type) {
  switch (type) {
    case ColumnType::integer: return "whole numbers within 64 bits";
    case ColumnType::real: return "numbers";
    case ColumnType::boolean: return "true, false, 1 or 0";
    case ColumnType::datetime: return "2024-12-31T23:59:59 or 12/31/2024 23:59";
    default: return "latitude and longitude in degrees: 48.1 11.6";
  }
}

std::string_view one_of(ColumnType type) {
  switch (type) {
    case ColumnType::integer: return "a whole number";
    case ColumnType::real: return "a number";
    case ColumnType::boolean: return "a boolean";
    case ColumnType::datetime: return "a date";
    default: return "a place";
  }
}

bool has_mask(ColumnType type) {
  return type == ColumnType::integer || type == ColumnType::boolean || type == ColumnType::text ||
         type == ColumnType::key;
}

}  // namespace

ColumnBuilder::ColumnBuilder(ColumnRule rule, const MissingWords& missing, char decimal, ColumnSpool& spool)
    : rule_(std::move(rule)), missing_(missing), decimal_(decimal), spool_(spool) {
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
      const std::string_view cell = block.cell(row, rule_.file_column, scratch_);
      if (rule_.type) refuse(reader.location(row, rule_.file_column), cell);
      widen(cell);
      if (must_start_over_) return;
    }
  }
}

std::size_t ColumnBuilder::take(const CellBlock& block, std::size_t row) {
  using Code = std::optional<std::int32_t>;
  switch (kind_) {
    case Kind::nothing: return skip_missing(block, row);
    case Kind::boolean:
      return take_as<Column::Booleans>(block, row, 0, rule_.type ? &parse_given_boolean : &parse_found_boolean);
    case Kind::integer: return take_as<Column::Integers>(block, row, 0, &parse_integer);
    case Kind::real:
      return take_as<Column::Reals>(block, row, kNaN,
                                    [this](std::string_view cell) { return parse_real(cell, decimal_); });
    case Kind::datetime:
      if (rule_.time_format == nullptr) {
        return take_as<Column::Integers>(block, row, core::kMissingTime, &parse_datetime);
      }
      return take_as<Column::Integers>(block, row, core::kMissingTime,
                                       [this](std::string_view cell) { return rule_.time_format->parse(cell); });
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

std::size_t ColumnBuilder::skip_missing(const CellBlock& block, std::size_t row) {
  while (row < block.n_rows() && missing_.contains(block.cell(row, rule_.file_column, scratch_))) ++row;
  return row;
}

/// Makes the rows so far, all of them missing, rows of that kind.
void ColumnBuilder::begin_as(Kind kind) {
  kind_ = kind;
  begin_piece();
  for (std::size_t row = 0; row < n_rows_; ++row) {
    missing_at_.push_back(piece_.size());
    std::visit([](auto& values) { values.emplace_back(); }, piece_.values);
    if (piece_.size() == kPieceRows) flush();
  }
}

void ColumnBuilder::begin_piece() {
  static constexpr std::array kTypes{ColumnType::real,        ColumnType::boolean,  ColumnType::integer,
                                     ColumnType::real,        ColumnType::datetime, ColumnType::latlong,
                                     ColumnType::categorical, ColumnType::text};
  piece_.type = rule_.type.value_or(kTypes[static_cast<std::size_t>(kind_)]);
  piece_ = empty_column(piece_);
  std::visit([&](auto& values) { values.reserve(pieces_.empty() ? kFirstRows : kPieceRows); }, piece_.values);
  missing_at_.clear();
}

/// Writes what stands for a missing entry, and hands the piece to the spool.
void ColumnBuilder::flush() {
  n_missing_ += missing_at_.size();
  if (has_mask(piece_.type) && !missing_at_.empty()) {
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
  if (piece_.size() < kPieceRows) std::visit([](auto& values) { values.shrink_to_fit(); }, piece_.values);
  pieces_.push_back(spool_.keep(std::move(piece_)));
  piece_.name = rule_.name;
  begin_piece();
}

ColumnBuilder::Kind ColumnBuilder::first_kind(std::string_view cell) const {
  if (parse_boolean(cell)) return Kind::boolean;
  if (parse_integer(cell)) return Kind::integer;
  if (parse_real(cell, decimal_)) return Kind::real;
  if (parse_datetime(cell)) return Kind::datetime;
  return Kind::words;
}

/// Finds a kind that the cell fits, too.
void ColumnBuilder::widen(std::string_view cell) {
  if (kind_ == Kind::nothing) return begin_as(first_kind(cell));
  if (kind_ == Kind::integer && parse_real(cell, decimal_)) return integers_to_reals();
  if (kind_ == Kind::words) return words_to_text();
  must_start_over_ = true;
  for (const ColumnSpool::PieceId id : pieces_) spool_.drop(id);
  pieces_.clear();
}

void ColumnBuilder::start_over() {
  must_start_over_ = false;
  n_rows_ = 0;
  n_missing_ = 0;
  begin_as(Kind::words);
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

void ColumnBuilder::integers_to_reals() {
  kind_ = Kind::real;
  convert_pieces(ColumnType::real, [](const Column& from, Column& to) {
    const auto& integers = std::get<Column::Integers>(from.values);
    Column::Reals reals(integers.begin(), integers.end());
    for (std::size_t row = 0; row < from.valid.size(); ++row) {
      if (from.valid[row] == 0) reals[row] = kNaN;
    }
    to.values = std::move(reals);
  });
}

void ColumnBuilder::words_to_text() {
  kind_ = Kind::text;
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

ParsedColumn ColumnBuilder::finish() {
  if (kind_ == Kind::nothing) begin_as(Kind::real);
  if (piece_.size() > 0) flush();
  if (kind_ == Kind::words && !words_are_categories()) {
    words_to_text();
  }
  Column prototype;
  prototype.name = rule_.name;
  prototype.type = piece_.type;
  ParsedColumn column{
      .prototype = empty_column(prototype), .pieces = std::move(pieces_), .recode = {}, .n_missing = n_missing_};
  if (kind_ != Kind::words) return column;
  std::vector<std::string>& categories = column.prototype.categories;
  for (std::size_t code = 0; code < words_.size(); ++code) {
    categories.emplace_back(words_.word(static_cast<std::int32_t>(code)));
  }
  sort_categories(categories);
  column.recode.resize(words_.size());
  for (std::size_t code = 0; code < categories.size(); ++code) {
    column.recode[static_cast<std::size_t>(words_.code(categories[code]))] = static_cast<std::int32_t>(code);
  }
  return column;
}

void ColumnBuilder::refuse(const core::Location& where, std::string_view cell) const {
  constexpr std::size_t kShown = 60;  // [bytes]
  std::string shown(cell.substr(0, check_utf8(cell.substr(0, kShown)).n_valid));
  if (shown.size() < cell.size()) shown += "...";
  const std::string expected = rule_.time_format == nullptr ? std::string(expectation(*rule_.type))
                                                            : "times written as " + rule_.time_format->text();
  throw core::UserError(
      core::Problem{where, fmt::format("'{}' in column '{}' is not {}", shown, rule_.name, one_of(*rule_.type)),
                    fmt::format("expected {}; add it to the missing words if it means no value", expected)});
}

}  // namespace gridmill::io
