#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/entity_set.hpp"
#include "features/evaluation/evaluation.hpp"
#include "features/synthesis/synthesis.hpp"

namespace gridmill::features {

/// One row of a table of cutoff times.
struct GoldenCutoff {
  std::string instance;   // as the file writes it
  std::int64_t time = 0;  // [ns since 1970 UTC]
};

/// One call of Featuretools whose answer is kept: NAME.yaml says what was called, NAME.features.csv which features
/// came, NAME.csv (not with `names_only`) their values.
struct GoldenSetting {
  std::string name;
  std::filesystem::path features_file;
  std::filesystem::path values_file;
  std::vector<std::filesystem::path> table_files;  // by core::TableId; CSV, an empty field is missing

  core::EntitySet set;  // n_rows stays 0: no table is read
  SynthesisOptions synthesis;
  EvaluationOptions evaluation;
  std::optional<std::int64_t> cutoff;  // one for all [ns since 1970 UTC]
  std::vector<GoldenCutoff> cutoffs;   // else one a row, in this order
  bool names_only = false;             // no values are kept
  bool in_order = true;                // false: Featuretools' order came from a hash
  std::vector<std::string> post;       // what was called on the features afterwards: "encode_features", ...
};

/// One column of the answer; several belong to a feature with several outputs.
struct GoldenFeature {
  std::string name;
  std::string kind;  // as Featuretools' classes: "groupby_transform", ...
  std::string depth;
  std::string logical_type;  // empty: none
  std::string tags;          // sorted, with blanks between
  std::string n_outputs;
  std::string default_value;  // empty: missing
};

/// Returns a folder of data that does not belong to the project, below the one that GRIDMILL_SHARED names; nothing if
/// that is not set. Never found by where the project lies, so that every clone runs the same tests. Throws
/// std::runtime_error if GRIDMILL_SHARED is set and holds no such folder.
std::optional<std::filesystem::path> outside_folder(const std::string& name);

/// Returns the folders of golden settings: the project's own, and golden/featuretools of GRIDMILL_SHARED.
std::vector<std::filesystem::path> golden_folders();
/// Returns the *.yaml of a folder that are settings, sorted.
std::vector<std::filesystem::path> golden_files(const std::filesystem::path& folder);
/// The same; every third where tests are to be brief.
std::vector<std::filesystem::path> some_golden_files(const std::filesystem::path& folder);

/// Reads NAME.yaml and the entityset.yaml it names. Throws std::runtime_error on a key it does not know: nothing of a
/// call may get lost.
GoldenSetting read_golden_setting(const std::filesystem::path& file);
/// Reads NAME.features.csv; of settings with `post`, names and kinds only.
std::vector<GoldenFeature> read_golden_features(const std::filesystem::path& file);
/// Reads CSV (RFC 4180), header included.
std::vector<std::vector<std::string>> read_golden_csv(const std::filesystem::path& file);
/// Reads "2020-02-29 12:30:00" as ns since 1970 UTC.
std::int64_t golden_time(const std::string& text);

}  // namespace gridmill::features
