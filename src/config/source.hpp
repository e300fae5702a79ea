#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/table.hpp"

namespace gridmill::config {

/// A file with a table in it and how to read it: CSV or LIBSVM text (also .gz, .xz) or a store (.h5).
struct SourceOptions {
  std::filesystem::path file;                       // absolute, or relative to the working directory: see find_file
  std::string table;                                // table of a store; empty: its only one
  std::map<std::string, core::ColumnType> types;    // columns whose inferred type is overruled
  std::string delimiter;                            // one character; empty: found out from the header line
  std::optional<bool> header;                       // CSV: the first line names the columns; unset: found out
  std::string decimal = ".";                        // between whole and fraction: a point or a comma
  std::string encoding = "utf-8";                   // of the text: utf-8 or latin1, also as is_utf8 and is_latin1 know
  std::optional<std::int64_t> first_index;          // LIBSVM: of the first feature, 0 or 1; unset: found out
  std::optional<std::vector<std::string>> missing;  // texts that mean "missing"; unset: those of io::ImportOptions

  friend bool operator==(const SourceOptions&, const SourceOptions&) = default;
};

/// Whether a name of an encoding means UTF-8; latin1. Python's names are known, too.
bool is_utf8(const std::string& encoding);
bool is_latin1(const std::string& encoding);

/// Returns the path at which a config's file name is found: as it stands (relative to the working directory),
/// else beside the config. Where neither exists, returns the name as it stands; opening it reports the error.
std::filesystem::path find_file(const std::filesystem::path& name, const std::filesystem::path& config_file);

/// Returns where a file is imported to unless the user says: beside it, "loans.csv.gz" -> "loans.h5".
std::filesystem::path default_store(std::filesystem::path source);

}  // namespace gridmill::config
