#include "io/text/first_line.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "io/text/datetime.hpp"

namespace gridmill::io {
namespace {

enum class CellKind { empty, number, date, word };

/// "inf" and "nan" are numbers in a row, and words in a header: they say nothing.
CellKind kind_of(std::string_view cell, const MissingWords& missing, char decimal) {
  if (missing.contains(cell)) return CellKind::empty;
  if (const std::optional<double> number = parse_real(cell, decimal)) {
    return std::isfinite(*number) ? CellKind::number : CellKind::empty;
  }
  return parse_datetime(cell) ? CellKind::date : CellKind::word;
}

/// A year, a number of a column: digits alone.
bool is_plain_number(std::string_view cell) {
  return !cell.empty() && cell.size() <= 18 &&
         std::all_of(cell.begin(), cell.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// What the cells beneath one of the first line have in common.
struct Beneath {
  std::size_t n_filled = 0;  // not empty
  std::size_t n_numbers = 0;
  std::size_t n_dates = 0;
  bool any_quoted = false;
  bool repeats = false;  // one of them equals the first
};

Beneath look_beneath(const CellBlock& block, std::size_t column, const MissingWords& missing, char decimal) {
  Beneath found;
  std::string first_scratch;
  std::string scratch;
  const std::string_view first = block.cell(0, column, first_scratch);
  for (std::size_t row = 1; row < block.n_rows(); ++row) {
    const std::string_view cell = block.cell(row, column, scratch);
    found.any_quoted = found.any_quoted || block.is_quoted(row, column);
    found.repeats = found.repeats || cell == first;
    const CellKind kind = kind_of(cell, missing, decimal);
    found.n_filled += kind != CellKind::empty ? 1U : 0U;
    found.n_numbers += kind == CellKind::number ? 1U : 0U;
    found.n_dates += kind == CellKind::date ? 1U : 0U;
  }
  return found;
}

/// What speaks for names and what for a row, over all columns.
struct Signs {
  bool names = false;
  bool row = false;
  std::size_t n_words = 0;
  std::size_t n_values = 0;     // numbers and dates
  std::vector<double> plain;    // numbers that are digits alone, in order
  bool empty_corner = false;    // nothing in the first column, which is filled beneath
  bool leading_number = false;  // in the first column, as the numbers of rows stand there
  std::set<std::string> seen;
};

void weigh(const CellBlock& block, std::size_t column, const MissingWords& missing, char decimal, Signs& signs) {
  std::string scratch;
  const std::string_view cell = block.cell(0, column, scratch);
  const CellKind kind = kind_of(cell, missing, decimal);
  const Beneath beneath = look_beneath(block, column, missing, decimal);
  const bool any = beneath.n_filled > 0;
  const bool over_numbers = any && beneath.n_numbers == beneath.n_filled;
  const bool over_dates = any && beneath.n_dates == beneath.n_filled;
  const bool over_words = any && beneath.n_numbers + beneath.n_dates == 0;
  if (kind != CellKind::empty && !signs.seen.emplace(cell).second) signs.row = true;
  switch (kind) {
    case CellKind::empty: signs.empty_corner = signs.empty_corner || (column == 0 && any); return;
    case CellKind::word:
      ++signs.n_words;
      signs.names = signs.names || over_numbers || over_dates;
      signs.row = signs.row || beneath.repeats;
      return;
    case CellKind::date:
      ++signs.n_values;
      signs.names = signs.names || over_numbers;
      signs.row = signs.row || over_dates;
      return;
    case CellKind::number:
      ++signs.n_values;
      if (!is_plain_number(cell)) {
        signs.row = true;
        return;
      }
      signs.plain.push_back(parse_real(cell).value_or(0));
      signs.leading_number = signs.leading_number || column == 0;
      signs.names = signs.names || (block.is_quoted(0, column) && over_numbers && !beneath.any_quoted) ||
                    (over_words && beneath.n_filled > 1);
  }
}

bool count_up(const std::vector<double>& numbers) {
  return std::adjacent_find(numbers.begin(), numbers.end(), [](double a, double b) { return b != a + 1; }) ==
         numbers.end();
}

bool are_years_in_order(const std::vector<double>& numbers) {
  constexpr double kFirst = 1500;
  constexpr double kLast = 2199;
  return std::all_of(numbers.begin(), numbers.end(), [](double n) { return n >= kFirst && n <= kLast; }) &&
         std::is_sorted(numbers.begin(), numbers.end());
}

}  // namespace

FirstLine judge_first_line(const CellBlock& block, const MissingWords& missing, char decimal) {
  Signs signs;
  for (std::size_t column = 0; column < block.n_columns(); ++column) weigh(block, column, missing, decimal, signs);
  if (signs.n_values == 0) return {.names = signs.n_words > 0 || block.n_rows() < 2};
  if (block.n_rows() < 2) return {.names = false};
  if (signs.names) return {.names = true};
  if (signs.row) return {.names = false};
  if (signs.n_words > 0) {
    return {.names = !signs.leading_number || are_years_in_order(signs.plain), .certain = false};
  }
  const bool in_order = signs.plain.size() == signs.n_values && std::is_sorted(signs.plain.begin(), signs.plain.end());
  const bool several = signs.plain.size() > 1;
  const bool names =
      in_order && ((several && (count_up(signs.plain) || are_years_in_order(signs.plain))) || signs.empty_corner);
  return {.names = names, .certain = false};
}

}  // namespace gridmill::io
