#pragma once

#include <optional>

#include "config/features_config.hpp"
#include "core/temporary_folder.hpp"
#include "jobs/features_job.hpp"
#include "jobs/run/observer.hpp"
#include "mpi/session.hpp"

namespace gridmill::jobs {

/// The store that a features job reads: where the job names a file with its one table, `tables.h5` in the job's folder,
/// made of the file unless it is there and up to date; for a dry run, one that is gone with this object.
class FeaturesSource {
 public:
  /// Collective. Errors: as run_import, the same on every rank.
  FeaturesSource(const config::FeaturesJob& job, const FeaturesRun& run, mpi::Session& session, Observer& observer);

  /// Returns the job with its store.
  [[nodiscard]] const config::FeaturesJob& job() const { return job_; }

 private:
  config::FeaturesJob job_;
  std::optional<core::TemporaryFolder> passing_;  // of a store that nobody keeps
};

}  // namespace gridmill::jobs
