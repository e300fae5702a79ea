#pragma once

#include <filesystem>
#include <string>

#include "config/memory_limit.hpp"
#include "core/error.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/run/output_file.hpp"
#include "jobs/run/stop_request.hpp"
#include "mpi/session.hpp"

namespace gridmill::jobs {

/// The same features for other rows.
struct ApplyFeaturesJob {
  std::filesystem::path definitions;  // features.json
  std::filesystem::path store;        // with tables like those the features were made of
  std::filesystem::path output;       // store to write, whole in one file
  std::string cutoff;                 // a time, or a file of instances and times; empty: as the definitions say
  IfExists if_exists = IfExists::refuse;
  StopRequest stop;
  config::MemoryLimit memory_limit = {};
};

/// Computes the features that `definitions` keeps for the rows of another store, encoded and selected as they were
/// then. Works in the folder OUTPUT.parts, which it removes; a repeated command goes on there.
///
/// Collective; returns the same code everywhere. Errors: as run_features; UserError for what the store lacks.
core::ExitCode run_apply_features(const ApplyFeaturesJob& job, mpi::Session& session, Observer& observer);

}  // namespace gridmill::jobs
