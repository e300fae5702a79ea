#include "mpi/task_farm.hpp"

#include <algorithm>
#include <exception>
#include <limits>
#include <thread>
#include <utility>

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "mpi/dealer.hpp"
#include "mpi/failure.hpp"
#include "mpi/farm_follower.hpp"
#include "mpi/farm_messages.hpp"
#include "mpi/pacer.hpp"

namespace gridmill::mpi {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double kUntilTakenAway_s = 60;  // of the two minutes that the notice comes before

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
    if (left_s() <= 0) is_late_ = true;
    if (stop_asked(options_) || is_late_) drain(options_.grace_s);
    if (options_.pause != nullptr && *options_.pause && dealer_.is_soon_idle())
      drain(std::numeric_limits<double>::infinity());
    if (notices_.hear(options_)) heed(0, {notices_.last(), options_.host});
    if (!draining_) active |= hand_out();
    if (seconds_since(last_progress_) >= std::chrono::duration<double>(options_.progress_interval).count()) progress();
    return active;
  }

  [[nodiscard]] bool is_over() const {
    const bool all_withheld = dealer_.n_withheld() > 0 && dealer_.plan().n_ready() == 0;
    if (dealer_.n_assigned() == 0 && (draining_ || dealer_.plan().done() || all_withheld || !dealer_.has_takers()))
      return true;
    return draining_ && !failure_ && seconds_since(start_) > drain_end_s_;
  }

  /// Seconds until the deadline.
  [[nodiscard]] double left_s() const {
    if (!options_.deadline) return std::numeric_limits<double>::infinity();
    return std::chrono::duration<double>(*options_.deadline - Clock::now()).count();
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
        for (const TaskId task : unpack_tasks(message.bytes)) take_back(source, task);
        break;
      case Tag::failure:
        dealer_.release_one(source);
        fail(Failure::from_bytes(message.bytes));
        break;
      case Tag::stop_wanted: drain(options_.grace_s); break;
      case Tag::notice: heed(source, unpack_notice(message.bytes)); break;
      case Tag::report:
        ranks_[source].report = core::value_at<RankReport>(core::text_of(message.bytes), 0);
        ranks_[source].reported = true;
        break;
      default: GRIDMILL_ASSERT(false, "workers send nothing else");
    }
  }

  /// After a stop nothing is dealt again.
  void take_back(std::size_t rank, TaskId task) {
    if (draining_) {
      dealer_.release(rank, task);
    } else {
      dealer_.take_back(rank, task);
    }
  }

  /// Takes in what is known of the machine of a rank.
  void heed(std::size_t rank, const NoticeOf& said) {
    tell(hooks_.on_notice, said.host, static_cast<int>(rank), said.notice);
    const auto node_of = [this](std::size_t each) { return options_.node_of.empty() ? 0 : options_.node_of[each]; };
    for (std::size_t other = 0; other < ranks_.size(); ++other) {
      if (node_of(other) != node_of(rank)) continue;
      dealer_.heed(other, said.notice);
      if (said.notice != HostNotice::leaving) continue;
      if (other == 0) drain(kUntilTakenAway_s);
      if (other != 0 && !draining_) transport_.send(static_cast<int>(other), Tag::drain, {});
    }
  }

  void finish(std::size_t rank, TaskId task, double seconds, std::span<const std::byte> result) {
    dealer_.finish(rank, task, seconds);
    ++ranks_[rank].report.n_tasks;
    tell(hooks_.collect, task, static_cast<int>(rank), result);
  }

  bool hand_out() {
    const std::vector<std::vector<TaskId>> batches = dealer_.deal(left_s());
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
    drain(options_.grace_s);
  }

  /// Running tasks have so long from now.
  void drain(double grace_s) {
    if (draining_ && grace_s >= drain_grace_s_) return;
    drain_grace_s_ = grace_s;
    drain_end_s_ = seconds_since(start_) + grace_s;
    if (std::exchange(draining_, true)) return;
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
    FarmReport report{.end = ending.end,
                      .no_host_left = ending.end == FarmEnd::stopped && !dealer_.has_takers(),
                      .out_of_time = ending.end == FarmEnd::stopped && (is_late_ || dealer_.n_withheld() > 0),
                      .abandoned = worker_.is_running()};
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
  bool is_late_ = false;  // the deadline has passed
  Clock::time_point start_ = Clock::now();
  double drain_grace_s_ = 0;  // the shortest that was asked for
  double drain_end_s_ = 0;    // after start_
  NoticeEar notices_;
  Clock::time_point last_progress_ = start_;
  Pacer pacer_;
};

}  // namespace

FarmReport run_farm(Transport& transport, Plan plan, const Work& work, const FarmHooks& hooks,
                    const FarmOptions& options) {
  if (transport.rank() == 0) return Coordinator(transport, std::move(plan), work, hooks, options).run();
  return follow(transport, work, options);
}

}  // namespace gridmill::mpi
