#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gridmill::jobs {

/// A file of a run that other programs keep beside it.
struct ExportedFile {
  std::filesystem::path path;
  std::string name;  // by which they keep it: "best/pipeline.json"
};

/// Returns the files of a finished search that people want to open elsewhere: tables, results, config, report and
/// model, by name; those that are there.
std::vector<ExportedFile> exported_files(const std::filesystem::path& run);

}  // namespace gridmill::jobs
