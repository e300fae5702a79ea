#include "core/logical_type.hpp"

#include <array>
#include <cctype>
#include <string>
#include <utility>

namespace gridmill::core {
namespace {

using enum LogicalType;

struct Word {
  LogicalType type;
  std::string_view name;
  ColumnType held_as;
};

constexpr std::array kWords = {
    Word{integer, "Integer", ColumnType::integer},
    Word{integer_nullable, "IntegerNullable", ColumnType::integer},
    Word{real, "Double", ColumnType::real},
    Word{age, "Age", ColumnType::integer},
    Word{age_fractional, "AgeFractional", ColumnType::real},
    Word{age_nullable, "AgeNullable", ColumnType::integer},
    Word{boolean, "Boolean", ColumnType::boolean},
    Word{boolean_nullable, "BooleanNullable", ColumnType::boolean},
    Word{categorical, "Categorical", ColumnType::categorical},
    Word{ordinal, "Ordinal", ColumnType::categorical},
    Word{postal_code, "PostalCode", ColumnType::categorical},
    Word{country_code, "CountryCode", ColumnType::categorical},
    Word{sub_region_code, "SubRegionCode", ColumnType::categorical},
    Word{datetime, "Datetime", ColumnType::datetime},
    Word{timedelta, "Timedelta", ColumnType::real},
    Word{natural_language, "NaturalLanguage", ColumnType::text},
    Word{email_address, "EmailAddress", ColumnType::text},
    Word{url, "URL", ColumnType::text},
    Word{filepath, "Filepath", ColumnType::text},
    Word{person_full_name, "PersonFullName", ColumnType::text},
    Word{phone_number, "PhoneNumber", ColumnType::text},
    Word{ip_address, "IPAddress", ColumnType::text},
    Word{lat_long, "LatLong", ColumnType::latlong},
    Word{unknown, "Unknown", ColumnType::text},
};

constexpr std::array<std::string_view, 8> kTagNames = {"numeric",       "category",       "index",
                                                       "time_index",    "foreign_key",    "secondary_time_index",
                                                       "date_of_birth", "last_time_index"};

std::string folded(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c != '_' && c != ' ') text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

const Word& word_of(LogicalType type) { return kWords[static_cast<std::size_t>(type)]; }

}  // namespace

std::string_view name_of(LogicalType type) { return word_of(type).name; }

std::optional<LogicalType> logical_type_named(std::string_view name) {
  const std::string wanted = folded(name);
  for (const Word& word : kWords) {
    if (folded(word.name) == wanted) return word.type;
  }
  return std::nullopt;
}

std::vector<std::string_view> logical_type_names() {
  std::vector<std::string_view> names;
  for (const Word& word : kWords) names.push_back(word.name);
  return names;
}

ColumnType column_type_of(LogicalType type) { return word_of(type).held_as; }

std::string_view name_of(Tag tag) { return kTagNames[static_cast<std::size_t>(tag)]; }

std::optional<Tag> tag_named(std::string_view name) {
  for (std::size_t i = 0; i < kTagNames.size(); ++i) {
    if (kTagNames[i] == name) return static_cast<Tag>(i);
  }
  return std::nullopt;
}

Tags standard_tags(LogicalType type) {
  switch (type) {
    case integer:
    case integer_nullable:
    case real:
    case age:
    case age_fractional:
    case age_nullable: return Tag::numeric;
    case categorical:
    case ordinal:
    case postal_code:
    case country_code:
    case sub_region_code: return Tag::category;
    default: return {};
  }
}

}  // namespace gridmill::core
