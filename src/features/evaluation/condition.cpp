#include "features/evaluation/condition.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>

#include "core/numbers.hpp"
#include "features/definitions/held_type.hpp"

namespace gridmill::features {
namespace {

/// Reads "2020-03-01" or "2020-03-01 12:00:00" [ns]; nothing if it is no such time.
std::optional<std::int64_t> time_of(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  const int n = std::sscanf(text.c_str(), "%d-%u-%u %d:%d:%d", &year, &month, &day, &hour, &minute, &second);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if ((n != 3 && n != 6) || !date.ok()) return {};
  const auto since_1970 = std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
                          std::chrono::minutes(minute) + std::chrono::seconds(second);
  return std::chrono::nanoseconds(since_1970).count();
}

using Exact = core::Numbers::Exact;

/// Reads a value of a condition as an entry of the column; nothing if no entry can equal it.
template <class Entry>
std::optional<Entry> entry_of(const core::Value& value, const Column& column) {
  if constexpr (std::is_same_v<Entry, Exact>) {
    if (value.is_integer()) return static_cast<Exact>(value.integer());
    if (value.is_real()) return value.number();
    if (value.is_boolean()) return value.boolean() ? 1 : 0;
  } else if constexpr (std::is_same_v<Entry, std::uint8_t>) {
    if (value.is_boolean()) return value.boolean() ? std::uint8_t{1} : std::uint8_t{0};
    if (value.is_number() && (value.number() == 0 || value.number() == 1)) {
      return static_cast<std::uint8_t>(value.number());
    }
  } else if constexpr (std::is_same_v<Entry, std::int32_t>) {
    if (value.is_null() || value.is_list() || value.is_mapping()) return {};
    std::string label = value.python_str();
    if (value.is_real() && label.ends_with(".0")) label.resize(label.size() - 2);
    const std::int32_t code = column.dictionary->code(label);
    if (code != core::kMissingCode) return code;
  } else if constexpr (std::is_same_v<Entry, std::int64_t>) {
    if (value.is_integer()) return value.integer();
    if (value.is_text()) return time_of(value.text());
  } else if constexpr (std::is_same_v<Entry, std::optional<std::string>>) {
    if (value.is_text()) return value.text();
  }
  return {};
}

template <class Entry>
bool compares(const Entry& entry, const std::string& comparison, const Entry& value) {
  if (comparison == "==") return entry == value;
  if (comparison == "!=") return entry != value;
  if (comparison == "<") return entry < value;
  if (comparison == "<=") return entry <= value;
  if (comparison == ">") return entry > value;
  return comparison == ">=" && entry >= value;
}

template <class Entry>
std::vector<Entry> entries_of(const core::Value& value, const Column& column) {
  std::vector<Entry> entries;
  const core::ValueList one{value};
  for (const core::Value& each : value.is_list() ? value.list() : one) {
    if (const std::optional<Entry> entry = entry_of<Entry>(each, column)) entries.push_back(*entry);
  }
  return entries;
}

}  // namespace

std::vector<std::uint8_t> meets(const Column& column, const Where& where, Semantics semantics) {
  const bool unequal = where.comparison == "!=";
  const bool missing_is_unequal =
      unequal && semantics == Semantics::featuretools && !held_type(*where.feature).nullable;
  std::vector<std::uint8_t> mask(column.size(), 0);
  std::visit(
      [&]<class Values>(const Values& entries) {
        constexpr bool kAreNumbers = std::is_same_v<Values, Column::Numbers>;
        using Entry = std::conditional_t<kAreNumbers, Exact, typename Values::value_type>;
        const auto entry = [&entries](std::size_t i) -> decltype(auto) {
          if constexpr (kAreNumbers) {
            return entries.exact(i);
          } else {
            return (entries[i]);
          }
        };
        const std::vector<Entry> values = entries_of<Entry>(where.value, column);
        for (std::size_t i = 0; i < entries.size(); ++i) {
          if (column.missing(i)) {
            mask[i] = missing_is_unequal;
          } else if (values.empty()) {
            mask[i] = unequal;  // nothing equals the value
          } else if (where.comparison == "isin") {
            mask[i] = std::find(values.begin(), values.end(), entry(i)) != values.end();
          } else {
            mask[i] = compares<Entry>(entry(i), where.comparison, values.front());
          }
        }
      },
      column.values);
  return mask;
}

}  // namespace gridmill::features
