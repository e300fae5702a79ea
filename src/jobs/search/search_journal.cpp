#include "jobs/search/search_journal.hpp"

#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "search/fit_record_serialization.hpp"

namespace gridmill::jobs {

std::vector<std::string> differences(const io::JournalOrigin& there, const io::JournalOrigin& now) {
  std::vector<std::string> all;
  if (there.config != now.config) all.emplace_back("the config has changed since this search was begun");
  if (there.data != now.data) all.emplace_back("the data has changed since this search was begun");
  if (there.program != now.program) {
    all.emplace_back("another version of gridmill began this search, whose scores do not go with this one's");
  }
  return all;
}

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

void SearchJournal::take_over(std::vector<Known> others) {
  std::set<FitKey> keys;
  for (const Known& each : known_) keys.insert(each.key);
  for (Known& each : others) {
    if (!keys.insert(each.key).second) continue;
    add(each.key, each.record);
    known_.push_back(std::move(each));
  }
}

std::vector<SearchJournal::Known> read_known(const std::filesystem::path& path) {
  std::vector<SearchJournal::Known> known;
  for (const TaskJournal::Result& each : read_results(path)) {
    if (!search::has_known_format(each.bytes)) continue;
    known.push_back({.key = each.key, .record = search::decode(each.bytes).at(0)});
  }
  return known;
}

void warn_of_losses(const SearchJournal& journal, const std::filesystem::path& path, Observer& observer) {
  const std::string file = path.string();
  if (const std::size_t n = journal.tasks().file().cut_bytes(); n > 0) {
    observer.warning(
        fmt::format("{}: the last {} bytes were not written whole, or have changed since, and are cut off; the fits "
                    "they told of are done again",
                    file, n));
  }
  for (const io::Journal::Damage& damage : journal.tasks().file().damages()) {
    observer.warning(
        fmt::format("{}: bytes {} to {} have changed since they were written; a fit that only they told of is done "
                    "again, and what stands behind them is kept",
                    file, damage.offset, damage.offset + damage.n_bytes));
  }
  if (journal.n_of_other_version() > 0) {
    observer.warning(fmt::format("{}: another version of gridmill began this search; its fits are done again", file));
  }
}

}  // namespace gridmill::jobs
