#pragma once

#include "core/value.hpp"
#include "jobs/report/run_record.hpp"

namespace gridmill::jobs {

/// Returns what is to be doubted in a finished search, the worst first: a list of mappings `level` (bad, warning, note),
/// `what`, `why`, `cure`.
core::ValueList search_checks(const SearchRecord& record);

}  // namespace gridmill::jobs
