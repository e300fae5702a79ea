#include "mpi/task_farm.hpp"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "mpi/dealer.hpp"
#include "mpi/failure.hpp"
#include "mpi/farm_messages.hpp"
#include "mpi/pacer.hpp"

namespace gridmill::mpi {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

bool stop_asked(const FarmOptions& options) {
  return options.stop != nullptr && options.stop->load(std::memory_order_relaxed);
}

RankReport last_words(const TaskWorker& worker, std::size_t n_tasks, Clock::time_point start) {
  const double busy_s = worker.busy_s();
  return {.n_tasks = n_tasks, .busy_s = busy_s, .idle_s = std::max(0.0, seconds_since(start) - busy_s)};
}

/// Rank 0: hands out tasks, collects results, decides when it is over.
class Coordinator {
 public:
  Coordinator(Transport& transport, Plan plan, const Work& work, const FarmHooks& hooks, const FarmOptions& options)
      : transport_(transport),
        dealer_(std::move(plan), static_cast<std::size_t>(transport.size()), options.node_of,
                first_computing(transport, options)),
        hooks_(hooks),
        options_(options),
        worker_(work),
        ranks_(static_cast<std::size_t>(transport.size())) {}

  FarmReport run() {
    while (!is_over()) {
      if (step()) {
        pacer_.reset();
      } else {
        wait();
      }
    }
    return close();
  }

 private:
  struct Rank {
    RankReport report;
    bool reported = false;
  };

  bool step() {
    bool active = collect_own();
    while (auto message = transport_.poll()) {
      handle(*message);
      active = true;
    }
    if (!draining_ && (stop_asked(options_) || (options_.deadline && Clock::now() >= *options_.deadline))) drain();
    if (!draining_) active |= hand_out();
    if (seconds_since(last_progress_) >= std::chrono::duration<double>(options_.progress_interval).count()) progress();
    return active;
  }

  [[nodiscard]] bool is_over() const {
    if (dealer_.n_assigned() == 0 && (draining_ || dealer_.plan().done())) return true;
    return draining_ && !failure_ && seconds_since(drain_start_) > options_.grace_s;
  }

  void wait() {
    const auto most = pacer_.next();
    if (most.count() == 0) {
      std::this_thread::yield();
    } else {
      worker_.wait(most);
    }
  }

  bool collect_own() {
    const auto batch = worker_.take_finished();
    for (const Finished& done : batch) finish(0, done.task, done.seconds, done.result);
    if (const auto error = worker_.take_failure()) {
      dealer_.release_one(0);
      fail(Failure::from(error, 0));
      return true;
    }
    return !batch.empty();
  }

  void handle(const Message& message) {
    const auto source = static_cast<std::size_t>(message.source);
    switch (message.tag) {
      case Tag::results:
        unpack_finished(message.bytes, [&](TaskId task, double seconds, std::span<const std::byte> result) {
          finish(source, task, seconds, result);
        });
        break;
      case Tag::dropped:
        for (const TaskId task : unpack_tasks(message.bytes)) dealer_.release(source, task);
        break;
      case Tag::failure:
        dealer_.release_one(source);
        fail(Failure::from_bytes(message.bytes));
        break;
      case Tag::stop_wanted: drain(); break;
      case Tag::report:
        ranks_[source].report = core::value_at<RankReport>(core::text_of(message.bytes), 0);
        ranks_[source].reported = true;
        break;
      default: GRIDMILL_ASSERT(false, "workers send nothing else");
    }
  }

  void finish(std::size_t rank, TaskId task, double seconds, std::span<const std::byte> result) {
    dealer_.finish(rank, task, seconds);
    ++ranks_[rank].report.n_tasks;
    tell(hooks_.collect, task, static_cast<int>(rank), result);
  }

  bool hand_out() {
    const std::vector<std::vector<TaskId>> batches = dealer_.deal();
    for (std::size_t rank = 0; rank < batches.size(); ++rank) dispatch(rank, batches[rank]);
    return std::ranges::any_of(batches, [](const std::vector<TaskId>& batch) { return !batch.empty(); });
  }

  void dispatch(std::size_t rank, const std::vector<TaskId>& batch) {
    if (batch.empty()) return;
    for (const TaskId task : batch) tell(hooks_.on_assigned, task, static_cast<int>(rank));
    if (draining_) {  // a hook failed: the batch stays here
      for (const TaskId task : batch) dealer_.release(rank, task);
      return;
    }
    if (rank == 0) {
      worker_.assign(batch);
    } else {
      transport_.send(static_cast<int>(rank), Tag::assign, pack_tasks(batch));
    }
  }

  static std::size_t first_computing(const Transport& transport, const FarmOptions& options) {
    return options.coordinator == CoordinatorRole::only_coordinates && transport.size() > 1 ? 1 : 0;
  }

  /// Calls a hook. One that throws is not called again, and must not tear us out of a half-read batch.
  template <typename Hook, typename... Arguments>
  void tell(const Hook& hook, const Arguments&... arguments) {
    if (!hooks_work_ || !hook) return;
    try {
      hook(arguments...);
    } catch (...) {
      hooks_work_ = false;
      fail(Failure::from(std::current_exception(), 0));
    }
  }

  void fail(Failure failure) {
    if (!failure_) failure_ = std::move(failure);
    drain();
  }

  void drain() {
    if (draining_) return;
    draining_ = true;
    drain_start_ = Clock::now();
    for (const TaskId task : worker_.drop_pending()) dealer_.release(0, task);
    for (int rank = 1; rank < transport_.size(); ++rank) transport_.send(rank, Tag::drain, {});
  }

  void progress() {
    last_progress_ = Clock::now();
    tell(hooks_.on_progress, FarmProgress{dealer_.plan().n_finished(), dealer_.plan().size(), dealer_.n_assigned()});
  }

  /// Sends everyone home and waits for their last words; what had been finished in time is still collected.
  FarmReport close() {
    const Ending ending{dealer_.plan().done() ? FarmEnd::done : FarmEnd::stopped, failure_};
    const bool abandons = dealer_.n_assigned() > 0;
    for (int rank = 1; rank < transport_.size(); ++rank) transport_.send(rank, Tag::end, pack_ending(ending));
    FarmReport report{.end = ending.end, .abandoned = worker_.is_running()};
    if (report.abandoned) worker_.abandon();
    ranks_[0].report = last_words(worker_, ranks_[0].report.n_tasks, start_);
    ranks_[0].reported = true;
    for (Pacer pacer; !std::ranges::all_of(ranks_, &Rank::reported);) {
      if (auto message = transport_.poll()) {
        handle(*message);
        pacer.reset();
      } else {
        pacer.pause();
      }
    }
    transport_.flush();
    if (!failure_) progress();
    // A hook that failed only after the others were sent home ends this rank alone with an error. Tasks that fail after
    // they have been given up are nobody's concern.
    if (failure_ && !abandons) failure_->raise();
    for (const Rank& rank : ranks_) report.ranks.push_back(rank.report);
    return report;
  }

  Transport& transport_;
  Dealer dealer_;
  const FarmHooks& hooks_;
  const FarmOptions& options_;
  TaskWorker worker_;
  std::vector<Rank> ranks_;
  std::optional<Failure> failure_;
  bool hooks_work_ = true;
  bool draining_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point drain_start_;
  Clock::time_point last_progress_ = start_;
  Pacer pacer_;
};

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
  bool asked_ = false;
  std::optional<Ending> ending_;
  Clock::time_point start_ = Clock::now();
  Pacer pacer_;
};

}  // namespace

FarmReport run_farm(Transport& transport, Plan plan, const Work& work, const FarmHooks& hooks,
                    const FarmOptions& options) {
  if (transport.rank() == 0) return Coordinator(transport, std::move(plan), work, hooks, options).run();
  return Follower(transport, work, options).run();
}

}  // namespace gridmill::mpi
