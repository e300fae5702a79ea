#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "core/table.hpp"
#include "io/import_options.hpp"

namespace gridmill::io {

/// What a CSV file holds, from all of its rows.
struct CsvSchema {
  core::Table table;                      // its columns without rows
  std::vector<std::size_t> file_columns;  // where each column of `table` stands in the file
  std::size_t n_rows = 0;
};

/// Reads the whole file once (twice if a column turns out to be words after it began with numbers) and gives each
/// column the narrowest type that all of its cells fit, missing ones aside:
///   boolean      true / false words                  integer  within int64
///   double       numbers; integers beyond int64       datetime see parse_datetime
///   categorical  any other words, if there are at most `max_categories` distinct ones, and these are at most 20 or
///                at most half as many as there are cells; so are names of classes, states, products
///   text         the rest
/// A column without a value is double. Types given in the options are taken as they are.
/// Errors: as CsvReader; UserError when the options name a column that is not there (with a hint).
CsvSchema infer_csv(const std::filesystem::path& path, const ImportOptions& options);

/// Sorts categories: numbers by value if all are numbers, else by code point (UTF-8 order is code point order).
void sort_categories(std::vector<std::string>& categories);

}  // namespace gridmill::io
