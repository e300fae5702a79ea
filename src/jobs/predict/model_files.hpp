#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/value.hpp"
#include "search/fitted_pipeline.hpp"

namespace gridmill::jobs {

/// What a fitted model needs besides itself to be used on new data (pipeline.json).
struct PipelineInfo {
  std::string family;
  core::Params params;  // fixed and the candidate's
  core::Task task = core::Task::classification;
  std::string target;
  std::vector<std::string> features;  // in the model's order
  std::vector<std::string> classes;   // by class code; empty for regression
  bool probability = false;           // the model gives probabilities
  bool absent_is_missing = false;     // what LIBSVM text leaves out is missing, not 0
};

/// Writes the model's own files and pipeline.json, which holds their checksums and its own, into `folder`. It appears
/// whole or not at all, and is on the disk then: an earlier model in a folder of that name is replaced, other files in
/// it stay. Errors: RunError.
void save_pipeline(const std::filesystem::path& folder, const PipelineInfo& info, const search::FittedPipeline& fitted);

struct Pipeline {
  PipelineInfo info;
  search::FittedPipeline fitted;
  std::vector<std::string> model_features;  // what the features are called after the steps
  bool is_checked = false;                  // all files have checksums, which are right; an earlier gridmill wrote none
};

/// Reads what save_pipeline wrote, this one's or an earlier gridmill's, once the checksums are known to be right.
/// Errors: UserError naming the file: missing, damaged or changed, of another format version.
Pipeline load_pipeline(const std::filesystem::path& folder);

}  // namespace gridmill::jobs
