#pragma once

#include <filesystem>

#include "jobs/features_directory.hpp"
#include "jobs/observer.hpp"
#include "jobs/run_directory.hpp"

namespace gridmill::jobs {

// What a finished run tells of is compared with its checksums first: in summary.json, features.json, pipeline.json and
// config.resolved.yaml they stand at the end, in HDF5 files behind it; those of best/model.libsvm are in pipeline.json,
// of cv_results.csv in results.h5, of features.csv in summary.json.

/// Refuses a finished search of which a file has changed. Errors: UserError naming the file, with the way out.
void refuse_changed_files(const RunDirectory& directory);

/// The same of features; features.h5 and its parts are made again instead, see damaged_parts.hpp.
void refuse_changed_files(const FeaturesDirectory& directory, bool with_csv);

/// Refuses a run's config.resolved.yaml that has changed. Errors: as above.
void refuse_changed_config(const std::filesystem::path& file);

/// Notes that a file of data is a store without checksums, so that nobody knows whether it is what was written.
/// A file that is not there is told elsewhere.
void note_unchecked(const std::filesystem::path& file, Observer& observer);

}  // namespace gridmill::jobs
