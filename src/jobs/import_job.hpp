#pragma once

#include <filesystem>

#include "config/import_config.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/run/output_file.hpp"

namespace gridmill::jobs {

/// Turns tables in text (or in stores) and their relationships into a store, and tells the observer what it holds and
/// which keys found no row. `types_from`: features.json or a store from which columns take their types, of which the
/// job says nothing else; empty: none.
///
/// A store that is made of the same sources with the same options is told again, and nothing is done; one that is made
/// of others is refused with what differs.
/// Memory and errors: as io::import_entity_set; UserError for a store that exists unless it may be replaced. The store
/// appears whole or not at all.
void run_import(const config::ImportJob& job, const std::filesystem::path& types_from, IfExists if_exists,
                Observer& observer);

}  // namespace gridmill::jobs
