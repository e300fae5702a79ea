#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gridmill::core {

enum class ColumnType { integer, real, boolean, categorical, datetime, text, latlong, key };

/// Returns the name used in configs, stores and messages: "integer", "double", "boolean", ...
std::string_view name_of(ColumnType type);

constexpr std::int64_t kMissingTime = std::numeric_limits<std::int64_t>::min();
constexpr std::int32_t kMissingCode = -1;

/// What a column of each type holds, one entry a row:
///   integer      int64, with `valid`                 real     double, NaN = missing
///   boolean      0 / 1, with `valid`                 datetime int64 ns since 1970 UTC, kMissingTime = missing
///   categorical  codes into `categories` (sorted: numbers by value, else by code point), kMissingCode = missing
///   text, key    UTF-8, with `valid`                 latlong  degrees, {NaN, NaN} = missing
struct Column {
  using Integers = std::vector<std::int64_t>;  // integer, datetime
  using Reals = std::vector<double>;
  using Booleans = std::vector<std::uint8_t>;
  using Codes = std::vector<std::int32_t>;
  using Texts = std::vector<std::string>;
  using Places = std::vector<std::array<double, 2>>;

  std::string name;
  ColumnType type = ColumnType::real;
  std::vector<std::string> tags;  // "index", "time_index", "foreign_key", ...
  std::string unit;               // empty: none stated
  std::variant<Integers, Reals, Booleans, Codes, Texts, Places> values;
  std::vector<std::uint8_t> valid;      // 1 = present; empty: all present (integer, boolean, text, key only)
  std::vector<std::string> categories;  // categorical only

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool missing(std::size_t row) const;
  [[nodiscard]] std::size_t n_missing() const;
};

/// Named columns of equal length.
struct Table {
  std::string name;
  std::vector<Column> columns;
  std::string source;  // the file it came from

  [[nodiscard]] std::size_t n_rows() const { return columns.empty() ? 0 : columns.front().size(); }
  /// Returns the column called `column`, or null.
  [[nodiscard]] const Column* find(std::string_view column) const;
};

}  // namespace gridmill::core
