#pragma once

#include "core/value.hpp"
#include "jobs/report/run_record.hpp"

namespace gridmill::jobs {

/// Returns what the pictures of the chosen model need: how it does on held-out rows and out of fold, and which features
/// matter to it. Bounded in size, whatever the number of rows.
core::Value model_content(const SearchRecord& record);

}  // namespace gridmill::jobs
