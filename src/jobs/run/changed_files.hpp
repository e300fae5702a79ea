#pragma once

#include <filesystem>
#include <string>

#include "core/value.hpp"
#include "jobs/run/observer.hpp"

namespace gridmill::jobs {

// What a finished run tells of is compared with its checksums first: in summary.json, features.json, pipeline.json and
// config.resolved.yaml they stand at the end, in HDF5 files behind it; those of best/model.libsvm are in pipeline.json,
// of cv_results.csv in results.h5, of features.csv in summary.json.

/// The way out where a file of a finished run has changed that the same command makes again.
constexpr const char* kMakeAgain =
    "remove it and repeat the command, which makes it again; or --overwrite to start anew";

/// Throws a UserError that names a file of a run which has changed.
[[noreturn]] void refuse_changed(const std::filesystem::path& file, std::string hint);

/// Reads a JSON file of a run. Errors: UserError naming it when it has changed, with the way out.
core::Value read_unchanged_json(const std::filesystem::path& file);

/// Refuses a run's config.resolved.yaml that has changed. Errors: as above.
void refuse_changed_config(const std::filesystem::path& file);

/// Notes that a file of data is a store without checksums, so that nobody knows whether it is what was written.
/// A file that is not there is told elsewhere.
void note_unchecked(const std::filesystem::path& file, Observer& observer);

}  // namespace gridmill::jobs
