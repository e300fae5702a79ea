#include "jobs/search/search_journal.hpp"

#include <chrono>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "search/fit_record_serialization.hpp"

namespace gridmill::jobs {

namespace {

constexpr double kSyncInterval_s = 0.1;

enum class Entry : char { run_begins = 'b', started = 's', results = 'r', died = 'd', run_ends = 'e' };

std::string entry(Entry kind, FitKey what = 0, std::string_view payload = {}) {
  std::string bytes(1, static_cast<char>(kind));
  char key[sizeof what];
  std::memcpy(key, &what, sizeof what);
  bytes.append(key, sizeof key);
  return bytes.append(payload);
}

double now_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

SearchJournal::SearchJournal(const std::filesystem::path& path, std::uint64_t fingerprint)
    : journal_(path, fingerprint) {
  if (journal_.found() == io::Journal::Found::other_run) {
    throw core::UserError(
        fmt::format("{}: the data has changed since this search was begun", path.parent_path().string()),
        "choose another output, or --overwrite to start anew (its results are removed)");
  }
  replay();
}

void SearchJournal::replay() {
  for (const std::string& bytes : journal_.records()) {
    FitKey key = 0;
    std::memcpy(&key, bytes.data() + 1, sizeof key);
    switch (static_cast<Entry>(bytes.front())) {
      case Entry::run_begins:
      case Entry::run_ends:
      case Entry::started: break;  // who reads the file may want to know
      case Entry::died: ++deaths_[key]; break;
      case Entry::results: {
        const std::string_view payload = std::string_view(bytes).substr(1 + sizeof key);
        if (search::has_known_format(payload)) {
          known_.push_back({.key = key, .record = search::decode(payload).at(0)});
        } else {
          ++n_of_other_version_;
        }
      }
    }
  }
  cut_bytes_ = journal_.cut_bytes();
  journal_.append(entry(Entry::run_begins));
  last_sync_s_ = now_s();
}

std::size_t SearchJournal::deaths(FitKey bundle) const {
  const auto found = deaths_.find(bundle);
  return found == deaths_.end() ? 0 : found->second;
}

std::string SearchJournal::death(FitKey bundle) { return io::Journal::framed(entry(Entry::died, bundle)); }

void SearchJournal::started(FitKey bundle) {
  journal_.add(entry(Entry::started, bundle));
  journal_.flush();
}

void SearchJournal::add(FitKey trial, const search::FitRecord& record) {
  journal_.add(entry(Entry::results, trial, search::encode({&record, 1})));
}

void SearchJournal::sync(When when) {
  if (when == When::soon && now_s() - last_sync_s_ < kSyncInterval_s) return;
  journal_.sync();
  last_sync_s_ = now_s();
}

void SearchJournal::close_quietly() noexcept {
  try {
    close();
  } catch (const std::exception&) {
    // The disk may be full, which is the error being reported.
  }
}

void SearchJournal::close() { journal_.append(entry(Entry::run_ends)); }

}  // namespace gridmill::jobs
