#pragma once

#include "jobs/report/run_record.hpp"
#include "report/tracking/tracked_search.hpp"

namespace gridmill::jobs {

/// Returns a finished search as programs that track experiments want to know it; without version and user.
report::TrackedSearch tracked_search(const SearchRecord& record);

}  // namespace gridmill::jobs
