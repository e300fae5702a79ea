#include "jobs/search/search_journal.hpp"

#include <chrono>
#include <cstring>
#include <iterator>
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

std::string entry(Entry kind, std::uint64_t bundle = 0, std::string_view payload = {}) {
  std::string bytes(1, static_cast<char>(kind));
  char id[sizeof bundle];
  std::memcpy(id, &bundle, sizeof bundle);
  bytes.append(id, sizeof id);
  return bytes.append(payload);
}

double now_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

SearchJournal::SearchJournal(const std::filesystem::path& path, std::uint64_t fingerprint, std::size_t n_bundles)
    : journal_(path, fingerprint), finished_(n_bundles, false), deaths_(n_bundles, 0) {
  if (journal_.found() == io::Journal::Found::other_run) {
    throw core::UserError(
        fmt::format("{}: the data has changed since this search was begun", path.parent_path().string()),
        "choose another output, or --overwrite to start anew (its results are removed)");
  }
  replay();
}

void SearchJournal::replay() {
  for (const std::string& bytes : journal_.records()) {
    std::uint64_t bundle = 0;
    std::memcpy(&bundle, bytes.data() + 1, sizeof bundle);
    GRIDMILL_ASSERT(bundle < finished_.size(), "a journal with this fingerprint has these bundles");
    switch (static_cast<Entry>(bytes.front())) {
      case Entry::run_begins:
      case Entry::run_ends:
      case Entry::started: break;  // who reads the file may want to know
      case Entry::died: ++deaths_[bundle]; break;
      case Entry::results: {
        finished_[bundle] = true;
        auto more = search::decode(std::string_view(bytes).substr(1 + sizeof bundle));
        records_.insert(records_.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
      }
    }
  }
  cut_bytes_ = journal_.cut_bytes();
  journal_.append(entry(Entry::run_begins));
  last_sync_s_ = now_s();
}

std::string SearchJournal::death(std::size_t bundle) { return io::Journal::framed(entry(Entry::died, bundle)); }

void SearchJournal::started(std::size_t bundle) {
  journal_.add(entry(Entry::started, bundle));
  journal_.flush();
}

void SearchJournal::add(std::size_t bundle, std::span<const search::FitRecord> records) {
  journal_.add(entry(Entry::results, bundle, search::encode(records)));
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
