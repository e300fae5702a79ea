#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "features/definitions/primitive.hpp"
#include "features/transforms/calendar.hpp"
#include "made_columns.hpp"

namespace gridmill::features::test {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// ns since 1970 of a date and a time of day.
constexpr std::int64_t at(int year, int month, int day, int hour = 0, int minute = 0, int second = 0) {
  using namespace transforms;
  return day_number(year, month, day) * kDay + hour * kHour + minute * kMinute + second * kSecond;
}

inline Column texts(Column::Texts entries) { return {std::move(entries), nullptr}; }
inline Column places(Column::Places entries) { return {std::move(entries), nullptr}; }
inline Column categories(Column::Codes codes, std::vector<std::string> labels) {
  return {std::move(codes),
          std::make_shared<const Dictionary>(std::make_shared<const std::vector<std::string>>(std::move(labels)))};
}

/// One transform, applied to columns of one table: by default one series, all rows known at one time.
struct TransformCase {
  std::string primitive;  // as a config names it: "lag(periods=2)"
  std::vector<Column> columns;
  std::vector<core::LogicalType> types = {};
  std::vector<std::int64_t> series = {};
  std::int64_t cutoff = 0;
  Semantics semantics = Semantics::featuretools;

  [[nodiscard]] Column result() const {
    const PrimitiveUse use = read_primitive(PrimitiveKind::transform, primitive);
    std::vector<const Column*> inputs;
    for (const Column& each : columns) inputs.push_back(&each);
    std::vector<HeldType> held_types;
    for (const core::LogicalType type : types) held_types.push_back(held_column(type));
    const std::size_t n = columns.front().size();
    std::vector<std::int64_t> offsets = series;
    if (offsets.empty()) offsets = {0, static_cast<std::int64_t>(n)};
    const std::vector<std::int64_t> cutoffs{cutoff};
    return use.primitive->transform({.columns = inputs,
                                     .types = held_types,
                                     .n = n,
                                     .series = offsets,
                                     .cutoffs = {cutoffs},
                                     .arguments = use.arguments,
                                     .semantics = semantics});
  }
  [[nodiscard]] std::vector<double> values() const {
    const Column column = result();
    return column.numbers();
  }
  /// Labels of categories, "" for missing ones.
  [[nodiscard]] std::vector<std::string> labels() const {
    const Column column = result();
    std::vector<std::string> all;
    for (const std::int32_t code : column.codes()) all.push_back(code < 0 ? "" : column.dictionary->label(code));
    return all;
  }
  /// "TF?" for true, false, missing.
  [[nodiscard]] std::string flags() const {
    const Column column = result();
    std::string all;
    for (const std::uint8_t each : column.booleans()) all += "FT?"[each];
    return all;
  }
};

/// Says how two series differ, "" if they agree to a relative error of 1e-9.
inline std::string difference(const std::vector<double>& got, const std::vector<double>& want) {
  if (got.size() != want.size()) return "sizes differ";
  for (std::size_t i = 0; i < got.size(); ++i) {
    const bool same = std::isnan(want[i])   ? std::isnan(got[i])
                      : std::isinf(want[i]) ? got[i] == want[i]
                                            : std::abs(got[i] - want[i]) <= 1e-12 + 1e-9 * std::abs(want[i]);
    if (!same) return "at " + std::to_string(i) + ": " + std::to_string(got[i]) + ", want " + std::to_string(want[i]);
  }
  return "";
}

}  // namespace gridmill::features::test
