#include "jobs/report/exported_files.hpp"

#include <algorithm>

#include "jobs/run/own_files.hpp"

namespace gridmill::jobs {

std::vector<ExportedFile> exported_files(const std::filesystem::path& run) {
  namespace fs = std::filesystem;
  std::vector<ExportedFile> files;
  for (const char* name : {"summary.json", "cv_results.csv", "results.h5", "config.resolved.yaml", kReport}) {
    if (fs::exists(run / name)) files.push_back({run / name, name});
  }
  if (fs::exists(run / "best")) {
    for (const auto& entry : fs::recursive_directory_iterator(run / "best")) {
      if (!entry.is_regular_file()) continue;
      files.push_back({entry.path(), entry.path().lexically_relative(run).generic_string()});
    }
  }
  std::ranges::sort(files, {}, &ExportedFile::name);
  return files;
}

}  // namespace gridmill::jobs
