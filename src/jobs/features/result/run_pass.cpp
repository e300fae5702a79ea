#include "jobs/features/result/run_pass.hpp"

#include <chrono>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/checksum.hpp"
#include "jobs/run/crash_record.hpp"
#include "jobs/run/remove_unneeded.hpp"
#include "mpi/failure.hpp"
#include "mpi/launcher_watch.hpp"

namespace gridmill::jobs {

namespace {

/// Counts what is done in the unit people think in.
class PassProgress {
 public:
  PassProgress(Observer& observer, const PassTasks& tasks)
      : observer_(observer),
        cost_(tasks.cost),
        unit_(tasks.unit),
        total_(std::accumulate(tasks.cost.begin(), tasks.cost.end(), 0.0)) {}

  void add(std::size_t task) { done_ += cost_[task]; }

  void tell() { observer_.progress(now()); }

  [[nodiscard]] Progress now() const {
    const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    Progress progress{
        .done = static_cast<std::size_t>(done_), .total = static_cast<std::size_t>(total_), .unit = unit_};
    if (elapsed_s > 0 && done_ > 0) {
      progress.per_second = done_ / elapsed_s;
      progress.seconds_left = (total_ - done_) / progress.per_second;
    }
    return progress;
  }

 private:
  Observer& observer_;
  const std::vector<double>& cost_;
  std::string_view unit_;
  double total_;
  double done_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Rank 0's side: which tasks crash, and what becomes of them.
class Suspects {
 public:
  Suspects(const PassBlame& blame, const PassTasks& tasks) : blame_(blame), journal_(blame.journal()), tasks_(tasks) {}

  [[nodiscard]] TaskKey key_of(mpi::TaskId task) const { return blame_.key_of(tasks_.name(task)); }

  /// Returns the plan: suspects come last, one by one, and those that are given up count as finished.
  mpi::Plan plan() {
    std::vector<mpi::Task> all;
    for (const double cost : tasks_.cost) all.push_back({.cost = cost});
    std::vector<mpi::TaskId> before;
    std::vector<mpi::TaskId> suspects;
    for (mpi::TaskId task = 0; journal_ != nullptr && task < all.size(); ++task) {
      const std::size_t n_deaths = journal_->deaths(key_of(task)).n;
      if (n_deaths >= kMostDeaths)
        given_up_.push_back(task);
      else
        (n_deaths > 0 ? suspects : before).push_back(task);
    }
    for (const mpi::TaskId suspect : suspects) {
      all[suspect].after = std::exchange(before, {suspect});
    }
    mpi::Plan plan(std::move(all));
    for (const mpi::TaskId task : given_up_) plan.finish(task);
    return plan;
  }

  void started(mpi::TaskId task, int rank) {
    if (journal_ != nullptr) journal_->started(key_of(task), rank);
  }
  void ended(mpi::TaskId task, int rank) {
    if (journal_ != nullptr) journal_->ended(key_of(task), rank);
  }
  void check() {
    if (journal_ != nullptr) journal_->check();
  }

  /// Errors: RunError if any was given up.
  void tell() {
    constexpr std::size_t kMostNamed = 3;
    if (given_up_.empty()) return;
    std::string words;
    for (std::size_t i = 0; i < given_up_.size(); ++i) {
      const TaskKey key = key_of(given_up_[i]);
      if (i < kMostNamed) {
        words +=
            fmt::format("{}{} {}", i == 0 ? "" : "; ", tasks_.name(given_up_[i]), death_text(journal_->deaths(key)));
      }
      journal_->forgive(key);
    }
    if (given_up_.size() > kMostNamed) words += fmt::format("; and {} more", given_up_.size() - kMostNamed);
    journal_->sync();
    throw core::RunError(words, "all else is kept; repeat the command to try this again");
  }

 private:
  const PassBlame& blame_;
  TaskJournal* journal_;  // null: nothing is kept
  const PassTasks& tasks_;
  std::vector<mpi::TaskId> given_up_;
};

}  // namespace

void PassBlame::open(std::function<void()> allowed) {
  // Tasks say themselves what they depend on: a journal has no other origin.
  journal_ = std::make_unique<TaskJournal>(file_, io::JournalOrigin{});
  journal_->begin(epoch_, std::move(allowed), mpi::blamed_signal());
}

void PassBlame::close() noexcept {
  if (journal_) journal_->close_quietly();
  journal_.reset();
}

void PassBlame::remove(Observer& observer) {
  close();
  remove_unneeded({&file_, 1}, observer);
}

TaskKey PassBlame::key_of(std::string_view task) const {
  return io::checksum(fmt::format("{:016x} {}", fingerprint_, task));
}

std::optional<std::vector<mpi::Bytes>> run_pass(const PassContext& context, const PassTasks& tasks,
                                                const mpi::Work& work) {
  const bool is_root = context.session.place().rank == 0;
  std::vector<mpi::Bytes> results(tasks.cost.size());
  PassProgress progress(context.observer, tasks);
  const PassBlame nothing;
  const PassBlame& blame = context.blame == nullptr ? nothing : *context.blame;
  Suspects suspects(blame, tasks);
  const CrashRecord crash(blame.file());
  const auto watched = [&](mpi::TaskId task) {
    const TaskKey key = suspects.key_of(task);
    CrashRecord::set([&](int signal) { return blame.death(key, signal); });
    mpi::Bytes result = work(task);
    CrashRecord::clear();
    return result;
  };
  const mpi::FarmHooks hooks{
      .collect =
          [&](mpi::TaskId task, int rank, std::span<const std::byte> bytes) {
            results[task].assign(bytes.begin(), bytes.end());
            context.observer.task({.unit = tasks.unit, .rank = rank});
            suspects.ended(task, rank);
            progress.add(task);
          },
      .on_assigned =
          [&](mpi::TaskId task, int rank) {
            context.observer.task_begins({.unit = tasks.unit, .rank = rank});
            suspects.started(task, rank);
          },
      .on_progress =
          [&](const mpi::FarmProgress&) {
            suspects.check();
            progress.tell();
          },
  };
  const mpi::FarmReport report = run_stoppable_farm(
      context.session, suspects.plan(), watched, hooks, context.stop, context.observer, [&] { return progress.now(); },
      context.last_words);
  if (context.reports != nullptr)
    context.reports->insert(context.reports->end(), report.ranks.begin(), report.ranks.end());
  if (report.end == mpi::FarmEnd::stopped) return std::nullopt;
  mpi::run_together(context.session.transport(), [&] {
    if (is_root) suspects.tell();
  });
  return results;
}

}  // namespace gridmill::jobs
