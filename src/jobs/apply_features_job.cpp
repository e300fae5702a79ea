#include "jobs/apply_features_job.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "config/features_job.hpp"
#include "io/json.hpp"
#include "io/store.hpp"
#include "io/table_source.hpp"
#include "jobs/features_job.hpp"
#include "jobs/fitted_features.hpp"
#include "mpi/failure.hpp"

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;

/// Columns that are passed through are what is to be predicted, as a rule: new rows need not have them.
void forget_missing_columns(config::FeaturesJob& job, const core::EntitySet& set) {
  const core::EntityTable& table = set.tables[find_table(set, job.features.target, "the definitions of features")];
  std::erase_if(job.features.pass_through, [&](const std::string& name) { return table.find(name) == nullptr; });
}

void set_cutoff(config::FeaturesJob& job, const std::string& cutoff) {
  if (cutoff.empty()) return;
  job.features.cutoff = {.kind = config::CutoffOptions::Kind::time, .time = cutoff};
  if (fs::exists(cutoff)) job.features.cutoff = {.kind = config::CutoffOptions::Kind::file, .file = cutoff};
}

/// Copies a store of one table, column by column.
void copy_store(const fs::path& from, const fs::path& to) {
  const io::StoreReader reader(from);
  const core::Table schema = reader.schema(reader.tables().front());
  const std::size_t n_rows = reader.n_rows(schema.name);
  io::StoreWriter writer(to);
  writer.begin_table(schema, n_rows);
  const std::size_t block = io::block_rows(1);
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const core::Table wanted{.name = schema.name, .columns = {schema.columns[i]}, .source = schema.source};
    for (std::size_t row = 0; row < n_rows; row += block) {
      writer.append_to_column(i, reader.read(wanted, row, std::min(block, n_rows - row)).columns.front());
    }
  }
  writer.finish();
}

}  // namespace

core::ExitCode run_apply_features(const ApplyFeaturesJob& job, mpi::Session& session, Observer& observer) {
  core::Value fitted;
  config::FeaturesJob features;
  mpi::run_together(session.transport(), [&] {
    if (session.place().rank == 0) prepare_output_file(job.output, job.if_exists);
    fitted = io::read_json(job.definitions);
    features = fitted_job(fitted, job.definitions.string());
    features.features.store = job.store;
    features.features.csv = false;
    features.output = job.output;
    features.output += ".parts";
    set_cutoff(features, job.cutoff);
    forget_missing_columns(features, io::StoreReader(job.store).entity_set());
  });
  const FeaturesRun run{.stop = job.stop, .fitted = &fitted};
  const core::ExitCode code = run_features(features, run, session, observer);
  if (code != core::ExitCode::done) return code;
  mpi::run_together(session.transport(), [&] {
    if (session.place().rank != 0) return;
    observer.stage(fmt::format("writing {}", job.output.string()));
    copy_store(features.output / "features.h5", job.output);
    std::error_code ignored;
    fs::remove_all(features.output, ignored);
    observer.files({{.path = job.output.string(), .meaning = "the features of the new rows"}});
  });
  return code;
}

}  // namespace gridmill::jobs
