#include "jobs/work_on_disk.hpp"

#include <exception>
#include <iterator>
#include <system_error>

#include "jobs/run/own_files.hpp"
#include "jobs/run/task_journal.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

std::uint64_t n_whole_files(const fs::path& folder) {
  std::error_code error;
  std::uint64_t n = 0;
  fs::directory_iterator each(folder, error);
  for (; !error && each != fs::directory_iterator(); each.increment(error)) {
    n += each->path().filename().string().starts_with('.') ? 0U : 1U;  // what is being made has such a name
  }
  return n;
}

void add_folder(const fs::path& folder, WorkOnDisk& work) {
  const JournalCounts journal = count_journal(folder / "journal");
  const JournalCounts tasks = count_journal(folder / kTasksJournal);
  work.n_deaths += journal.n_deaths + tasks.n_deaths;
  work.n_blamed += journal.n_blamed + tasks.n_blamed;
  work.n_finished += journal.n_results + n_whole_files(folder / "parts");
  for (const char* name : {"config.resolved.yaml", "cv_results.csv", "results.h5", "best/pipeline.json", "features.h5",
                           "features.json", "summary.json", kShard}) {
    std::error_code ignored;
    work.n_finished += fs::exists(folder / name, ignored) ? 1U : 0U;
  }
}

}  // namespace

WorkOnDisk work_on_disk(std::span<const fs::path> places) noexcept {
  WorkOnDisk work;
  for (const fs::path& place : places) {
    try {
      std::error_code ignored;
      if (fs::is_directory(place, ignored)) {
        add_folder(place, work);
      } else if (fs::exists(place, ignored)) {
        ++work.n_finished;
      }
    } catch (const std::exception&) {
      // It is looked at again.
    }
  }
  return work;
}

}  // namespace gridmill::jobs
