#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

#include "core/error.hpp"

namespace gridmill::launch {

/// Says whether this process was started deaf to a signal, as nohup does to SIGHUP.
bool is_ignored(int signal);

/// Hears the signals that ask a command to stop, and sees to it that it does.
///
/// While it lives, SIGUSR1, SIGTERM, SIGINT and SIGHUP (unless that is ignored, as nohup has it) ask for an orderly
/// end: `wanted` becomes true. What has not ended 0.8 s later is ended from here, wherever it is: nothing that we do is
/// spoilt by an end at any moment, and no step of a command needs to look for the wish. A second SIGTERM or SIGINT ends
/// it at once. When it is gone they have no effect: the program is about to end by itself. A rank whose launcher
/// (mpirun) has died ends too: nobody would collect its results. One at a time.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// Becomes true when a signal has come.
  [[nodiscard]] const std::atomic<bool>& wanted() const;
  /// Becomes true when SIGUSR2 has come: our own launcher's wish that the work stops once the tasks at work have ended,
  /// to go on with more ranks.
  [[nodiscard]] const std::atomic<bool>& pause_wanted() const;
  /// Returns the exit code of what was stopped: interrupted after SIGINT, else stopped.
  [[nodiscard]] core::ExitCode code() const;

  /// The command listens to `wanted` and ends in order as a rule; without this it is ended at once.
  void expect_orderly_end();
  /// From then on it is as if a signal had come. Unless it `ends` the process, only the wish is there: one of several
  /// that work together is not to end before the one that has something to say.
  void stop_at(std::chrono::system_clock::time_point time, bool ends);
  /// Says whether that time has come.
  [[nodiscard]] bool is_late() const;
  /// Has `tidy` called, on another thread, when the command is ended from here: to remove what is unfinished.
  void before_ending(std::function<void()> tidy);

 private:
  struct Watch;
  std::unique_ptr<Watch> watch_;
};

}  // namespace gridmill::launch
