#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.hpp"

namespace gridmill::jobs {

/// One fact of the plan: {"candidates", 18}, {"memory per node", "13.2 MiB"}.
struct Fact {
  std::string name;
  core::Value value;
};

/// The best candidate so far, in the metric that chooses.
struct Leader {
  std::string metric;
  double score = 0;  // mean over the folds
  core::Params params;
};

/// How far a stage is. Counts what this run and, after a resume, earlier runs did.
struct Progress {
  std::size_t done = 0;
  std::size_t total = 0;
  std::size_t failed = 0;              // of `done`
  std::string_view unit = "fits";      // what is counted
  double per_second = 0;               // by this run, lately; 0: not known yet
  std::optional<double> seconds_left;  // none: not known yet
  std::optional<Leader> best;
};

/// A task that is handed to a rank, which begins it as soon as it has done those before.
struct TaskBegins {
  std::string_view unit = "fits";  // what it does
  int rank = 0;
};

/// A task that a rank has finished.
struct TaskDone {
  std::string_view unit = "fits";  // what it did
  std::size_t n = 1;               // how many of them
  std::size_t failed = 0;          // of `n`
  int rank = 0;
  std::optional<double> seconds;  // that it took; none: not told
};

/// A machine that is about to be taken away, or at risk of it: what its owner has announced.
struct HostLeaving {
  std::string host;
  bool is_certain = true;  // false: only at risk
};

/// One line of the leaderboard, best first.
struct LeaderboardRow {
  std::size_t rank = 1;  // ties share it
  std::size_t candidate = 0;
  std::vector<double> means;  // by metric
  std::vector<double> stds;   // by metric
  core::Params params;
};

/// What a rule scores that looks at no feature (always the mean, the label one day before): candidates are compared
/// with it, but it is never chosen.
struct BaselineRow {
  std::string rule;           // a few words
  std::vector<double> means;  // by metric
  std::vector<double> stds;   // by metric
  core::Value held_out;       // mapping of scores on held-out data; null: none was held out
};

struct Leaderboard {
  std::vector<std::string> metrics;
  std::string chosen_by;               // the metric that ranks
  std::vector<LeaderboardRow> rows;    // the first ones
  std::size_t n_candidates = 0;        // of which `rows` are the best
  std::optional<std::size_t> chosen;   // candidate that is fitted again; none: there is no refit
  std::vector<BaselineRow> baselines;  // hardest to beat first; empty: an earlier version's
};

/// A piece of the final report that is text already (classification report, confusion matrix).
struct TextBlock {
  std::string title;
  std::string text;  // lines, each ended by a line feed
};

/// A file or folder the job has written.
struct WrittenFile {
  std::string path;
  std::string meaning;  // a few words
};

/// Hears what a job does; the job does not know who listens (terminal, pipe, JSON reader, test).
///
/// Called on rank 0's main thread only, in this order: stage, plan, progress ..., then the report's pieces; warnings
/// and notes at any time. A call must return soon; it must not throw.
class Observer {
 public:
  virtual ~Observer() = default;

  /// A stage begins ("reading data/digits.csv.gz", "searching"); it ends where the next begins or the job does.
  virtual void stage(std::string_view what) = 0;
  /// What is going to be done, in the order in which it is to be read.
  virtual void plan(const std::vector<Fact>& facts) = 0;
  /// May be called as often as there is news; the listener chooses what to show.
  virtual void progress(const Progress& progress) = 0;
  /// Once a task, as it goes out and as it comes in.
  virtual void task_begins(const TaskBegins&) {}
  virtual void task(const TaskDone& done) = 0;
  /// One sentence each: what may be wrong with the result, and what is good to know.
  virtual void warning(std::string_view sentence) = 0;
  virtual void note(std::string_view sentence) = 0;

  virtual void leaderboard(const Leaderboard& leaderboard) = 0;
  virtual void block(const TextBlock& block) = 0;
  virtual void files(const std::vector<WrittenFile>& files) = 0;

  /// At any time, once for each machine and announcement.
  virtual void host_leaving(const HostLeaving&) {}
};

/// Hears nothing: for ranks other than 0, and for tests.
class SilentObserver final : public Observer {
 public:
  void stage(std::string_view) override {}
  void plan(const std::vector<Fact>&) override {}
  void progress(const Progress&) override {}
  void task(const TaskDone&) override {}
  void warning(std::string_view) override {}
  void note(std::string_view) override {}
  void leaderboard(const Leaderboard&) override {}
  void block(const TextBlock&) override {}
  void files(const std::vector<WrittenFile>&) override {}
};

}  // namespace gridmill::jobs
