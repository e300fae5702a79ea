#include "jobs/search/search_journal.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "search/fit_record_serialization.hpp"

namespace gridmill::jobs {

namespace {

enum class Entry : char {
  run_begins = 'b',
  started = 's',  // with a rank
  results = 'r',  // with a record
  ended = 'f',    // with a rank
  died = 'd',     // with a signal
  run_ends = 'e',
};

std::string entry(Entry kind, FitKey what, std::string_view payload) {
  std::string bytes(1, static_cast<char>(kind));
  char key[sizeof what];
  std::memcpy(key, &what, sizeof what);
  bytes.append(key, sizeof key);
  return bytes.append(payload);
}

std::string entry(Entry kind, FitKey what = 0, std::int32_t number = 0) {
  char raw[sizeof number];
  std::memcpy(raw, &number, sizeof number);
  return entry(kind, what, std::string_view(raw, sizeof raw));
}

std::int32_t number_in(std::string_view payload) {
  std::int32_t number = 0;
  if (payload.size() == sizeof number) std::memcpy(&number, payload.data(), sizeof number);
  return number;
}

constexpr std::size_t kHead = 1 + sizeof(FitKey);

FitKey key_in(const io::Journal::Record& record) {
  FitKey key = 0;
  std::memcpy(&key, record.bytes.data() + 1, sizeof key);
  return key;
}

}  // namespace

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
    : journal_(path, origin) {
  if (journal_.found() == io::Journal::Found::other_run) {
    throw core::UserError(fmt::format("{}: {}", path.parent_path().string(),
                                      fmt::join(differences(journal_.found_origin(), origin), "; ")),
                          "choose another output, or --overwrite to start anew (its results are removed)");
  }
  replay();
}

void SearchJournal::replay() {
  std::uint32_t epoch = 0;
  for (const io::Journal::Record& each : journal_.records()) {
    if (each.bytes.size() < kHead) continue;
    if (each.epoch > epoch) at_work_.clear();
    epoch = std::max(epoch, each.epoch);
    const FitKey key = key_in(each);
    const std::string_view payload = std::string_view(each.bytes).substr(kHead);
    switch (static_cast<Entry>(each.bytes.front())) {
      case Entry::run_begins:
      case Entry::run_ends: break;  // who reads the file may want to know
      case Entry::started: at_work_.push_back({.rank = number_in(payload), .bundle = key}); break;
      case Entry::ended: std::erase_if(at_work_, [&](const AtWork& work) { return work.bundle == key; }); break;
      case Entry::died: deaths_[key] = {.n = deaths_[key].n + 1, .signal = number_in(payload)}; break;
      case Entry::results: {
        if (search::has_known_format(payload)) {
          known_.push_back({.key = key, .record = search::decode(payload).at(0)});
        } else {
          ++n_of_other_version_;
        }
      }
    }
  }
}

void SearchJournal::begin(std::uint32_t epoch, std::function<void()> allowed, LastEnd last_end) {
  journal_.set_epoch(epoch);
  journal_.append(entry(Entry::run_begins));
  commit_ = std::make_unique<io::GroupCommit>(journal_, std::move(allowed));
  if (last_end == LastEnd::out_of_memory) blame_those_at_work();
  at_work_.clear();
}

void SearchJournal::blame_those_at_work() {
  std::set<int> seen;  // a rank works on the first of those it was handed
  for (const AtWork& each : at_work_) {
    if (!seen.insert(each.rank).second) continue;
    deaths_[each.bundle] = {.n = deaths_[each.bundle].n + 1, .signal = SIGKILL};
    commit_->add(entry(Entry::died, each.bundle, SIGKILL));
  }
}

SearchJournal::Deaths SearchJournal::deaths(FitKey bundle) const {
  const auto found = deaths_.find(bundle);
  return found == deaths_.end() ? Deaths{} : found->second;
}

std::string SearchJournal::death(std::uint32_t epoch, FitKey bundle, int signal) {
  return io::Journal::framed(epoch, entry(Entry::died, bundle, signal));
}

void SearchJournal::started(FitKey bundle, int rank) { commit_->add(entry(Entry::started, bundle, rank)); }

void SearchJournal::ended(FitKey bundle, int rank) { commit_->add(entry(Entry::ended, bundle, rank)); }

void SearchJournal::add(FitKey trial, const search::FitRecord& record) {
  commit_->add(entry(Entry::results, trial, search::encode({&record, 1})));
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

void SearchJournal::check() { commit_->check(); }

void SearchJournal::sync() { commit_->finish(); }

void SearchJournal::close_quietly() noexcept {
  try {
    close();
  } catch (const std::exception&) {
    // The disk may be full, which is the error being reported.
  }
}

void SearchJournal::close() {
  if (!commit_) return;
  commit_->add(entry(Entry::run_ends));
  commit_->finish();
}

JournalCounts count_journal(const std::filesystem::path& path) {
  JournalCounts counts;
  for (const io::Journal::Record& each : io::Journal::read_records(path)) {
    if (each.bytes.empty()) continue;
    const auto kind = static_cast<Entry>(each.bytes.front());
    counts.n_results += kind == Entry::results ? 1U : 0U;
    counts.n_deaths += kind == Entry::died ? 1U : 0U;
  }
  return counts;
}

std::vector<SearchJournal::Known> read_known(const std::filesystem::path& path) {
  std::vector<SearchJournal::Known> known;
  for (const io::Journal::Record& each : io::Journal::read_records(path)) {
    if (each.bytes.size() < kHead || static_cast<Entry>(each.bytes.front()) != Entry::results) continue;
    const std::string_view payload = std::string_view(each.bytes).substr(kHead);
    if (!search::has_known_format(payload)) continue;
    known.push_back({.key = key_in(each), .record = search::decode(payload).at(0)});
  }
  return known;
}

void warn_of_losses(const SearchJournal& journal, const std::filesystem::path& path, Observer& observer) {
  const std::string file = path.string();
  if (const std::size_t n = journal.cut_bytes(); n > 0) {
    observer.warning(
        fmt::format("{}: the last {} bytes were not written whole, or have changed since, and are cut off; the fits "
                    "they told of are done again",
                    file, n));
  }
  for (const io::Journal::Damage& damage : journal.damages()) {
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
