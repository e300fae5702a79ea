#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/entity_set.hpp"
#include "core/error.hpp"
#include "io/import/entity_import.hpp"
#include "io/import/parent_lookup.hpp"
#include "io/spool/column_spool.hpp"
#include "io/spool/parsed_table.hpp"

namespace gridmill::io {

using ProblemList = std::vector<core::Problem>;

/// Returns where the config says `path` ("import.tables.orders.index"), or the source.
core::Location place_of(const EntityImport& import, const std::string& path, const std::filesystem::path& source);

/// Returns the columns of a source, from its beginning.
std::vector<std::string> source_columns(const TableImport& table);

/// Checks that the columns exist which the import names, from the beginnings of the sources.
void check_names(const EntityImport& import, ProblemList& problems);

/// Checks that the columns of a table that has been read have types that fit their roles: index, time index, logical
/// types, parts of compound keys (which need not be made yet), keys that can match those of parents (which have been
/// read, or could not be and have no columns).
void check_types(const EntityImport& import, core::TableId table, const std::vector<ParsedTable>& tables,
                 ProblemList& problems);

/// Checks that each row has an index of its own.
void check_index(const EntityImport& import, const TableImport& table, const ParsedColumn& column,
                 const IndexFindings& index, ProblemList& problems);

/// Throws them all, if there are any.
void throw_if_any(ProblemList problems);

}  // namespace gridmill::io
