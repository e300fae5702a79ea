#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "config/import_config.hpp"
#include "core/error.hpp"
#include "jobs/predict_job.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/run/stop_request.hpp"
#include "mpi/session.hpp"

namespace gridmill::jobs {

/// Predictions of rows that are yet to be made of tables, as the model's own rows were.
struct PredictTablesJob {
  PredictJob predict;                                   // its `data` is made; needs an output
  config::ImportJob import;                             // the run's own
  std::map<std::string, std::filesystem::path> tables;  // files in place of the import's, by table
  std::filesystem::path definitions;                    // features.json of the run
  config::MemoryLimit memory_limit;                     // of the features
  StopRequest stop;
};

/// Puts other files in the place of those an import reads, by table. Errors: UserError for a table it does not have.
void replace_sources(config::ImportJob& import, const std::map<std::string, std::filesystem::path>& tables);

/// Imports the tables as the run did, with other files in place of some; makes the features of their rows; predicts.
/// The index of the rows stands beside each prediction: they are in the order of the store, by their times as a rule.
/// Works in the folder OUTPUT.work, which it removes; a repeated command goes on there.
///
/// Collective; returns the same code everywhere. Errors: as run_import, run_apply_features and run_predict; UserError
/// for a table that the import does not have.
core::ExitCode run_predict_tables(const PredictTablesJob& job, mpi::Session& session, Observer& observer);

}  // namespace gridmill::jobs
