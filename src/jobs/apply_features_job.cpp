#include "jobs/apply_features_job.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/features_config.hpp"
#include "io/files/file_descriptor.hpp"
#include "io/files/json.hpp"
#include "io/store/store.hpp"
#include "jobs/features/plan/named_in_store.hpp"
#include "jobs/features/result/fitted_features.hpp"
#include "jobs/features_job.hpp"
#include "jobs/run/own_files.hpp"
#include "mpi/failure.hpp"

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;

/// Columns that are passed through are what is to be predicted, as a rule, and so is a label: new rows need not have
/// them. Where they have, predictions are scored; an aggregation says itself what is known of it.
void forget_missing_columns(config::FeaturesJob& job, const core::EntitySet& set) {
  const core::EntityTable& table = set.tables[find_table(set, job.features.target, "the definitions of features")];
  const auto is_missing = [&](const std::string& name) { return table.find(name) == nullptr; };
  std::erase_if(job.features.pass_through, is_missing);
  std::optional<config::LabelOptions>& label = job.features.label;
  if (label && !label->column.empty() && is_missing(label->column)) label.reset();
}

void set_cutoff(config::FeaturesJob& job, const std::string& cutoff) {
  if (cutoff.empty()) return;
  job.features.cutoff = {.kind = config::CutoffOptions::Kind::time, .time = cutoff};
  if (fs::exists(cutoff)) job.features.cutoff = {.kind = config::CutoffOptions::Kind::file, .file = cutoff};
}

void prepare_output(const ApplyFeaturesJob& job) {
  prepare_output_file({.file = job.output,
                       .kind = OutputKind::store,
                       .if_exists = job.if_exists,
                       .inputs = {job.store, job.definitions, job.cutoff}});
}

/// Makes the file that is whole already appear under its name.
void move_file(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) throw core::RunError(fmt::format("cannot write {}: {}", to.string(), error.message()));
  io::sync_folder(to.parent_path());
}

}  // namespace

core::ExitCode run_apply_features(const ApplyFeaturesJob& job, mpi::Session& session, Observer& observer) {
  core::Value fitted;
  config::FeaturesJob features;
  mpi::run_together(session.transport(), [&] {
    if (session.place().rank == 0) prepare_output(job);
    io::JsonFile definitions = io::read_json(job.definitions);
    fitted = std::move(definitions.value);
    if (!definitions.has_checksum && session.place().rank == 0) {
      observer.note(fmt::format("{} has no checksum, as an earlier gridmill wrote it: it is taken as it is",
                                job.definitions.string()));
    }
    features = fitted_job(fitted, job.definitions.string());
    features.features.store = job.store;
    features.features.table = {};
    features.features.csv = false;
    features.memory_limit = job.memory_limit;
    features.output = job.output;
    features.output += ".parts";
    features.features.places.clear();  // lines of a text that the user has never seen
    set_cutoff(features, job.cutoff);
    forget_missing_columns(features, io::StoreReader(job.store).entity_set());
  });
  const FeaturesRun run{.stop = job.stop, .fitted = &fitted, .fitted_file = job.definitions};
  const core::ExitCode code = run_features(features, run, session, observer);
  if (code != core::ExitCode::done) return code;
  mpi::run_together(session.transport(), [&] {
    if (session.place().rank != 0) return;
    move_file(features.output / "features.h5", job.output);
    std::error_code ignored;
    remove_run(features.output, RunKind::features);
    fs::remove(features.output, ignored);  // unless it holds more
    observer.files({{.path = job.output.string(), .meaning = "the features of the new rows"}});
  });
  return code;
}

}  // namespace gridmill::jobs
