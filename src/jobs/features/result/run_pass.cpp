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
#include "mpi/failure.hpp"

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

  void tell() {
    const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    Progress progress{
        .done = static_cast<std::size_t>(done_), .total = static_cast<std::size_t>(total_), .unit = unit_};
    if (elapsed_s > 0 && done_ > 0) {
      progress.per_second = done_ / elapsed_s;
      progress.seconds_left = (total_ - done_) / progress.per_second;
    }
    observer_.progress(progress);
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
  Suspects(const PassBlame& blame, const PassTasks& tasks) : blame_(blame), tasks_(tasks) {}

  [[nodiscard]] TaskKey key_of(mpi::TaskId task) const {
    return io::checksum(fmt::format("{:016x} {}", blame_.fingerprint, tasks_.name(task)));
  }

  /// Returns the plan: suspects come last, one by one, and those that are given up count as finished.
  mpi::Plan plan() {
    std::vector<mpi::Task> all;
    for (const double cost : tasks_.cost) all.push_back({.cost = cost});
    std::vector<mpi::TaskId> before;
    std::vector<mpi::TaskId> suspects;
    for (mpi::TaskId task = 0; blame_.journal != nullptr && task < all.size(); ++task) {
      const std::size_t n_deaths = blame_.journal->deaths(key_of(task)).n;
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
    if (blame_.journal != nullptr) blame_.journal->started(key_of(task), rank);
  }
  void ended(mpi::TaskId task, int rank) {
    if (blame_.journal != nullptr) blame_.journal->ended(key_of(task), rank);
  }
  void check() {
    if (blame_.journal != nullptr) blame_.journal->check();
  }

  /// Errors: RunError if any was given up.
  void tell() {
    constexpr std::size_t kMostNamed = 3;
    if (given_up_.empty()) return;
    std::string words;
    for (std::size_t i = 0; i < given_up_.size(); ++i) {
      const TaskKey key = key_of(given_up_[i]);
      if (i < kMostNamed) {
        words += fmt::format("{}{} {}", i == 0 ? "" : "; ", tasks_.name(given_up_[i]),
                             death_text(blame_.journal->deaths(key)));
      }
      blame_.journal->forgive(key);
    }
    if (given_up_.size() > kMostNamed) words += fmt::format("; and {} more", given_up_.size() - kMostNamed);
    blame_.journal->sync();
    throw core::RunError(words, "all else is kept; repeat the command to try this again");
  }

 private:
  const PassBlame& blame_;
  const PassTasks& tasks_;
  std::vector<mpi::TaskId> given_up_;
};

}  // namespace

std::optional<std::vector<mpi::Bytes>> run_pass(const PassContext& context, const PassTasks& tasks,
                                                const mpi::Work& work) {
  const bool is_root = context.session.place().rank == 0;
  std::vector<mpi::Bytes> results(tasks.cost.size());
  PassProgress progress(context.observer, tasks);
  Suspects suspects(context.blame, tasks);
  const CrashRecord crash(context.blame.file);
  const auto watched = [&](mpi::TaskId task) {
    CrashRecord::set(
        [&, key = suspects.key_of(task)](int signal) { return TaskJournal::death(context.blame.epoch, key, signal); });
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
  const mpi::FarmReport report =
      run_stoppable_farm(context.session, suspects.plan(), watched, hooks, context.stop, context.last_words);
  if (context.reports != nullptr)
    context.reports->insert(context.reports->end(), report.ranks.begin(), report.ranks.end());
  if (report.end == mpi::FarmEnd::stopped) return std::nullopt;
  mpi::run_together(context.session.transport(), [&] {
    if (is_root) suspects.tell();
  });
  return results;
}

}  // namespace gridmill::jobs
