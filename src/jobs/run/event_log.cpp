#include "jobs/run/event_log.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>

namespace gridmill::jobs {

namespace {

core::Value number(std::size_t n) { return static_cast<std::int64_t>(n); }

std::string text_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const core::UserError& bad) {
    return bad.problems().empty() ? "" : bad.problems().front().text();
  } catch (const std::exception& bad) {
    return bad.what();
  } catch (...) {
    return "unknown";
  }
}

/// A process that was killed, or a disk that was full, may have left half a line.
bool ends_within_a_line(const io::FileDescriptor& file) {
  const std::uint64_t size = file.size();
  char last = '\n';
  return size > 0 && file.read_at({&last, 1}, size - 1) == 1 && last != '\n';
}

}  // namespace

EventLog::EventLog(Observer& listener, EventBounds bounds)
    : listener_(listener), bounds_(bounds), log_(make_json_observer(lines_, Times::told)) {}

void EventLog::open(const std::filesystem::path& file, const LaunchFacts& facts) {
  const std::string before = lines_.str();
  lines_.str({});
  try {
    file_ = io::FileDescriptor::open_own(file, O_APPEND);
    if (ends_within_a_line(*file_)) lines_ << '\n';
    thinned_ = file_->size() > bounds_.file_bytes;
  } catch (const std::exception& error) {
    file_.emplace();  // what is told to it is gone
    listener_.warning(fmt::format("{}; what happens is not written down, the job goes on", error.what()));
    return;
  }
  core::ValueMapping hosts;
  for (const auto& [host, n] : facts.ranks_on) hosts.emplace_back(host, n);
  write({{"event", "begins"},
         {"job", facts.job},
         {"launch", static_cast<std::int64_t>(facts.launch)},
         {"ranks", number(facts.n_ranks)},
         {"hosts", std::move(hosts)},
         {"command", facts.command},
         {"folder", facts.folder}});
  lines_ << before;
  flush();
}

void EventLog::ends(core::ExitCode code) {
  catch_up();
  write({{"event", "ends"}, {"code", static_cast<int>(code)}});
}

void EventLog::ends(const std::exception_ptr& error) {
  catch_up();
  write({{"event", "ends"}, {"code", core::Value()}, {"error", text_of(error)}});
}

void EventLog::stage(std::string_view what) {
  listener_.stage(what);
  catch_up();
  told_progress_.reset();
  log_->stage(what);
  flush();
}

void EventLog::plan(const std::vector<Fact>& facts) {
  listener_.plan(facts);
  log_->plan(facts);
  flush();
}

void EventLog::progress(const Progress& progress) {
  listener_.progress(progress);
  progress_ = progress;
  if (!told_progress_ || is_due(*told_progress_)) tell_progress();
  if (is_due(counted_)) tell_counts();
}

void EventLog::task_begins(const TaskBegins& begins) {
  listener_.task_begins(begins);
  if (one_by_one()) {
    write({{"event", "task begins"}, {"unit", std::string(begins.unit)}, {"rank", begins.rank}});
  } else {
    ++counts_.begun;
    counts_.unit = begins.unit;
  }
}

void EventLog::task(const TaskDone& done) {
  listener_.task(done);
  if (one_by_one()) {
    ++n_single_;
    log_->task(done);
    flush();
    return;
  }
  ++counts_.ended;
  counts_.done += done.n;
  counts_.failed += done.failed;
  counts_.seconds += done.seconds.value_or(0);
  counts_.unit = done.unit;
  if (is_due(counted_)) tell_counts();
}

void EventLog::host_leaving(const HostLeaving& leaving) {
  listener_.host_leaving(leaving);
  log_->host_leaving(leaving);
  flush();
}

void EventLog::warning(std::string_view sentence) {
  listener_.warning(sentence);
  log_->warning(sentence);
  flush();
}

void EventLog::note(std::string_view sentence) {
  listener_.note(sentence);
  log_->note(sentence);
  flush();
}

void EventLog::leaderboard(const Leaderboard& leaderboard) {
  listener_.leaderboard(leaderboard);
  log_->leaderboard(leaderboard);
  flush();
}

void EventLog::block(const TextBlock& block) {
  listener_.block(block);
  log_->block(block);
  flush();
}

void EventLog::files(const std::vector<WrittenFile>& files) {
  listener_.files(files);
  log_->files(files);
  flush();
}

bool EventLog::one_by_one() {
  if (!thinned_ && n_single_ < bounds_.single_tasks) return true;
  if (!std::exchange(thinned_, true)) {
    counted_ = Clock::now();
    log_->note("from here on tasks are counted together, as there are many");
    flush();
  }
  return false;
}

bool EventLog::is_due(Clock::time_point last) const {
  constexpr std::chrono::duration<double> kMost{60};
  constexpr double kShare = 200;  // of the time so far
  const Clock::time_point now = Clock::now();
  const std::chrono::duration<double> grown = (now - start_) / kShare;
  return now - last >= std::max(bounds_.interval, std::min(grown, kMost));
}

void EventLog::tell_counts() {
  counted_ = Clock::now();
  if (counts_.begun == 0 && counts_.ended == 0) return;
  write({{"event", "tasks"},
         {"unit", std::string(counts_.unit)},
         {"begun", number(counts_.begun)},
         {"ended", number(counts_.ended)},
         {"done", number(counts_.done)},
         {"failed", number(counts_.failed)},
         {"seconds", counts_.seconds}});
  counts_ = {};
}

void EventLog::tell_progress() {
  if (!progress_) return;
  log_->progress(*progress_);
  flush();
  progress_.reset();
  told_progress_ = Clock::now();
}

void EventLog::catch_up() {
  tell_counts();
  tell_progress();
}

void EventLog::write(core::ValueMapping event) {
  event.emplace_back("at", std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count());
  write_json_line(lines_, event);
  flush();
}

void EventLog::flush() {
  if (!file_) return;  // kept until it is open, or never to be written
  const std::string lines = lines_.str();
  lines_.str({});
  if (lines.empty() || file_->get() < 0) return;
  try {
    file_->write(lines);
  } catch (const std::exception& error) {
    file_.emplace();
    listener_.warning(fmt::format("{}; what happens from here on is not written down, the job goes on", error.what()));
  }
}

}  // namespace gridmill::jobs
