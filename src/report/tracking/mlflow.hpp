#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "report/tracking/tracked_search.hpp"

namespace gridmill::report {

/// A value of a metric.
struct MlflowMetric {
  std::string key;
  double value = 0;          // finite
  std::int64_t time_ms = 0;  // since 1970
  std::int64_t step = 0;
};

/// What MLflow keeps of a run. Keys hold letters, digits, "_", "-", ".", ":" and spaces only.
struct MlflowRun {
  std::string id;  // ours: 32 hexadecimal digits, the same each time
  std::string name;
  std::string parent;         // id of the run that it stands below; empty: it is the whole
  std::int64_t start_ms = 0;  // since 1970
  std::int64_t end_ms = 0;
  bool has_failed = false;
  std::string user;
  std::vector<std::pair<std::string, std::string>> tags;
  std::vector<std::pair<std::string, std::string>> params;
  std::vector<MlflowMetric> metrics;  // those of a key together, by step
};

/// Returns the id of the run that stands for the whole search.
std::string mlflow_run_id(const TrackedSearch& search);

/// Returns the runs of a search: that of the whole first, then those of the candidates below it. Scores of the folds
/// are steps 0, 1, ... of a metric, watched scores steps by round. What is NaN is left out.
std::vector<MlflowRun> mlflow_runs(const TrackedSearch& search);

/// A file of a store, by its path in it.
struct StoreFile {
  std::filesystem::path path;
  std::string text;
};

/// Where a search goes in a file store of MLflow.
struct MlflowPlace {
  std::filesystem::path root;  // of the store ("mlruns"), absolute
  std::string experiment;      // its id, a number
};

/// Returns the meta.yaml of an experiment named `name`.
std::string mlflow_experiment(const MlflowPlace& place, const std::string& name, double now_s);

/// Returns the files of the runs of a search. Artifacts are the caller's to bring. The meta.yaml of the whole comes
/// last: with it MLflow sees the search. Source: mlflow/store/tracking/file_store.py of MLflow 3 (layout of the files;
/// not tried with the program itself).
std::vector<StoreFile> mlflow_files(const TrackedSearch& search, const MlflowPlace& place);

// What a tracking server of MLflow is asked, as bodies of JSON.
// Source: mlflow/protos/service.proto of MLflow 3 (not tried with the program itself).

/// A tag by which runs that a server holds already are found: our own id of the run.
inline constexpr const char* kMlflowOwnId = "gridmill.id";

/// A tag that all runs of a search have.
inline constexpr const char* kMlflowSearch = "gridmill.search";

/// Returns a text as a query of an address takes it.
std::string mlflow_encoded(const std::string& text);

/// Returns the body of runs/search that asks for the runs of a search. `page`: what an answer gave for the next one;
/// empty: the first.
std::string mlflow_question(const TrackedSearch& search, const std::string& experiment, const std::string& page);

/// Returns the body of runs/create. `parent`: what the server calls the run that it stands below; empty: none.
std::string mlflow_creation(const MlflowRun& run, const std::string& experiment, const std::string& parent);

/// Returns the bodies of runs/log-batch that together hold parameters and metrics of a run, each within MLflow's
/// limits: 1,000 metrics, 100 parameters, 1,000 in all. `id`: what the server calls the run.
std::vector<std::string> mlflow_batches(const MlflowRun& run, const std::string& id);

/// Returns the body of runs/update that ends the run.
std::string mlflow_end(const MlflowRun& run, const std::string& id);

}  // namespace gridmill::report
