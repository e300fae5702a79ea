#include "jobs/dataset/source_files.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/glob.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

std::vector<fs::path> source_files(const config::TableOptions& table, const config::ImportJob& job) {
  std::vector<fs::path> files = core::files_matching(table.source.file);
  if (!files.empty()) return files;
  const auto place = job.places.find(table.section + ".source");
  throw core::UserError(
      core::Problem{place == job.places.end() ? core::Location{} : place->second,
                    fmt::format("{}.source: no file matches '{}'", table.section, table.source.file.string()),
                    "* stands for any letters, ? for one, in the name of the file; the folder is named as it is"});
}

std::vector<fs::path> source_files(const config::ImportJob& job) {
  std::vector<fs::path> all;
  for (const config::TableOptions& table : job.tables) {
    const std::vector<fs::path> files = source_files(table, job);
    all.insert(all.end(), files.begin(), files.end());
  }
  return all;
}

}  // namespace gridmill::jobs
