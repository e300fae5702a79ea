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
/// no other rank to watch it (Heartbeat).
///
/// A thread of this process beats in memory that both share. When no beat has come for so long, and no debugger holds
/// this process, the other one says so and kills it by SIGKILL; what has started it then sees the loss. The watching
/// process ends with this one, whatever becomes of it. Cost: four wake-ups a second of each.
class Guard {
 public:
  static constexpr std::chrono::milliseconds kBetweenBeats{250};
  static constexpr int kMostSilentBeats = 40;

  /// To be made before MPI is initialised, on the main thread. Where no process can be made, nobody watches.
  explicit Guard(std::chrono::milliseconds between_beats = kBetweenBeats);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  void beat();
  [[noreturn]] void watch(pid_t watched) const;

  std::chrono::milliseconds between_beats_;
  std::atomic<std::uint32_t>* beats_ = nullptr;  // in shared memory; null: nobody watches
  pid_t watcher_ = 0;
  std::mutex mutex_;
  std::condition_variable end_noted_;
  bool ended_ = false;  // with mutex_
  std::thread thread_;  // last: it uses the others
};

/// Says whether what has started this process as a rank has told that no other rank is on its node.
bool is_alone_on_node();

}  // namespace gridmill::mpi
