#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "config/features_config.hpp"
#include "core/error.hpp"
#include "core/value.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/run/offer.hpp"
#include "jobs/run/run_folder.hpp"
#include "jobs/run/stop_request.hpp"
#include "mpi/session.hpp"

namespace gridmill::jobs {

/// How to run a features job, beside what to make.
struct FeaturesRun {
  IfOther if_other = IfOther::refuse;
  bool dry_run = false;                    // only say what would be done
  const Offers* offers = nullptr;          // of a dry run: machines elsewhere that it is to tell of; null: none
  std::size_t n_ranks = 1;                 // for a dry run: as many as there would be, on this node
  StopRequest stop;                        // keep what is finished, and the rest for later
  std::optional<std::int64_t> piece_rows;  // of giant groups; for tests: results depend on it in their last bits
  std::optional<double> most_kept_bytes;   // FeaturesPlan::most_kept_bytes; for tests
  const core::Value* fitted = nullptr;     // features.json of an earlier run to apply instead of synthesis and fitting
  std::filesystem::path fitted_file;       // where it was read, for messages
};

/// Computes the features of a store: synthesis, evaluation part by part on all ranks, encoding, selection, files.
/// Repeating it resumes; a finished job is only told again.
///
/// Collective over all ranks; `observer` is used on rank 0. Returns the same code everywhere: done, or stopped when
/// asked to stop with work left. Errors: UserError, RunError, InternalError, the same on every rank. Deterministic: the
/// files do not depend on the number of ranks, the memory limit or interruptions.
core::ExitCode run_features(const config::FeaturesJob& job, const FeaturesRun& run, mpi::Session& session,
                            Observer& observer);

}  // namespace gridmill::jobs
