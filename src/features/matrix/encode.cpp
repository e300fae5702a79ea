#include "features/matrix/encode.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"

namespace gridmill::features {

namespace {

std::vector<std::string> names_of(std::span<const MatrixColumn> columns) {
  std::vector<std::string> names;
  for (const MatrixColumn& column : columns) names.push_back(column.name);
  return names;
}

EncodedColumn choose(std::size_t column, const std::string& name, const ColumnStatistics& statistics,
                     const EncodingOptions& options) {
  EncodedColumn chosen{.column = column, .name = name, .values = {}, .unknown = options.include_unknown};
  const std::vector<ValueCount> counts = counts_by_frequency(statistics);
  for (std::size_t i = 0; i < std::min(counts.size(), options.top_n); ++i) chosen.values.push_back(counts[i].label);
  if (options.drop_first && chosen.values.size() > 1) chosen.values.pop_back();
  return chosen;
}

/// For each code of a dictionary, which of the values it is; n values: none of them.
std::vector<std::uint32_t> places_of(const Dictionary& dictionary, const std::vector<std::string>& values) {
  std::vector<std::uint32_t> places(dictionary.size(), static_cast<std::uint32_t>(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int32_t code = dictionary.code(values[i]);
    if (code != core::kMissingCode) places[static_cast<std::size_t>(code)] = static_cast<std::uint32_t>(i);
  }
  return places;
}

/// Which of the values each entry is; n values: none of them.
std::vector<std::uint32_t> chosen_of(const EncodedColumn& encoded, const Column& column) {
  const auto none = static_cast<std::uint32_t>(encoded.values.size());
  std::vector<std::uint32_t> chosen(column.size(), none);
  if (std::holds_alternative<Column::Codes>(column.values)) {
    const auto places = places_of(*column.dictionary, encoded.values);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const std::int32_t code = column.codes()[i];
      if (code != core::kMissingCode) chosen[i] = places[static_cast<std::size_t>(code)];
    }
    return chosen;
  }
  std::map<core::Numbers::Exact, std::uint32_t> places;
  for (std::size_t i = 0; i < encoded.values.size(); ++i) {
    core::Numbers::Exact number = 0;
    const std::string& text = encoded.values[i];
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc()) {
      places.emplace(number, static_cast<std::uint32_t>(i));
    }
  }
  const Column::Numbers& numbers = column.numbers();
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto place = std::isnan(numbers[i]) ? places.end() : places.find(numbers.exact(i));
    if (place != places.end()) chosen[i] = place->second;
  }
  return chosen;
}

}  // namespace

bool can_be_encoded(const MatrixColumn& column) {
  return !column.of_several &&
         (column.type.tags.has(core::Tag::category) || column.type.tags.has(core::Tag::foreign_key));
}

void check_encodable(std::span<const MatrixColumn> columns, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto it =
        std::find_if(columns.begin(), columns.end(), [&](const MatrixColumn& column) { return column.name == name; });
    if (it == columns.end()) {
      throw core::UserError(fmt::format("features.encode.columns: no feature '{}'", name),
                            core::hint_for(name, names_of(columns)));
    }
    if (!can_be_encoded(*it)) {
      throw core::UserError(fmt::format("features.encode.columns: '{}' is no category", name),
                            "only categories and keys can be encoded");
    }
  }
}

std::vector<EncodedColumn> fit_encoding(std::span<const MatrixColumn> columns,
                                        std::span<const ColumnStatistics> statistics, const EncodingOptions& options) {
  check_encodable(columns, options.columns);
  std::vector<EncodedColumn> encoding;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool wanted = options.columns.empty() || std::find(options.columns.begin(), options.columns.end(),
                                                             columns[i].name) != options.columns.end();
    if (wanted && can_be_encoded(columns[i])) encoding.push_back(choose(i, columns[i].name, statistics[i], options));
  }
  return encoding;
}

std::vector<std::string> encoded_names(const EncodedColumn& encoded) {
  std::vector<std::string> names;
  for (const std::string& value : encoded.values) names.push_back(fmt::format("{} = {}", encoded.name, value));
  if (encoded.unknown) names.push_back(encoded.name + " is unknown");
  return names;
}

std::vector<Column> encode(const EncodedColumn& encoded, const Column& column) {
  std::vector<Column::Booleans> outputs(encoded.values.size() + 1, Column::Booleans(column.size(), 0));
  const std::vector<std::uint32_t> chosen = chosen_of(encoded, column);
  for (std::size_t i = 0; i < chosen.size(); ++i) outputs[chosen[i]][i] = 1;
  if (!encoded.unknown) outputs.pop_back();
  std::vector<Column> columns;
  for (Column::Booleans& output : outputs) columns.push_back({.values = std::move(output), .dictionary = nullptr});
  return columns;
}

EncodedMatrix encode_matrix(std::span<const MatrixColumn> columns, std::span<const Column> values,
                            std::span<const EncodedColumn> encoding) {
  EncodedMatrix matrix;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool kept = std::none_of(encoding.begin(), encoding.end(),
                                   [&](const EncodedColumn& encoded) { return encoded.column == i; });
    if (!kept) continue;
    matrix.columns.push_back(columns[i]);
    matrix.values.push_back(values[i]);
  }
  for (const EncodedColumn& encoded : encoding) {
    for (std::string& name : encoded_names(encoded)) {
      matrix.columns.push_back({.name = std::move(name), .type = {.type = core::LogicalType::boolean, .tags = {}}});
    }
    for (Column& column : encode(encoded, values[encoded.column])) matrix.values.push_back(std::move(column));
  }
  return matrix;
}

core::Value to_value(std::span<const EncodedColumn> encoding) {
  core::ValueList list;
  for (const EncodedColumn& each : encoding) {
    list.emplace_back(core::ValueMapping{{"feature", each.name},
                                         {"values", core::ValueList(each.values.begin(), each.values.end())},
                                         {"unknown", each.unknown}});
  }
  return list;
}

std::vector<EncodedColumn> encoding_from(const core::Value& value, std::span<const MatrixColumn> columns) {
  const auto broken = [](bool wrong) {
    if (wrong) throw core::UserError("the encoding is damaged");
  };
  std::vector<EncodedColumn> encoding;
  broken(!value.is_list());
  for (const core::Value& entry : value.list()) {
    broken(!entry.is_mapping() || entry.mapping().size() != 3);
    const core::ValueMapping& fields = entry.mapping();
    broken(!fields[0].second.is_text() || !fields[1].second.is_list() || !fields[2].second.is_boolean());
    EncodedColumn encoded{.name = fields[0].second.text(), .values = {}, .unknown = fields[2].second.boolean()};
    for (const core::Value& label : fields[1].second.list()) {
      broken(!label.is_text());
      encoded.values.push_back(label.text());
    }
    while (encoded.column < columns.size() && columns[encoded.column].name != encoded.name) ++encoded.column;
    broken(encoded.column == columns.size());
    encoding.push_back(std::move(encoded));
  }
  return encoding;
}

}  // namespace gridmill::features
