#pragma once

#include "config/import_job.hpp"
#include "jobs/observer.hpp"
#include "jobs/output_file.hpp"

namespace gridmill::jobs {

/// Turns a table in text (or in a store) into a store, and tells the observer what it holds.
///
/// Memory: one block of rows and the categories. Errors: UserError for the source, and for a store that exists unless
/// it may be replaced; RunError when the store cannot be written. The store appears whole or not at all.
void run_import(const config::ImportJob& job, IfExists if_exists, Observer& observer);

}  // namespace gridmill::jobs
