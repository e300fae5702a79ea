#include "jobs/search/run_directory.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/resolved.hpp"
#include "config/run_file.hpp"
#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "io/files/text_checksum.hpp"
#include "jobs/run/changed_files.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

RunDirectory::RunDirectory(const config::SearchJob& job, IfOther if_other, Observer& observer)
    : folder_(job.output,
              {.kind = RunKind::search, .if_other = if_other, .inputs = {job.data.source.file, job.data.test}},
              observer) {
  if (if_other == IfOther::refuse && fs::exists(resolved_config())) check_same_search(job);
}

void RunDirectory::begin(const config::SearchJob& job, IfOther if_other) {
  if (if_other == IfOther::overwrite) folder_.remove_earlier_run();
  if (!fs::exists(resolved_config())) {
    io::write_file(resolved_config(), io::with_checksum_line(config::resolved_yaml(job)));
  }
}

bool RunDirectory::finished() const {
  return fs::exists(summary()) && fs::exists(cv_results()) && fs::exists(results());
}

void RunDirectory::check_same_search(const config::SearchJob& job) const {
  const std::vector<std::string> different = config::differences(read_resolved_config(folder()), job);
  if (different.empty()) return;
  throw core::UserError(fmt::format("{} holds another search: {}", folder().string(), fmt::join(different, "; ")),
                        "choose another output, or --overwrite to start anew (its results are removed)");
}

config::SearchJob read_resolved_config(const fs::path& folder) {
  const fs::path file = folder / "config.resolved.yaml";
  if (!fs::exists(file)) {
    throw core::UserError(fmt::format("{}: no run directory (it has no config.resolved.yaml)", folder.string()));
  }
  refuse_changed_config(file);
  return config::RunFile(file).search_job();
}

}  // namespace gridmill::jobs
