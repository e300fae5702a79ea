#include "jobs/run/task_journal.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <exception>
#include <set>

#include <fmt/format.h>

namespace gridmill::jobs {

namespace {

enum class Entry : char {
  run_begins = 'b',
  started = 's',   // with a rank
  results = 'r',   // with a result
  ended = 'f',     // with a rank
  died = 'd',      // with a signal, as the rank itself says
  blamed = 'l',    // with a signal, as it was at work
  forgiven = 'g',  // what was blamed on it before
  run_ends = 'e',
};

std::string entry(Entry kind, TaskKey what, std::string_view payload) {
  std::string bytes(1, static_cast<char>(kind));
  char key[sizeof what];
  std::memcpy(key, &what, sizeof what);
  bytes.append(key, sizeof key);
  return bytes.append(payload);
}

std::string entry(Entry kind, TaskKey what = 0, std::int32_t number = 0) {
  char raw[sizeof number];
  std::memcpy(raw, &number, sizeof number);
  return entry(kind, what, std::string_view(raw, sizeof raw));
}

std::int32_t number_in(std::string_view payload) {
  std::int32_t number = 0;
  if (payload.size() == sizeof number) std::memcpy(&number, payload.data(), sizeof number);
  return number;
}

constexpr std::size_t kHead = 1 + sizeof(TaskKey);  // [bytes] of an entry before its payload

TaskKey key_in(std::string_view bytes) {
  TaskKey key = 0;
  std::memcpy(&key, bytes.data() + 1, sizeof key);
  return key;
}

}  // namespace

std::string death_text(const Deaths& deaths) {
  std::string text = fmt::format("crashed its rank {} times", deaths.n);
  if (deaths.signal == SIGKILL) return text + ", lastly as the machine had no memory left for it";
  if (deaths.signal > 0) text += fmt::format(", lastly by signal {} ({})", deaths.signal, ::strsignal(deaths.signal));
  return text;
}

TaskJournal::TaskJournal(const std::filesystem::path& path, const io::JournalOrigin& origin) : journal_(path, origin) {
  replay();
}

void TaskJournal::replay() {
  std::uint32_t epoch = 0;
  for (const io::Journal::Record& each : journal_.records()) {
    if (each.bytes.size() < kHead) continue;
    if (each.epoch > epoch) at_work_.clear();
    epoch = std::max(epoch, each.epoch);
    const TaskKey key = key_in(each.bytes);
    const std::string_view payload = std::string_view(each.bytes).substr(kHead);
    switch (static_cast<Entry>(each.bytes.front())) {
      case Entry::run_begins: at_work_.clear(); break;
      case Entry::run_ends: break;  // who reads the file may want to know
      case Entry::started: at_work_.push_back({.rank = number_in(payload), .task = key}); break;
      case Entry::ended: std::erase_if(at_work_, [&](const AtWork& work) { return work.task == key; }); break;
      case Entry::died:
      case Entry::blamed: deaths_[key] = {.n = deaths_[key].n + 1, .signal = number_in(payload)}; break;
      case Entry::forgiven: deaths_.erase(key); break;
      case Entry::results: results_.push_back({.key = key, .bytes = std::string(payload)}); break;
    }
  }
}

void TaskJournal::begin(std::uint32_t epoch, std::function<void()> allowed, int blamed_signal) {
  journal_.set_epoch(epoch);
  journal_.append(entry(Entry::run_begins));
  commit_ = std::make_unique<io::GroupCommit>(journal_, std::move(allowed));
  if (blamed_signal != 0) blame_those_at_work(blamed_signal);
  at_work_.clear();
}

void TaskJournal::blame_those_at_work(int signal) {
  std::set<int> seen;  // a rank works on the first of those it was handed
  for (const AtWork& each : at_work_) {
    if (!seen.insert(each.rank).second) continue;
    deaths_[each.task] = {.n = deaths_[each.task].n + 1, .signal = signal};
    commit_->add(entry(Entry::blamed, each.task, signal));
  }
}

Deaths TaskJournal::deaths(TaskKey task) const {
  const auto found = deaths_.find(task);
  return found == deaths_.end() ? Deaths{} : found->second;
}

std::string TaskJournal::death(std::uint32_t epoch, TaskKey task, int signal) {
  return io::Journal::framed(epoch, entry(Entry::died, task, signal));
}

void TaskJournal::started(TaskKey task, int rank) { commit_->add(entry(Entry::started, task, rank)); }

void TaskJournal::ended(TaskKey task, int rank) { commit_->add(entry(Entry::ended, task, rank)); }

void TaskJournal::add(TaskKey task, std::string_view result) { commit_->add(entry(Entry::results, task, result)); }

void TaskJournal::forgive(TaskKey task) {
  deaths_.erase(task);
  commit_->add(entry(Entry::forgiven, task));
}

void TaskJournal::check() { commit_->check(); }

void TaskJournal::sync() { commit_->finish(); }

void TaskJournal::close_quietly() noexcept {
  try {
    close();
  } catch (const std::exception&) {
    // The disk may be full, which is the error being reported.
  }
}

void TaskJournal::close() {
  if (!commit_) return;
  commit_->add(entry(Entry::run_ends));
  commit_->finish();
}

std::vector<TaskJournal::Result> read_results(const std::filesystem::path& path) {
  std::vector<TaskJournal::Result> results;
  io::Journal::visit_records(path, [&](std::uint32_t, std::string_view bytes) {
    if (bytes.size() < kHead || static_cast<Entry>(bytes.front()) != Entry::results) return;
    results.push_back({.key = key_in(bytes), .bytes = std::string(bytes.substr(kHead))});
  });
  return results;
}

JournalCounts count_journal(const std::filesystem::path& path) {
  JournalCounts counts;
  io::Journal::visit_records(path, [&](std::uint32_t, std::string_view bytes) {
    if (bytes.empty()) return;
    const auto kind = static_cast<Entry>(bytes.front());
    counts.n_results += kind == Entry::results ? 1U : 0U;
    counts.n_deaths += kind == Entry::died ? 1U : 0U;
    counts.n_blamed += kind == Entry::blamed ? 1U : 0U;
  });
  return counts;
}

}  // namespace gridmill::jobs
