#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/logical_type.hpp"
#include "core/table.hpp"
#include "io/hdf5/hdf5.hpp"

namespace gridmill::io {

// What a store says of its tables and columns in attributes. Errors of all: hdf5::Error when they do not fit together.

/// A column of a store, before any of its entries is read. Its dataset has the shape and entries of its type.
struct StoredColumn {
  std::string link;                               // its name in the file
  core::Column column;                            // without rows and categories
  std::optional<core::LogicalType> logical_type;  // none in a table that was imported without relations
  std::string time_format;                        // see time_writing.hpp
  std::string categories;                         // path of the dataset; categorical only
  std::string valid;                              // path of the mask; empty: no entry is missing, or it needs none
};

std::size_t stored_rows(const hdf5::Group& table);
StoredColumn read_stored_column(const hdf5::Group& table, const std::string& link, std::size_t n_rows);
std::vector<std::string> read_categories(const hdf5::Group& root, const StoredColumn& column);

/// Returns an attribute that is a text, or `otherwise` where there is none.
std::string text_attribute(const hdf5::Node& node, const std::string& attribute, std::string otherwise = {});
std::int64_t integer_attribute(const hdf5::Node& node, const std::string& attribute);

/// Words separated by blanks: how tags are written.
std::vector<std::string> split_words(std::string_view text);
std::string join_words(const std::vector<std::string>& words);

}  // namespace gridmill::io
