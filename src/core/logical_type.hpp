#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/table.hpp"

namespace gridmill::core {

/// What a column means, beyond how it is held: the words of Woodwork, by which feature primitives choose their inputs.
enum class LogicalType : std::uint8_t {
  integer,
  integer_nullable,
  real,
  age,
  age_fractional,
  age_nullable,
  boolean,
  boolean_nullable,
  categorical,
  ordinal,
  postal_code,
  country_code,
  sub_region_code,
  datetime,
  timedelta,
  natural_language,
  email_address,
  url,
  filepath,
  person_full_name,
  phone_number,
  ip_address,
  lat_long,
  unknown,
};

/// Returns Woodwork's name: "Integer", "Double", "BooleanNullable", "PostalCode", "LatLong", ...
std::string_view name_of(LogicalType type);
/// Returns the type of that name (as in `name_of`, case and underscores do not matter), or nothing.
std::optional<LogicalType> logical_type_named(std::string_view name);
/// Returns all names, in the order of the enumeration.
std::vector<std::string_view> logical_type_names();
/// Returns how a column of that type is held in a store.
ColumnType column_type_of(LogicalType type);

/// What a column is for. A column has any number of them.
enum class Tag : std::uint8_t {
  numeric,
  category,
  index,
  time_index,
  foreign_key,
  secondary_time_index,
  date_of_birth,
  last_time_index,
};

std::string_view name_of(Tag tag);
std::optional<Tag> tag_named(std::string_view name);

/// A set of tags.
class Tags {
 public:
  constexpr Tags() = default;
  constexpr Tags(Tag tag) : bits_(bit(tag)) {}  // NOLINT(google-explicit-constructor)
  constexpr Tags(std::initializer_list<Tag> tags) {
    for (const Tag tag : tags) bits_ = static_cast<std::uint16_t>(bits_ | bit(tag));
  }

  [[nodiscard]] constexpr bool has(Tag tag) const { return (bits_ & bit(tag)) != 0; }
  [[nodiscard]] constexpr bool has_all(Tags other) const { return (bits_ & other.bits_) == other.bits_; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  constexpr void add(Tag tag) { bits_ = static_cast<std::uint16_t>(bits_ | bit(tag)); }
  constexpr void remove(Tag tag) { bits_ = static_cast<std::uint16_t>(bits_ & ~bit(tag)); }
  friend constexpr bool operator==(Tags, Tags) = default;

 private:
  static constexpr std::uint16_t bit(Tag tag) { return static_cast<std::uint16_t>(1U << static_cast<unsigned>(tag)); }
  std::uint16_t bits_ = 0;
};

/// Returns the tags every column of that type carries: numeric for numbers, category for categories, else none.
Tags standard_tags(LogicalType type);

}  // namespace gridmill::core
