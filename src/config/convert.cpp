#include "config/convert.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/address.hpp"
#include "core/hint.hpp"
#include "core/user_path.hpp"

namespace gridmill::config {

namespace {

using core::Kind;
using core::Value;

constexpr std::array kColumnTypes{core::ColumnType::integer,     core::ColumnType::real,     core::ColumnType::boolean,
                                  core::ColumnType::categorical, core::ColumnType::datetime, core::ColumnType::text,
                                  core::ColumnType::latlong,     core::ColumnType::key};

std::optional<core::ColumnType> column_type(std::string_view name) {
  for (const core::ColumnType type : kColumnTypes) {
    if (core::name_of(type) == name) return type;
  }
  return std::nullopt;
}

/// What a user may say of a column that does not follow from its type or role.
constexpr std::array kGivenTags{core::Tag::numeric, core::Tag::category, core::Tag::date_of_birth};

std::vector<std::string> column_type_names() {
  std::vector<std::string> names;
  for (const core::ColumnType type : kColumnTypes) names.emplace_back(core::name_of(type));
  return names;
}

/// Column names and labels may look like numbers; they are words all the same.
std::vector<std::string> texts(const Node& node, const std::string& path, Problems& problems) {
  std::vector<std::string> all;
  for (const Node& child : node.children) {
    if (child.is_null()) {
      problems.add(child.where, fmt::format("{}: each entry must be a word, not null", path),
                   "write it in quotes if the word is meant");
    } else if (child.shape != Node::Shape::scalar) {
      problems.add(child.where,
                   fmt::format("{}: each entry must be a word, not {}", path, child.value().python_repr()));
    } else {
      all.push_back(child.text);
    }
  }
  return all;
}

Value list_value(const std::vector<std::string>& all) {
  core::ValueList values;
  for (const std::string& text : all) values.emplace_back(text);
  return values;
}

}  // namespace

std::string held_types() { return fmt::format("{}", fmt::join(column_type_names(), ", ")); }

std::string meant_types() { return fmt::format("{}", fmt::join(core::logical_type_names(), ", ")); }

Takes Conversion<bool>::takes() { return {{Kind::boolean}, {}}; }
Value Conversion<bool>::to_value(const bool& value) { return value; }
void Conversion<bool>::from_node(const Node& node, const std::string&, bool& value, Problems&) {
  value = node.scalar.boolean();
}

Takes Conversion<double>::takes() { return {{Kind::real}, {}}; }
Value Conversion<double>::to_value(const double& value) { return value; }
void Conversion<double>::from_node(const Node& node, const std::string&, double& value, Problems&) {
  value = node.scalar.number();
}

Takes Conversion<std::int64_t>::takes() { return {{Kind::integer}, {}}; }
Value Conversion<std::int64_t>::to_value(const std::int64_t& value) { return value; }
void Conversion<std::int64_t>::from_node(const Node& node, const std::string&, std::int64_t& value, Problems&) {
  value = node.scalar.integer();
}

Takes Conversion<std::size_t>::takes() { return {{Kind::integer}, {}}; }
Value Conversion<std::size_t>::to_value(const std::size_t& value) { return static_cast<std::int64_t>(value); }
void Conversion<std::size_t>::from_node(const Node& node, const std::string&, std::size_t& value, Problems&) {
  value = static_cast<std::size_t>(node.scalar.integer());
}

Takes Conversion<std::uint32_t>::takes() { return {{Kind::integer}, {}}; }
Value Conversion<std::uint32_t>::to_value(const std::uint32_t& value) { return std::int64_t{value}; }
void Conversion<std::uint32_t>::from_node(const Node& node, const std::string&, std::uint32_t& value, Problems&) {
  value = static_cast<std::uint32_t>(node.scalar.integer());
}

Takes Conversion<std::string>::takes() { return {{Kind::text, Kind::real, Kind::null}, {}}; }
Value Conversion<std::string>::to_value(const std::string& value) { return value.empty() ? Value() : Value(value); }
void Conversion<std::string>::from_node(const Node& node, const std::string&, std::string& value, Problems&) {
  value = node.is_null() ? std::string() : node.text;
}

Takes Conversion<std::filesystem::path>::takes() { return {{Kind::text, Kind::null}, {}}; }
Value Conversion<std::filesystem::path>::to_value(const std::filesystem::path& value) {
  return value.empty() ? Value() : Value(core::told_path(value));
}
void Conversion<std::filesystem::path>::from_node(const Node& node, const std::string& path,
                                                  std::filesystem::path& value, Problems& problems) {
  value.clear();
  if (node.is_null()) return;
  if (const auto problem = core::problem_with_path(node.scalar.text())) {
    problems.add(node.where, fmt::format("{}: {}", path, *problem), core::kAddressHint);
  } else {
    value = core::user_path(node.scalar.text());
  }
}

Takes Conversion<std::vector<std::string>>::takes() { return {{Kind::list, Kind::null}, {}}; }
Value Conversion<std::vector<std::string>>::to_value(const std::vector<std::string>& value) {
  return value.empty() ? Value() : list_value(value);
}
void Conversion<std::vector<std::string>>::from_node(const Node& node, const std::string& path,
                                                     std::vector<std::string>& value, Problems& problems) {
  value = texts(node, path, problems);
}

Takes Conversion<OptionalTexts>::takes() { return {{Kind::list, Kind::null}, {}}; }
Value Conversion<OptionalTexts>::to_value(const OptionalTexts& value) { return value ? list_value(*value) : Value(); }
void Conversion<OptionalTexts>::from_node(const Node& node, const std::string& path, OptionalTexts& value,
                                          Problems& problems) {
  if (!node.is_null()) value = texts(node, path, problems);
}

Takes Conversion<TypeOverrides>::takes() { return {{Kind::mapping, Kind::null}, {}}; }
Value Conversion<TypeOverrides>::to_value(const TypeOverrides& value) {
  if (value.empty()) return {};
  core::ValueMapping entries;
  for (const auto& [column, type] : value) entries.emplace_back(column, std::string(core::name_of(type)));
  return entries;
}
void Conversion<TypeOverrides>::from_node(const Node& node, const std::string& path, TypeOverrides& value,
                                          Problems& problems) {
  for (const Node& child : node.children) {
    const std::string word = child.value().python_str();
    if (const auto type = column_type(word)) {
      value[child.key] = *type;
    } else {
      problems.add(child.where, fmt::format("{}.{}: unknown type '{}'", path, child.key, word),
                   core::hint_for(word, column_type_names()));
    }
  }
}

Takes Conversion<GivenTypes>::takes() { return {{Kind::mapping, Kind::null}, {}}; }
Value Conversion<GivenTypes>::to_value(const GivenTypes& value) {
  core::ValueMapping entries;
  for (const auto& [column, type] : value.held) entries.emplace_back(column, std::string(core::name_of(type)));
  for (const auto& [column, type] : value.meant) entries.emplace_back(column, std::string(core::name_of(type)));
  return entries.empty() ? Value() : Value(entries);
}
void Conversion<GivenTypes>::from_node(const Node& node, const std::string& path, GivenTypes& value,
                                       Problems& problems) {
  for (const Node& child : node.children) {
    const std::string word = child.value().python_str();
    if (const auto held = column_type(word)) {
      value.held[child.key] = *held;
    } else if (const auto meant = core::logical_type_named(word)) {
      value.meant[child.key] = *meant;
    } else {
      std::vector<std::string> known = column_type_names();
      for (const std::string_view name : core::logical_type_names()) known.emplace_back(name);
      problems.add(child.where, fmt::format("{}.{}: unknown type '{}'", path, child.key, word),
                   core::hint_for(word, known));
    }
  }
}

Takes Conversion<TimeFormats>::takes() { return {{Kind::mapping, Kind::null}, {}}; }
Value Conversion<TimeFormats>::to_value(const TimeFormats& value) {
  core::ValueMapping entries;
  for (const auto& [column, format] : value) entries.emplace_back(column, format.text());
  return entries.empty() ? Value() : Value(entries);
}
void Conversion<TimeFormats>::from_node(const Node& node, const std::string& path, TimeFormats& value,
                                        Problems& problems) {
  for (const Node& child : node.children) {
    const std::optional<std::string> problem =
        child.shape == Node::Shape::scalar ? core::TimeFormat::problem_in(child.text) : "is no format";
    if (!problem) {
      value.emplace(child.key, core::TimeFormat(child.text));
    } else {
      problems.add(
          child.where, fmt::format("{}.{}: {} {}", path, child.key, child.value().python_repr(), *problem),
          R"(write what stands for year, month, day: "%y%m%d" reads 930101, "%d.%m.%Y %H:%M" 1.1.1993 8:30; s, ms, us and ns read numbers since 1970)");
    }
  }
}

Takes Conversion<ColumnLists>::takes() { return {{Kind::mapping, Kind::null}, {}}; }
Value Conversion<ColumnLists>::to_value(const ColumnLists& value) {
  core::ValueMapping entries;
  for (const auto& [name, columns] : value) entries.emplace_back(name, list_value(columns));
  return entries.empty() ? Value() : Value(entries);
}
void Conversion<ColumnLists>::from_node(const Node& node, const std::string& path, ColumnLists& value,
                                        Problems& problems) {
  for (const Node& child : node.children) {
    const std::string entry = fmt::format("{}.{}", path, child.key);
    value[child.key] = texts(child, entry, problems);
    if (child.is_list() && !child.children.empty()) continue;
    problems.add(child.where, fmt::format("{}: must be a list of columns", entry),
                 fmt::format("write {}: [year, month, day]", child.key));
  }
}

Takes Conversion<GivenTags>::takes() { return {{Kind::mapping, Kind::null}, {}}; }
Value Conversion<GivenTags>::to_value(const GivenTags& value) {
  core::ValueMapping entries;
  for (const auto& [column, tags] : value) {
    core::ValueList words;
    for (const core::Tag tag : kGivenTags) {
      if (tags.has(tag)) words.emplace_back(std::string(core::name_of(tag)));
    }
    entries.emplace_back(column, words);
  }
  return entries.empty() ? Value() : Value(entries);
}
void Conversion<GivenTags>::from_node(const Node& node, const std::string& path, GivenTags& value, Problems& problems) {
  for (const Node& child : node.children) {
    const std::string entry = fmt::format("{}.{}", path, child.key);
    for (const std::string& word : child.is_list() ? texts(child, entry, problems) : std::vector{child.text}) {
      const auto tag = std::find_if(kGivenTags.begin(), kGivenTags.end(),
                                    [&](core::Tag each) { return core::name_of(each) == word; });
      if (tag != kGivenTags.end()) {
        value[child.key].add(*tag);
      } else {
        std::vector<std::string> known;
        for (const core::Tag each : kGivenTags) known.emplace_back(core::name_of(each));
        problems.add(child.where,
                     fmt::format("{}: {} '{}'", entry,
                                 core::tag_named(word) ? "follows from other options, the tag" : "unknown tag", word),
                     core::hint_for(word, known));
      }
    }
  }
}

Takes Conversion<SecondaryTimes>::takes() { return {{Kind::mapping, Kind::null}, {}}; }
Value Conversion<SecondaryTimes>::to_value(const SecondaryTimes& value) {
  core::ValueMapping entries;
  for (const core::SecondaryTime& each : value) entries.emplace_back(each.time_column, list_value(each.columns));
  return entries.empty() ? Value() : Value(entries);
}
void Conversion<SecondaryTimes>::from_node(const Node& node, const std::string& path, SecondaryTimes& value,
                                           Problems& problems) {
  for (const Node& child : node.children) {
    const std::string entry = fmt::format("{}.{}", path, child.key);
    value.push_back({.time_column = child.key, .columns = texts(child, entry, problems)});
    if (!child.is_list()) {
      problems.add(child.where, fmt::format("{}: must be the list of columns that are known only then", entry),
                   fmt::format("write {}: [{}]", child.key, child.value().python_str()));
    }
  }
}

Takes Conversion<std::optional<bool>>::takes() { return {{Kind::boolean, Kind::null}, {}}; }
Value Conversion<std::optional<bool>>::to_value(const std::optional<bool>& value) {
  return value ? Value(*value) : Value();
}
void Conversion<std::optional<bool>>::from_node(const Node& node, const std::string&, std::optional<bool>& value,
                                                Problems&) {
  if (!node.is_null()) value = node.scalar.boolean();
}

Takes Conversion<std::optional<std::int64_t>>::takes() { return {{Kind::integer, Kind::null}, {}}; }
Value Conversion<std::optional<std::int64_t>>::to_value(const std::optional<std::int64_t>& value) {
  return value ? Value(*value) : Value();
}
void Conversion<std::optional<std::int64_t>>::from_node(const Node& node, const std::string&,
                                                        std::optional<std::int64_t>& value, Problems&) {
  if (!node.is_null()) value = node.scalar.integer();
}

Takes Conversion<std::optional<double>>::takes() { return {{Kind::real, Kind::text}, {"nan", "raise"}}; }
Value Conversion<std::optional<double>>::to_value(const std::optional<double>& value) {
  if (!value) return "raise";
  return std::isnan(*value) ? Value("nan") : Value(*value);
}
void Conversion<std::optional<double>>::from_node(const Node& node, const std::string&, std::optional<double>& value,
                                                  Problems&) {
  if (node.scalar.is_number()) {
    value = node.scalar.number();
  } else if (node.scalar.text() == "raise") {
    value = std::nullopt;
  } else {
    value = std::numeric_limits<double>::quiet_NaN();
  }
}

Takes Conversion<Value>::takes() { return {{Kind::null, Kind::boolean, Kind::real, Kind::text}, {}}; }
Value Conversion<Value>::to_value(const Value& value) { return value; }
void Conversion<Value>::from_node(const Node& node, const std::string&, Value& value, Problems&) {
  value = node.scalar;
}

Takes Conversion<MemoryLimit>::takes() { return {{Kind::text}, {}}; }
Value Conversion<MemoryLimit>::to_value(const MemoryLimit& value) { return value.text(); }
void Conversion<MemoryLimit>::from_node(const Node& node, const std::string& path, MemoryLimit& value,
                                        Problems& problems) {
  if (const auto limit = parse_memory_limit(node.scalar.text())) {
    value = *limit;
  } else {
    problems.add(node.where, fmt::format("{}: '{}' is no amount of memory", path, node.scalar.text()),
                 "write a size ('2GiB', '500MB') or a share of the node's memory ('80%')");
  }
}

Takes Conversion<Duration>::takes() { return {{Kind::text, Kind::real, Kind::null}, {}}; }
Value Conversion<Duration>::to_value(const Duration& value) {
  return value.seconds == 0 ? Value() : Value(value.text());
}
void Conversion<Duration>::from_node(const Node& node, const std::string& path, Duration& value, Problems& problems) {
  const auto time = node.is_null() ? Duration{} : parse_duration(node.text);
  if (time) {
    value = *time;
  } else {
    problems.add(node.where, fmt::format("{}: must be a time with its unit, not '{}'", path, node.text),
                 "15 minutes, 2 hours or 1 day");
  }
}

Takes Conversion<Dollars>::takes() { return {{Kind::text, Kind::real, Kind::null}, {}}; }
Value Conversion<Dollars>::to_value(const Dollars& value) { return value.usd == 0 ? Value() : Value(value.text()); }
void Conversion<Dollars>::from_node(const Node& node, const std::string& path, Dollars& value, Problems& problems) {
  const auto amount = node.is_null() ? Dollars{} : parse_dollars(node.text);
  if (amount) {
    value = *amount;
  } else {
    problems.add(node.where, fmt::format("{}: must be an amount of dollars, not '{}'", path, node.text), "5 USD");
  }
}

Takes Conversion<Prices>::takes() { return {{Kind::mapping, Kind::null}, {}}; }
Value Conversion<Prices>::to_value(const Prices& value) {
  core::ValueMapping entries;
  for (const auto& [type, price] : value) entries.emplace_back(type, price);
  return entries.empty() ? Value() : Value(entries);
}
void Conversion<Prices>::from_node(const Node& node, const std::string& path, Prices& value, Problems& problems) {
  for (const Node& child : node.children) {
    if (child.scalar.is_number() && child.scalar.number() > 0) {
      value[child.key] = child.scalar.number();
    } else {
      problems.add(child.where, fmt::format("{}.{}: must be a number > 0 [USD/hour]", path, child.key),
                   "prices: {c7i.2xlarge: 0.4}");
    }
  }
}

}  // namespace gridmill::config
