#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "report/tracking/tracked_search.hpp"

namespace gridmill::report {

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

/// Returns the id of the run that stands for the whole search: 32 hexadecimal digits, the same each time.
std::string mlflow_run_id(const TrackedSearch& search);

/// Returns the meta.yaml of an experiment named `name`.
std::string mlflow_experiment(const MlflowPlace& place, const std::string& name, double now_s);

/// Returns the files of the search: a run for the whole, and a run for each candidate below it. Scores of the folds are
/// steps 0, 1, ... of a metric, watched scores steps by round. Artifacts are the caller's to bring. What is NaN is left
/// out. The meta.yaml of the whole comes last: with it MLflow sees the search.
/// Source: mlflow/store/tracking/file_store.py of MLflow 3 (layout of the files; not tried with the program itself).
std::vector<StoreFile> mlflow_files(const TrackedSearch& search, const MlflowPlace& place);

}  // namespace gridmill::report
