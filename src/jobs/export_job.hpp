#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "jobs/mlflow_upload.hpp"
#include "jobs/run/observer.hpp"

namespace gridmill::jobs {

/// A search that other programs are to know of.
struct ExportJob {
  std::filesystem::path run;             // run directory of a finished search
  std::filesystem::path mlflow;          // folder of a file store of MLflow, which may hold others; empty: none
  std::optional<TrackingServer> server;  // of MLflow; none: it goes to none
  std::filesystem::path optuna;          // journal file to make; empty: none
  std::string version;                   // of gridmill
};

/// Writes a finished search into stores of MLflow and Optuna. Starts no ranks; nothing that is there is replaced: a
/// search that is in the MLflow store already is left alone, with a note.
///
/// Errors: UserError for a folder that is no finished search, or has changed; a journal file that is there; a folder
/// that holds other things than a store of MLflow; as upload_to_mlflow. RunError if something cannot be written.
void run_export(const ExportJob& job, Observer& observer);

}  // namespace gridmill::jobs
