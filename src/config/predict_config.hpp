#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace gridmill::config {

/// What is predicted as soon as there is a model, and what is written of it (section `predict`).
struct PredictOptions {
  enum class Rows { all, unlabelled };

  std::filesystem::path source;                         // rows as those of `data.source`; empty: made of `tables`
  std::map<std::string, std::filesystem::path> tables;  // files that take the place of the import's, by table
  Rows rows = Rows::all;
  std::filesystem::path output;   // CSV; empty: predicted.csv in the run directory
  std::vector<std::string> keep;  // columns written beside the predictions
  bool decision = false;
  bool probability = false;
  bool contributions = false;
  bool leaf = false;
};

}  // namespace gridmill::config
