// How well a farm of many ranks is used, which nobody here has: a simulation.
//
//   farm_simulation CONFIG [n_ranks [ranks_per_node]]
//
// Runs the bundles of a search on this rank, one after the other, and takes their times; again right after each that
// begins a key, as the difference is what it costs to prepare what the key shares (a kernel matrix). Then lets as many
// ranks do the same grid, refined 1, 4, 16, ... times (so many copies of each bundle, with keys of their own). Who gets
// what is decided by the real Plan and Dealer, which also take their real time; ranks and messages are simulated.
// A node prepares a key for its first task of it, one task after the other, and keeps the last eight; what a rank holds
// for itself, the rank. Efficiency: the time of all bundles, each key prepared once, divided by ranks and wall time.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "config/run_file.hpp"
#include "jobs/search/search_data.hpp"
#include "jobs/search/search_plan.hpp"
#include "mpi/dealer.hpp"
#include "mpi/session.hpp"
#include "search/evaluate.hpp"

namespace {

using namespace gridmill;

// Assumed: rank 0's own time for a message and for a result, beside what Dealer takes. [s]
constexpr double kMessage_s = 2e-6;
constexpr double kResult_s = 10e-6;  // reading the record, the journal, the table of what is known
constexpr double kTravel_s = 50e-6;  // of a message between nodes
constexpr std::size_t kKeptKeys = 8;
constexpr double kLook_s = 0.002;  // after which a waiting rank looks for messages again, at most: Pacer

/// Processor time of this thread [s]: others may use the machine, too.
double cpu_s() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

struct Job {
  mpi::Task task;
  double seconds = 0;  // of its own
};

struct Measured {
  std::vector<Job> jobs;
  std::map<std::uint64_t, double> prepare_s;  // by key
};

Measured measure(const std::string& file) {
  mpi::Session session;
  const config::SearchJob job = config::RunFile(file).search_job();
  const jobs::SearchData data = jobs::load_search_data(job, session);
  const jobs::PlannedSearch planned = jobs::plan_search(job, data.train);
  search::Evaluator evaluator(planned.plan, data.train,
                              {.memory_bytes = std::size_t{4} << 30U, .memory = &session.memory()});
  Measured measured;
  const auto time = [&](const search::Bundle& bundle) {
    const double start = cpu_s();
    (void)evaluator.evaluate(bundle);
    return cpu_s() - start;
  };
  for (const search::Bundle& bundle : planned.bundles) {
    double seconds = time(bundle);
    if (!measured.prepare_s.contains(bundle.shares)) {
      const double again = std::min(time(bundle), seconds);
      measured.prepare_s[bundle.shares] = seconds - again;
      seconds = again;
    }
    measured.jobs.push_back(
        {{.cost = bundle.cost, .affinity = bundle.shares, .held_by_rank = bundle.shares_rows}, seconds});
  }
  return measured;
}

/// The same grid, refined: copies with keys of their own.
Measured refined(const Measured& measured, std::size_t n_copies) {
  Measured all;
  for (std::size_t copy = 0; copy < n_copies; ++copy) {
    for (const auto& [key, seconds] : measured.prepare_s) all.prepare_s[key * n_copies + copy] = seconds;
    for (Job job : measured.jobs) {
      job.task.affinity = job.task.affinity * n_copies + copy;
      all.jobs.push_back(job);
    }
  }
  return all;
}

/// Something that happens: a rank has done what it was at, or a message reaches a rank. Rank 0 gets results.
struct Event {
  double at = 0;
  enum class Kind { done, results, assigned } kind = Kind::done;
  std::size_t rank = 0;
  std::vector<mpi::TaskId> tasks;

  bool operator>(const Event& other) const { return at > other.at; }
};

struct Outcome {
  double wall_s = 0;
  double root_s = 0;      // rank 0's main thread at work
  double prepared_s = 0;  // all ranks, preparing keys
};

class Simulation {
 public:
  Simulation(const Measured& grid, std::size_t n_ranks, std::size_t per_node) : grid_(grid), ranks_(n_ranks) {
    std::vector<mpi::Task> tasks;
    for (const Job& job : grid.jobs) tasks.push_back(job.task);
    std::vector<std::size_t> node_of;
    for (std::size_t rank = 0; rank < n_ranks; ++rank) node_of.push_back(rank / per_node);
    node_of_ = node_of;
    keys_of_node_.resize(node_of.back() + 1);
    dealer_.emplace(mpi::Plan(std::move(tasks)), n_ranks, std::move(node_of));
  }

  Outcome run() {
    deal(0);
    while (!events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      switch (event.kind) {
        case Event::Kind::done: end_task(event); break;
        case Event::Kind::results: collect(event); break;
        case Event::Kind::assigned: begin_tasks(event); break;
      }
    }
    return outcome_;
  }

 private:
  struct Rank {
    std::deque<mpi::TaskId> pending;
    std::deque<std::uint64_t> keys;  // that it keeps, the latest first
    bool is_working = false;
  };

  double duration(std::size_t rank, mpi::TaskId task) {
    const Job& job = grid_.jobs[task];
    std::deque<std::uint64_t>& kept = job.task.held_by_rank ? ranks_[rank].keys : keys_of_node_[node_of_[rank]];
    if (std::ranges::find(kept, job.task.affinity) != kept.end()) return job.seconds;
    kept.push_front(job.task.affinity);
    if (kept.size() > kKeptKeys) kept.pop_back();
    const double prepare = grid_.prepare_s.at(job.task.affinity);
    outcome_.prepared_s += prepare;
    return prepare + job.seconds;
  }

  void work(std::size_t rank, double now) {
    Rank& self = ranks_[rank];
    if (self.is_working || self.pending.empty()) return;
    const mpi::TaskId task = self.pending.front();
    self.pending.pop_front();
    self.is_working = true;
    events_.push({now + duration(rank, task), Event::Kind::done, rank, {task}});
  }

  void begin_tasks(const Event& event) {
    std::ranges::copy(event.tasks, std::back_inserter(ranks_[event.rank].pending));
    work(event.rank, event.at);
  }

  void end_task(const Event& event) {
    ranks_[event.rank].is_working = false;
    work(event.rank, event.at);
    events_.push({event.at + (event.rank == 0 ? 0 : kTravel_s), Event::Kind::results, event.rank, event.tasks});
  }

  /// Rank 0 takes all results that have come when it looks, and deals. While it is busy they queue.
  void collect(const Event& first) {
    double now = std::max(first.at, root_free_at_);
    const double begin = now;
    take(first, now);
    while (!events_.empty() && events_.top().kind == Event::Kind::results && events_.top().at <= now) {
      const Event next = events_.top();
      events_.pop();
      take(next, now);
    }
    deal(now);
    outcome_.root_s += root_free_at_ - begin;
  }

  void take(const Event& event, double& now) {
    const double start = cpu_s();
    for (const mpi::TaskId task : event.tasks) dealer_->finish(event.rank, task, grid_.jobs[task].seconds);
    now += cpu_s() - start + kMessage_s + kResult_s * static_cast<double>(event.tasks.size());
    outcome_.wall_s = std::max(outcome_.wall_s, now);
  }

  void deal(double now) {
    const double start = cpu_s();
    std::vector<std::vector<mpi::TaskId>> batches = dealer_->deal();
    now += cpu_s() - start;
    for (std::size_t rank = 0; rank < batches.size(); ++rank) {
      if (batches[rank].empty()) continue;
      now += kMessage_s;
      // Who works looks for messages between two naps; so does who waits.
      events_.push(
          {now + (rank == 0 ? 0 : kTravel_s + kLook_s), Event::Kind::assigned, rank, std::move(batches[rank])});
    }
    root_free_at_ = now;
  }

  const Measured& grid_;
  std::vector<Rank> ranks_;
  std::vector<std::size_t> node_of_;
  std::vector<std::deque<std::uint64_t>> keys_of_node_;
  std::optional<mpi::Dealer> dealer_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  double root_free_at_ = 0;
  Outcome outcome_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return EXIT_FAILURE;
  const std::size_t n_ranks = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1024;
  const std::size_t per_node = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 32;
  const Measured measured = measure(argv[1]);
  double longest = 0;
  double total = 0;
  for (const Job& job : measured.jobs) longest = std::max(longest, job.seconds), total += job.seconds;
  double prepare = 0;
  for (const auto& [key, seconds] : measured.prepare_s) prepare += seconds;
  fmt::print(
      "{} bundles of {} keys on one rank: {:.3f} s, and {:.3f} s for keys; a bundle {:.2f} ms, at most {:.1f} ms\n",
      measured.jobs.size(), measured.prepare_s.size(), total, prepare,
      1e3 * total / static_cast<double>(measured.jobs.size()), 1e3 * longest);
  fmt::print("{} ranks, {} on a node\n{:>8}{:>10}{:>14}{:>12}{:>12}{:>16}{:>14}\n", n_ranks, per_node, "refined",
             "bundles", "a rank", "wall [s]", "efficiency", "rank 0 at work", "more for keys");
  for (std::size_t n_copies = 1; n_copies * measured.jobs.size() <= 50000; n_copies *= 4) {
    const Measured grid = refined(measured, n_copies);
    const Outcome outcome = Simulation(grid, n_ranks, per_node).run();
    const double work = static_cast<double>(n_copies) * (total + prepare);
    fmt::print("{:>8}{:>10}{:>14.1f}{:>12.3f}{:>11.1f}%{:>15.1f}%{:>13.1f}%\n", n_copies, grid.jobs.size(),
               static_cast<double>(grid.jobs.size()) / static_cast<double>(n_ranks), outcome.wall_s,
               100 * work / (static_cast<double>(n_ranks) * outcome.wall_s), 100 * outcome.root_s / outcome.wall_s,
               100 * (outcome.prepared_s - static_cast<double>(n_copies) * prepare) / work);
    std::fflush(stdout);
  }
  return 0;
}
