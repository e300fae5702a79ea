#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "io/files/file_descriptor.hpp"
#include "jobs/run/json_lines.hpp"
#include "jobs/run/launch_facts.hpp"
#include "jobs/run/observer.hpp"

namespace gridmill::jobs {

/// How much an EventLog writes.
struct EventBounds {
  std::size_t single_tasks = 1000;            // of a launch; later ones are counted together
  std::uintmax_t file_bytes = 16U << 20U;     // in a file of that size tasks are counted together from the start
  std::chrono::duration<double> interval{5};  // between two lines of progress or of counts; grows with the time to 60 s
};

/// An Observer that passes on what it hears and writes it to `events.jsonl` of the run directory: what happened when,
/// one JSON object a line, each with "at".
///
/// What is heard before the folder is open is kept and written then. A job that goes on appends. The log is for people
/// and programs that watch: no result depends on it, and where it cannot be written the job goes on, after one warning.
/// A launch writes some 300 KB at most in its first hour, however many tasks there are, and 2 MB a week after it.
class EventLog final : public Observer {
 public:
  /// `listener` must outlive it.
  explicit EventLog(Observer& listener, EventBounds bounds = {});

  /// Begins to write to the file, which lies in a folder that the job holds: first who works.
  void open(const std::filesystem::path& file, const LaunchFacts& facts);
  /// The launch ends: in order, or with an error.
  void ends(core::ExitCode code);
  void ends(const std::exception_ptr& error);

  void stage(std::string_view what) override;
  void plan(const std::vector<Fact>& facts) override;
  void progress(const Progress& progress) override;
  void task_begins(const TaskBegins& begins) override;
  void host_leaving(const HostLeaving& leaving) override;
  void task(const TaskDone& done) override;
  void warning(std::string_view sentence) override;
  void note(std::string_view sentence) override;
  void leaderboard(const Leaderboard& leaderboard) override;
  void block(const TextBlock& block) override;
  void files(const std::vector<WrittenFile>& files) override;

 private:
  using Clock = std::chrono::steady_clock;

  /// Tasks since the last line that told of them.
  struct Counts {
    std::size_t begun = 0;
    std::size_t ended = 0;
    std::size_t done = 0;  // in their unit
    std::size_t failed = 0;
    double seconds = 0;
    std::string_view unit;
  };

  [[nodiscard]] bool one_by_one();
  [[nodiscard]] bool is_due(Clock::time_point last) const;
  void tell_counts();
  void tell_progress();
  /// Tells what was held back.
  void catch_up();
  void write(core::ValueMapping event);
  void flush();

  Observer& listener_;
  EventBounds bounds_;
  std::ostringstream lines_;  // on their way to the file
  std::unique_ptr<Observer> log_;
  std::optional<io::FileDescriptor> file_;
  Clock::time_point start_ = Clock::now();
  std::size_t n_single_ = 0;
  bool thinned_ = false;
  Counts counts_;
  Clock::time_point counted_ = start_;
  std::optional<Progress> progress_;  // heard, not yet written
  std::optional<Clock::time_point> told_progress_;
};

}  // namespace gridmill::jobs
