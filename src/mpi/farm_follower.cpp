#include "mpi/farm_follower.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "mpi/failure.hpp"
#include "mpi/farm_messages.hpp"
#include "mpi/pacer.hpp"

namespace gridmill::mpi {

namespace {

using Clock = std::chrono::steady_clock;

/// Ranks 1 and up: passes messages between rank 0 and the computing thread.
class Follower {
 public:
  Follower(Transport& transport, const Work& work, const FarmOptions& options)
      : transport_(transport), options_(options), worker_(work) {}

  FarmReport run() {
    while (!ending_) {
      if (step()) {
        pacer_.reset();
      } else {
        worker_.wait(std::max(pacer_.next(), std::chrono::microseconds{1}));
      }
    }
    return close();
  }

 private:
  bool step() {
    bool active = report_news();
    if (notices_.hear(options_)) {
      transport_.send(0, Tag::notice, pack_notice({notices_.last(), options_.host}));
      active = true;
    }
    if (!asked_ && stop_asked(options_)) {
      transport_.send(0, Tag::stop_wanted, {});
      asked_ = true;
    }
    while (!ending_) {
      const auto message = transport_.poll();
      if (!message) break;
      handle(*message);
      active = true;
    }
    return active;
  }

  bool report_news() {
    const auto batch = worker_.take_finished();
    if (!batch.empty()) transport_.send(0, Tag::results, pack_finished(batch));
    n_tasks_ += batch.size();
    if (const auto error = worker_.take_failure()) {
      transport_.send(0, Tag::failure, Failure::from(error, transport_.rank()).bytes());
      return true;
    }
    return !batch.empty();
  }

  void handle(const Message& message) {
    switch (message.tag) {
      case Tag::assign: worker_.assign(unpack_tasks(message.bytes)); break;
      case Tag::drain: transport_.send(0, Tag::dropped, pack_tasks(worker_.drop_pending())); break;
      case Tag::end: ending_ = unpack_ending(message.bytes); break;
      default: GRIDMILL_ASSERT(false, "rank 0 sends nothing else");
    }
  }

  FarmReport close() {
    FarmReport report{.end = ending_->end, .abandoned = worker_.is_running()};
    if (report.abandoned) worker_.abandon();
    report_news();
    Bytes words;
    core::append_value(last_words(worker_, n_tasks_, start_), words);
    transport_.send(0, Tag::report, std::move(words));
    transport_.flush();
    if (ending_->failure) ending_->failure->raise();
    return report;
  }

  Transport& transport_;
  const FarmOptions& options_;
  TaskWorker worker_;
  std::size_t n_tasks_ = 0;
  NoticeEar notices_;
  bool asked_ = false;
  std::optional<Ending> ending_;
  Clock::time_point start_ = Clock::now();
  Pacer pacer_;
};

}  // namespace

bool NoticeEar::hear(const FarmOptions& options) {
  if (options.notice == nullptr) return false;
  const HostNotice now = options.notice->load(std::memory_order_relaxed);
  return std::exchange(last_, now) != now;
}

bool stop_asked(const FarmOptions& options) {
  return options.stop != nullptr && options.stop->load(std::memory_order_relaxed);
}

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

RankReport last_words(const TaskWorker& worker, std::size_t n_tasks, Clock::time_point start) {
  const double busy_s = worker.busy_s();
  return {.n_tasks = n_tasks, .busy_s = busy_s, .idle_s = std::max(0.0, seconds_since(start) - busy_s)};
}

FarmReport follow(Transport& transport, const Work& work, const FarmOptions& options) {
  return Follower(transport, work, options).run();
}

}  // namespace gridmill::mpi
