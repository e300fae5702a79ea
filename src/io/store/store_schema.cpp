#include "io/store/store_schema.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "io/store/store_format.hpp"
#include "io/tables/table_source.hpp"

namespace gridmill::io {

using core::ColumnType;

std::string text_attribute(const hdf5::Node& node, const std::string& attribute, std::string otherwise) {
  if (!node.has_attribute(attribute)) return otherwise;
  hdf5::Attribute value = node.attribute(attribute);
  if (!std::holds_alternative<std::string>(value)) throw hdf5::Error("attribute " + attribute + " is not a text");
  return std::get<std::string>(std::move(value));
}

std::int64_t integer_attribute(const hdf5::Node& node, const std::string& attribute) {
  const hdf5::Attribute value = node.attribute(attribute);
  if (!std::holds_alternative<std::int64_t>(value)) throw hdf5::Error("attribute " + attribute + " is not an integer");
  return std::get<std::int64_t>(value);
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::string join_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::size_t stored_rows(const hdf5::Group& table) {
  const std::int64_t n_rows = integer_attribute(table, "n_rows");
  if (n_rows < 0) throw hdf5::Error("the number of rows is negative");
  return static_cast<std::size_t>(n_rows);
}

StoredColumn read_stored_column(const hdf5::Group& table, const std::string& link, std::size_t n_rows) {
  const hdf5::Dataset dataset = table.dataset(link);
  StoredColumn stored{.link = link, .column = {}, .logical_type = {}, .time_format = {}, .categories = {}, .valid = {}};
  core::Column& column = stored.column;
  column.name = text_attribute(dataset, "name", link);
  const std::string type_name = text_attribute(dataset, "type");
  const std::optional<ColumnType> type = column_type_named(type_name);
  if (!type) throw hdf5::Error(fmt::format("column '{}' has the unknown type '{}'", column.name, type_name));
  column.type = *type;
  column.unit = text_attribute(dataset, "unit");
  column.tags = split_words(text_attribute(dataset, "tags"));
  const hdf5::Shape shape = *type == ColumnType::latlong ? hdf5::Shape{n_rows, 2} : hdf5::Shape{n_rows};
  if (dataset.shape() != shape) {
    throw hdf5::Error(fmt::format("column '{}' has not the shape of its type", column.name));
  }
  dataset.check_size();
  if (const auto found = dataset.unfit_for(element_of(*type))) {
    throw hdf5::ForeignEntries(fmt::format("column '{}' holds {}; a column of type {} is {}", column.name, *found,
                                           type_name, name_of(element_of(*type))));
  }
  column = empty_column(column);
  if (const std::string word = text_attribute(dataset, "logical_type"); !word.empty()) {
    stored.logical_type = core::logical_type_named(word);
    if (!stored.logical_type || core::column_type_of(*stored.logical_type) != *type) {
      throw hdf5::Error(fmt::format("column '{}' has the logical type '{}'", column.name, word));
    }
  }
  if (*type == ColumnType::datetime) stored.time_format = text_attribute(dataset, "time_format");
  if (*type == ColumnType::categorical) stored.categories = text_attribute(dataset, "categories");
  stored.valid = text_attribute(dataset, "valid");
  return stored;
}

std::vector<std::string> read_categories(const hdf5::Group& root, const StoredColumn& column) {
  const hdf5::Dataset dataset = root.dataset(column.categories);
  if (dataset.shape().size() != 1) throw hdf5::Error("categories are not a list");
  dataset.check_size();
  std::vector<std::string> categories(dataset.shape().front());
  dataset.read_rows(0, categories.size(), std::span<std::string>(categories));
  return categories;
}

}  // namespace gridmill::io
