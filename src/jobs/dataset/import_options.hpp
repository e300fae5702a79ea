#pragma once

#include <string>

#include "config/import_config.hpp"
#include "config/search_config.hpp"
#include "config/source.hpp"
#include "io/import/entity_import.hpp"
#include "io/tables/import_options.hpp"

namespace gridmill::jobs {

/// Returns how the io room is to read what the config describes.
io::ImportOptions import_options(const config::SourceOptions& source);

/// Returns how the io room is to read the data of a search, knowing which columns the config names.
io::ImportOptions import_options(const config::DataOptions& data);

/// Returns what a table of an import is called: as the config says, or after its file.
std::string table_name(const config::TableOptions& table);

/// Returns what the io room is to import. Errors: UserError for a source that is a pattern and matches no file.
io::EntityImport entity_import(const config::ImportJob& job);

}  // namespace gridmill::jobs
