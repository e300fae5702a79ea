#pragma once

#include "jobs/search/run_directory.hpp"

namespace gridmill::jobs {

/// Refuses a finished search of which a file has changed. Errors: UserError naming the file, with the way out.
void refuse_changed_run(const RunDirectory& directory);

}  // namespace gridmill::jobs
