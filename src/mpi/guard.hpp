#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace gridmill::mpi {

/// Has this process watched from outside, by a small one that it makes for that: a rank that is alone on its node has
/// no other rank to watch it (Heartbeat), nor has any where all ranks of a node hang.
///
/// A thread of this process beats in memory that both share. When no beat has come for so long, and no debugger holds
/// this process, the other one says so and kills it by SIGKILL; what has started it then sees the loss. The watching
/// process ends with this one, whatever becomes of it. Cost: four wake-ups a second of each.
class Guard {
 public:
  static constexpr std::chrono::milliseconds kBetweenBeats{250};
  static constexpr int kMostSilentBeats = 40;
  /// Where other ranks watch, too, they are to be first: they say better what has happened.
  static constexpr int kAfterOthers = 60;

  /// To be made before MPI is initialised, on the main thread. Where no process can be made, nobody watches.
  explicit Guard(int most_silent_beats = kMostSilentBeats, std::chrono::milliseconds between_beats = kBetweenBeats);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  void beat();
  [[noreturn]] void watch(pid_t watched) const;

  int most_silent_beats_;
  std::chrono::milliseconds between_beats_;
  std::atomic<std::uint32_t>* beats_ = nullptr;  // in shared memory; null: nobody watches
  pid_t watcher_ = 0;
  std::mutex mutex_;
  std::condition_variable end_noted_;
  bool ended_ = false;  // with mutex_
  std::thread thread_;  // last: it uses the others
};

/// What Open MPI or Slurm has told this process of its node: nothing where something else has started it.
struct OnNode {
  bool is_first = false;  // of the ranks there
  bool is_alone = false;
};
OnNode on_node();

}  // namespace gridmill::mpi
