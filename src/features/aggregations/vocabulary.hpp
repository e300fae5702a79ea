#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/option.hpp"
#include "features/definitions/primitive.hpp"
#include "features/definitions/value_type.hpp"

/// The words in which aggregations are declared: what they take, what they give, arguments that several share.
namespace gridmill::features::aggregations {

using core::LogicalType;
using core::Tag;

// What goes in.
constexpr InputSlot kAnything{};
constexpr InputSlot kNumber{.type = std::nullopt, .tags = Tag::numeric};
constexpr InputSlot kCategory{.type = std::nullopt, .tags = Tag::category};
constexpr InputSlot kIndex{.type = std::nullopt, .tags = Tag::index};
constexpr InputSlot kTimeIndex{.type = LogicalType::datetime, .tags = Tag::time_index};
constexpr InputSlot kTime{.type = LogicalType::datetime, .tags = {}};
constexpr InputSlot kBoolean{.type = LogicalType::boolean, .tags = {}};
constexpr InputSlot kBooleanNullable{.type = LogicalType::boolean_nullable, .tags = {}};

// What comes out.
constexpr ValueType kUntypedNumber{.type = std::nullopt, .tags = Tag::numeric};  // of no logical type
constexpr ValueType kReal{.type = LogicalType::real, .tags = Tag::numeric};
constexpr ValueType kInteger{.type = LogicalType::integer, .tags = Tag::numeric};
constexpr ValueType kIntegerNullable{.type = LogicalType::integer_nullable, .tags = Tag::numeric};
constexpr ValueType kTruth{.type = LogicalType::boolean, .tags = {}};
constexpr ValueType kTruthNullable{.type = LogicalType::boolean_nullable, .tags = {}};
constexpr ValueType kCategorical{.type = LogicalType::categorical, .tags = Tag::category};
constexpr ValueType kDatetime{.type = LogicalType::datetime, .tags = {}};

inline core::OptionSpec number_argument(std::string name, core::Value default_value, core::Range range,
                                        std::string meaning) {
  return {.name = std::move(name),
          .kinds = {core::Kind::real},
          .default_value = std::move(default_value),
          .range = range,
          .choices = {},
          .meaning = std::move(meaning)};
}

/// Each value is a column of its own.
inline core::OptionSpec count_argument(std::string name, int default_value, std::string meaning) {
  return {.name = std::move(name),
          .kinds = {core::Kind::integer},
          .default_value = default_value,
          .range = {.low = 1, .high = 10'000},
          .choices = {},
          .meaning = std::move(meaning)};
}

inline core::OptionSpec switch_argument(std::string name, bool default_value, std::string meaning) {
  return {.name = std::move(name),
          .kinds = {core::Kind::boolean},
          .default_value = default_value,
          .range = {},
          .choices = {},
          .meaning = std::move(meaning)};
}

inline core::OptionSpec skipna() {
  return switch_argument("skipna", true, "whether missing values are left out; else one makes the result missing");
}

/// A unit of time; `seconds_in` says how long it is.
inline core::OptionSpec unit_argument(std::string default_value, std::string meaning) {
  return {.name = "unit",
          .kinds = {core::Kind::text},
          .default_value = std::move(default_value),
          .range = {},
          .choices = {"years", "months", "days", "hours", "minutes", "seconds", "milliseconds", "nanoseconds"},
          .meaning = std::move(meaning)};
}

}  // namespace gridmill::features::aggregations
