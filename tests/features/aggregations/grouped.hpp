#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "features/definitions/primitive.hpp"
#include "made_columns.hpp"

/// Groups written out by hand, and what an aggregation makes of them.
namespace gridmill::features::test {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kHour = 3600 * kSecond;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::uint8_t kUnknown = Column::kMissingBoolean;

/// Equal, or both missing.
MATCHER_P(IsValue, expected, "") { return (std::isnan(arg) && std::isnan(expected)) || arg == expected; }

/// Codes of a, b, c, ... as they are stored; "-" is missing.
inline Column codes(const std::string& letters, std::size_t n_categories = 26) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < n_categories; ++i)
    labels.emplace_back(i < 26 ? 1 : i / 26 + 1, static_cast<char>('a' + i % 26));
  Column::Codes found;
  for (const char letter : letters) found.push_back(letter == '-' ? core::kMissingCode : letter - 'a');
  return {std::move(found),
          std::make_shared<const Dictionary>(std::make_shared<const std::vector<std::string>>(labels))};
}

inline const Primitive& aggregation(const std::string& name) {
  const Primitive* found = find_primitive(PrimitiveKind::aggregation, name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

struct Grouped {
  std::vector<Column> columns;
  std::vector<std::int64_t> offsets;
  std::int64_t cutoff = 0;
  Semantics semantics = Semantics::featuretools;

  /// Returns what `use` makes of the groups, the defaults not filled in.
  [[nodiscard]] std::vector<Column> outputs(const std::string& name, core::Params arguments = {}) const {
    const Primitive& primitive = aggregation(name);
    for (const core::OptionSpec& each : primitive.arguments) arguments.try_emplace(each.name, each.default_value);
    GroupMemo memo;
    return primitive.aggregate(input(arguments, memo));
  }
  [[nodiscard]] AggregateInput input(const core::Params& arguments, GroupMemo& memo) const {
    pointers_.clear();
    for (const Column& column : columns) pointers_.push_back(&column);
    return {.columns = pointers_,
            .groups = offsets,
            .cutoffs = {{&cutoff, 1}},
            .arguments = arguments,
            .semantics = semantics,
            .memo = memo};
  }
  [[nodiscard]] std::vector<double> numbers_of(const std::string& name, core::Params arguments = {}) const {
    return outputs(name, std::move(arguments)).front().numbers();
  }
  [[nodiscard]] std::vector<std::uint8_t> booleans_of(const std::string& name, core::Params arguments = {}) const {
    return outputs(name, std::move(arguments)).front().booleans();
  }
  [[nodiscard]] std::vector<std::string> labels_of(const std::string& name, core::Params arguments = {},
                                                   std::size_t output = 0) const {
    const Column column = outputs(name, std::move(arguments)).at(output);
    std::vector<std::string> labels;
    for (const std::int32_t code : column.codes()) labels.push_back(code < 0 ? "-" : column.dictionary->label(code));
    return labels;
  }

 private:
  mutable std::vector<const Column*> pointers_;
};

/// Groups of one column of numbers.
inline Grouped groups_of(std::initializer_list<std::vector<double>> groups,
                         Semantics semantics = Semantics::featuretools) {
  std::vector<double> all;
  std::vector<std::int64_t> offsets{0};
  for (const auto& group : groups) {
    all.insert(all.end(), group.begin(), group.end());
    offsets.push_back(static_cast<std::int64_t>(all.size()));
  }
  Grouped grouped;
  grouped.columns.push_back(numbers(std::move(all)));
  grouped.offsets = std::move(offsets);
  grouped.semantics = semantics;
  return grouped;
}

/// One group of the rows of the columns.
inline Grouped one_group(std::vector<Column> columns, Semantics semantics = Semantics::featuretools) {
  Grouped grouped;
  grouped.offsets = {0, static_cast<std::int64_t>(columns.front().size())};
  grouped.columns = std::move(columns);
  grouped.semantics = semantics;
  return grouped;
}

}  // namespace gridmill::features::test
