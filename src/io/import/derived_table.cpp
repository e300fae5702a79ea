#include "io/import/derived_table.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <map>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/nanoseconds.hpp"
#include "io/import/key_column.hpp"
#include "io/tables/table_source.hpp"
#include "io/text/datetime.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;
using core::kDay;
using Values = std::vector<std::int64_t>;

std::int64_t floored(std::int64_t number, std::int64_t divisor) {
  const std::int64_t past = number % divisor;
  return (number - past) / divisor - (past < 0 ? 1 : 0);
}

std::int64_t month_of(std::int64_t time) {
  using namespace std::chrono;
  const year_month_day date{sys_days{days{floored(time, kDay)}}};
  return 12 * static_cast<std::int64_t>(static_cast<int>(date.year())) + static_cast<unsigned>(date.month()) - 1;
}

std::int64_t begin_of_month(std::int64_t month) {
  using namespace std::chrono;
  const sys_days day = year{static_cast<int>(floored(month, 12))} /
                       std::chrono::month{static_cast<unsigned>(month - 12 * floored(month, 12)) + 1} / 1;
  return day.time_since_epoch().count() * kDay;
}

/// The steps between two times, numbered from 0.
class Steps {
 public:
  Steps(const TimeStep& step, std::int64_t first, std::int64_t last) : step_(step) {
    if (step.months > 0) {
      const bool divides_year = 12 % step.months == 0 || step.months % 12 == 0;
      const std::int64_t whole = divides_year ? step.months : 1;
      origin_ = floored(month_of(first), whole) * whole;
      if (step.months % 12 == 0) origin_ = floored(month_of(first), 12) * 12;
    } else {
      constexpr std::int64_t kWeek = 7 * kDay;
      constexpr std::int64_t kMonday = 4 * kDay;  // 1970-01-05
      origin_ = step.nanoseconds % kWeek == 0 ? kMonday + floored(first - kMonday, kWeek) * kWeek
                                              : floored(first, kDay) * kDay;
      origin_ += floored(first - origin_, step.nanoseconds) * step.nanoseconds;
    }
    n_ = of(last) + 1;
  }

  [[nodiscard]] std::int64_t n() const { return n_; }
  [[nodiscard]] std::int64_t of(std::int64_t time) const {
    return step_.months > 0 ? floored(month_of(time) - origin_, step_.months)
                            : floored(time - origin_, step_.nanoseconds);
  }
  [[nodiscard]] std::int64_t begin(std::int64_t number) const {
    return step_.months > 0 ? begin_of_month(origin_ + number * step_.months) : origin_ + number * step_.nanoseconds;
  }

 private:
  TimeStep step_;
  std::int64_t origin_ = 0;  // [ns], or a month
  std::int64_t n_ = 0;
};

/// Fills a column of whole numbers, times or categories, piece by piece.
class ColumnFiller {
 public:
  ColumnFiller(Column prototype, ColumnSpool& spool) : spool_(spool) {
    column_.prototype = empty_column(prototype);
    begun_ = piece();
  }

  void add(std::int64_t value) {
    if (auto* codes = std::get_if<Column::Codes>(&begun_.values)) {
      codes->push_back(static_cast<std::int32_t>(value));
    } else {
      std::get<Column::Integers>(begun_.values).push_back(value);
    }
    if (!begun_.valid.empty()) begun_.valid.push_back(1);
    if (begun_.size() == kPieceRows) flush();
  }
  /// Of a column of whole numbers.
  void add_missing() {
    auto& values = std::get<Column::Integers>(begun_.values);
    if (begun_.valid.empty()) begun_.valid.assign(values.size(), 1);
    values.push_back(0);
    begun_.valid.push_back(0);
    ++column_.n_missing;
    if (begun_.size() == kPieceRows) flush();
  }
  ParsedColumn finish() {
    if (begun_.size() > 0) flush();
    return std::move(column_);
  }

 private:
  [[nodiscard]] Column piece() const {
    Column empty = empty_column(column_.prototype);
    empty.categories.clear();
    return empty;
  }
  void flush() { column_.pieces.push_back(spool_.keep(std::exchange(begun_, piece()))); }

  ColumnSpool& spool_;
  ParsedColumn column_;
  Column begun_;
};

Column named(const std::string& name, ColumnType type) {
  Column column;
  column.name = name;
  column.type = type;
  return column;
}

/// Goes through the rows of the other table: the time of each, and its values.
class Rows {
 public:
  Rows(const Derivation& derivation, const std::string& time_index, const ParsedTable& from, const ColumnSpool& spool)
      : from_(from), spool_(spool), times_(derivation.step ? from.find(time_index) : nullptr) {
    for (const std::string& name : derivation.columns) columns_.push_back(from.find(name));
  }

  /// Calls visit(time, values) for each row: the time is missing or there is none, the values are empty if one is
  /// missing or there are none.
  template <class Visit>
  void for_each(Visit visit) const {
    std::vector<KeyReader> readers;
    for (const ParsedColumn* column : columns_) readers.emplace_back(*column, spool_);
    Column scratch;
    for (std::size_t first = 0, i = 0; first < from_.n_rows; first += kPieceRows, ++i) {
      std::vector<KeyPiece> pieces;
      for (KeyReader& reader : readers) pieces.push_back(reader.piece(i));
      const Column* times = times_ == nullptr ? nullptr : &piece_of(*times_, i, spool_, scratch);
      const std::size_t n = std::min(kPieceRows, from_.n_rows - first);
      for (std::size_t row = 0; row < n; ++row) {
        const bool known = std::none_of(pieces.begin(), pieces.end(), [row](const KeyPiece& piece) {
          return !piece.missing.empty() && piece.missing[row] != 0;
        });
        values_.clear();
        for (const KeyPiece& piece : pieces) {
          if (known) values_.push_back(piece.values[row]);
        }
        visit(times == nullptr ? core::kMissingTime : std::get<Column::Integers>(times->values)[row], values_);
      }
    }
  }

 private:
  const ParsedTable& from_;
  const ColumnSpool& spool_;
  const ParsedColumn* times_;
  std::vector<const ParsedColumn*> columns_;
  mutable Values values_;
};

/// What the other table has: its distinct values in order, its first and last time.
struct Found {
  std::map<Values, std::int64_t> groups;  // values -> number
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = core::kMissingTime;

  [[nodiscard]] bool has_times() const { return last != core::kMissingTime; }
};

Found find_all(const Rows& rows, std::size_t n_columns) {
  Found found;
  rows.for_each([&](std::int64_t time, const Values& values) {
    if (time != core::kMissingTime) {
      found.first = std::min(found.first, time);
      found.last = std::max(found.last, time);
    }
    if (values.size() == n_columns) found.groups.try_emplace(values);
  });
  std::int64_t number = 0;
  for (auto& [values, place] : found.groups) place = number++;
  return found;
}

void check_columns(const Derivation& derivation, const core::Location& where, const ParsedTable& from) {
  std::vector<core::Problem> problems;
  for (const std::string& name : derivation.columns) {
    const ColumnType type = from.find(name)->prototype.type;
    if (can_be_key(type)) continue;
    problems.push_back({where,
                        fmt::format("each: column '{}' of table '{}' holds {}; rows for each of its values need whole "
                                    "numbers, categories or times",
                                    name, from.name, core::name_of(type)),
                        fmt::format("give it one of these types: types: {{{}: categorical}}", name)});
  }
  if (!problems.empty()) throw core::UserError(std::move(problems));
}

/// A wrong year makes millions of steps in which nothing happens.
void check_number(const Found& found, std::int64_t n_steps, const std::string& name, const core::Location& where,
                  const ParsedTable& from) {
  constexpr double kMany = 1e6;
  constexpr double kFew = 10;  // rows of the table for each of the other
  const double n = static_cast<double>(n_steps) * static_cast<double>(std::max<std::size_t>(found.groups.size(), 1));
  if (n <= kMany || n <= kFew * static_cast<double>(from.n_rows)) return;
  throw core::UserError(
      core::Problem{where,
                    fmt::format("each: table '{}' would have {:.0f} rows, for {} of '{}': its times go from {} to {}",
                                name, n, from.n_rows, from.name, datetime_text(found.first), datetime_text(found.last)),
                    "look for a wrong year among them, or take longer steps"});
}

}  // namespace

ParsedTable derive(const Derivation& derivation, const std::string& name, const std::string& index,
                   const std::string& time_index, const core::Location& where, ParsedTable& from, ColumnSpool& spool) {
  check_columns(derivation, where, from);
  const Rows rows(derivation, time_index, from, spool);
  const std::size_t n_columns = derivation.columns.size();
  const Found found = find_all(rows, n_columns);
  std::optional<Steps> steps;
  if (derivation.step && found.has_times()) steps.emplace(*derivation.step, found.first, found.last);
  const std::int64_t n_steps = derivation.step ? (steps ? steps->n() : 0) : 1;
  if (steps) check_number(found, n_steps, name, where, from);

  ParsedTable table{.name = name, .source = from.source, .n_rows = 0, .columns = {}};
  std::vector<ColumnFiller> fillers;
  if (derivation.makes_key()) fillers.emplace_back(named(index, ColumnType::integer), spool);
  for (const std::string& column : derivation.columns) fillers.emplace_back(from.find(column)->prototype, spool);
  if (derivation.step) fillers.emplace_back(named(kStepBegin, ColumnType::datetime), spool);
  for (const auto& [values, group] : found.groups) {
    for (std::int64_t step = 0; step < n_steps; ++step) {
      auto filler = fillers.begin();
      if (derivation.makes_key()) (filler++)->add(group * n_steps + step);
      for (const std::int64_t value : values) (filler++)->add(value);
      if (derivation.step) filler->add(steps->begin(step));
      ++table.n_rows;
    }
  }
  for (ColumnFiller& filler : fillers) table.columns.push_back(filler.finish());
  if (derivation.step) table.columns.back().time_format = from.find(time_index)->time_format;

  if (!derivation.makes_key()) return table;
  ColumnFiller key(named(index, ColumnType::integer), spool);
  rows.for_each([&](std::int64_t time, const Values& values) {
    if (values.size() != n_columns || (derivation.step && time == core::kMissingTime)) return key.add_missing();
    key.add(found.groups.at(values) * n_steps + (steps ? steps->of(time) : 0));
  });
  from.columns.push_back(key.finish());
  return table;
}

}  // namespace gridmill::io
