#include "jobs/run_directory.hpp"

#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/read.hpp"
#include "config/resolved.hpp"
#include "core/error.hpp"
#include "io/atomic_file.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

constexpr std::array kWritten{"summary.json",   "config.resolved.yaml", "journal",
                              "cv_results.csv", "results.h5",           "best"};

}  // namespace

RunDirectory::RunDirectory(const config::SearchJob& job, IfOther if_other, Observer& observer)
    : folder_(job.output, observer) {
  if (if_other == IfOther::refuse && fs::exists(resolved_config())) check_same_search(job);
}

void RunDirectory::begin(const config::SearchJob& job, IfOther if_other) {
  if (if_other == IfOther::overwrite) remove_earlier_results();
  if (!fs::exists(resolved_config())) io::write_file(resolved_config(), config::resolved_yaml(job));
}

bool RunDirectory::finished() const { return fs::exists(summary()); }

void RunDirectory::check_same_search(const config::SearchJob& job) const {
  const std::vector<std::string> different = config::differences(read_resolved_config(folder()), job);
  if (different.empty()) return;
  throw core::UserError(fmt::format("{} holds another search: {}", folder().string(), fmt::join(different, "; ")),
                        "choose another output, or --overwrite to start anew (its results are removed)");
}

void RunDirectory::remove_earlier_results() const {
  for (const char* name : kWritten) folder_.remove(name);
}

config::SearchJob read_resolved_config(const fs::path& folder) {
  const fs::path file = folder / "config.resolved.yaml";
  if (!fs::exists(file)) {
    throw core::UserError(fmt::format("{}: no run directory (it has no config.resolved.yaml)", folder.string()));
  }
  return config::read_search_job(file);
}

}  // namespace gridmill::jobs
