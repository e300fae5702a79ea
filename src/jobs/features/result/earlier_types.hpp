#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "core/logical_type.hpp"
#include "io/import/entity_import.hpp"
#include "jobs/run/observer.hpp"

namespace gridmill::jobs {

/// Types of columns, by table and column.
using ColumnTypes = std::map<std::string, std::map<std::string, core::LogicalType>>;

/// Reads the types of columns that features were made of (features.json), or those in a store.
/// Errors: UserError naming the file when it is neither.
ColumnTypes read_types(const std::filesystem::path& file);

/// Has the tables of an import take the types of a file. Tells of tables of which the file knows nothing.
/// Errors: as read_types; UserError when the file knows none of the tables.
void take_earlier_types(const std::filesystem::path& file, io::EntityImport& import, Observer& observer);

}  // namespace gridmill::jobs
