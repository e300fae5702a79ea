#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>

namespace gridmill::mpi {

/// Names the variable by which our own launcher tells its ranks its process number and its machine: "4711 node1".
inline constexpr const char* kLauncherVariable = "GRIDMILL_LAUNCHER";

/// Names the variable by which it tells them the signal that a rank of the launch before has died of, by some task's
/// fault that nothing else tells: "9" for want of memory, "11"; "0": there is no such fault.
inline constexpr const char* kBlamedSignalVariable = "GRIDMILL_BLAMED_SIGNAL";

/// Names the variable by which it tells rank 0 that it is to hand out work only ("1").
inline constexpr const char* kCoordinatorVariable = "GRIDMILL_COORDINATES";

/// Says whether our own launcher has started this process as a rank, on whatever machine.
bool has_own_launcher();

/// Returns our own launcher; 0: there is none, or it runs on another machine.
pid_t own_launcher();

/// Returns what our own launcher has said so; 0: nothing.
int blamed_signal();

/// Returns the process without which this one ends soon: our own launcher, or else what started this process as a rank;
/// 0: none.
pid_t keeper_process();

/// Says whether a process was started by another one, or by one that it has started, and so on.
bool descends_from(pid_t process, pid_t ancestor);

/// What Open MPI keeps of a job outside of its processes, and does not remove if its mpirun is killed.
struct JobTraces {
  std::filesystem::path folder;  // .../ompi.HOST.UID/pid.MPIRUN; empty: not known
  std::uint32_t family = 0;      // half of the job's number, which stands in names of files in /dev/shm; 0: not known

  /// Returns those of the job that this process is a rank of, as its environment tells.
  static JobTraces of_this_rank();
  /// Returns those of the job of an mpirun on this host.
  static JobTraces of_mpirun(pid_t mpirun);

  /// Removes them; for a job of which nothing is to go on. Never fails: what cannot be removed stays.
  void remove() const;
};

/// Sees whether the process that started this one as a rank (mpirun, or a daemon of it) still lives.
///
/// Open MPI's ranks notice the loss of their daemon after one or two seconds; until then they hold files and locks.
class LauncherWatch {
 public:
  /// Looks at who started this process; there is nothing to watch where that is no MPI launcher.
  LauncherWatch();

  [[nodiscard]] bool has_died() const;
  [[nodiscard]] const JobTraces& traces() const { return traces_; }

 private:
  pid_t launcher_ = 0;  // 0: none
  bool too_late_ = false;
  JobTraces traces_;
};

}  // namespace gridmill::mpi
