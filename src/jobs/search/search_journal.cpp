#include "jobs/search/search_journal.hpp"

#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "search/fit_record_serialization.hpp"

namespace gridmill::jobs {

namespace {

std::vector<std::string> differences(const io::JournalOrigin& there, const io::JournalOrigin& now) {
  std::vector<std::string> all;
  if (there.config != now.config) all.emplace_back("the config has changed since this search was begun");
  if (there.data != now.data) all.emplace_back("the data has changed since this search was begun");
  if (there.program != now.program) {
    all.emplace_back("another version of gridmill began this search, whose scores do not go with this one's");
  }
  return all;
}

}  // namespace

SearchJournal::SearchJournal(const std::filesystem::path& path, const io::JournalOrigin& origin)
    : tasks_(path, origin) {
  if (tasks_.file().found() == io::Journal::Found::other_run) {
    throw core::UserError(fmt::format("{}: {}", path.parent_path().string(),
                                      fmt::join(differences(tasks_.file().found_origin(), origin), "; ")),
                          "choose another output, or --overwrite to start anew (its results are removed)");
  }
  for (const TaskJournal::Result& each : tasks_.take_results()) {
    if (search::has_known_format(each.bytes)) {
      known_.push_back({.key = each.key, .record = search::decode(each.bytes).at(0)});
    } else {
      ++n_of_other_version_;
    }
  }
}

void SearchJournal::add(FitKey trial, const search::FitRecord& record) {
  tasks_.add(trial, search::encode({&record, 1}));
}

}  // namespace gridmill::jobs
