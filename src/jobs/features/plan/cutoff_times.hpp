#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/features_config.hpp"
#include "core/entity_set.hpp"
#include "jobs/dataset/source_table.hpp"

namespace gridmill::jobs {

// Cutoff times are written as the times of the target are: what read those reads these, also numbers. Where the target
// has no time index, as those of all other tables are, if they agree; in any case also as dates are.

/// Reads the time that a config gives. An order of day and month that nothing shows is told in `warnings`.
/// Errors: UserError with its place.
std::int64_t read_cutoff(const config::CutoffOptions& cutoff, const core::EntitySet& set, core::TableId target,
                         std::vector<std::string>& warnings);

/// A file of instances and their times.
struct CutoffFile {
  SourceTable source;
  std::string instance;  // its column of keys of the target, of the type of the target's index
  std::string time;      // its column of times, of type datetime
};

/// Reads the file. Errors: UserError naming the column that is not there, or the line of what is no time.
CutoffFile read_cutoff_file(const config::CutoffOptions& cutoff, const core::EntitySet& set, core::TableId target);

/// Returns an entry as the text by which rows are found.
std::string key_text(const core::Column& column, std::size_t row);

}  // namespace gridmill::jobs
