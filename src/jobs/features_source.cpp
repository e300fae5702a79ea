#include "jobs/features_source.hpp"

#include <filesystem>
#include <string>

#include "config/import_config.hpp"
#include "jobs/import_job.hpp"
#include "jobs/run/output_file.hpp"
#include "mpi/agree.hpp"
#include "mpi/failure.hpp"

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;

void import_table(const config::FeaturesJob& job, const fs::path& store, IfExists if_exists, Observer& observer) {
  const config::ImportJob import{.tables = {job.features.table},
                                 .relationships = {},
                                 .store = store,
                                 .memory_limit = job.memory_limit,
                                 .places = job.features.table_places};
  run_import(import, {}, if_exists, observer);
}

}  // namespace

FeaturesSource::FeaturesSource(const config::FeaturesJob& job, const FeaturesRun& run, mpi::Session& session,
                               Observer& observer)
    : job_(job) {
  if (!job.features.of_file()) return;
  std::string store;
  mpi::run_together(session.transport(), [&] {
    if (session.place().rank != 0) return;
    if (run.dry_run) passing_.emplace();
    const fs::path file = run.dry_run ? passing_->at("tables.h5") : job.output / "tables.h5";
    const bool anew = run.dry_run || run.if_other == IfOther::overwrite;
    import_table(job, file, anew ? IfExists::replace : IfExists::refuse, observer);
    store = file.string();
  });
  job_.features.store = mpi::agree(session.transport(), store);
}

}  // namespace gridmill::jobs
