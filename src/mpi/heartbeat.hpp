#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <thread>

#include "mpi/shared_block.hpp"

namespace gridmill::mpi {

/// Exit code of a launch that was ended because a rank was silent, told to our own launcher, which starts the ranks
/// again. Without that launcher it is 75, which asks whoever has started them for another try.
inline constexpr int kSilentRankCode = 76;

/// A rank's entry in the memory of its node.
struct Beat {
  static constexpr std::uint32_t kGone = 0xffffffff;

  std::atomic<std::uint32_t> n{0};       // grows as long as the rank lives; kGone: it has left in order
  std::atomic<std::int32_t> process{0};  // its process number
  std::atomic<std::int32_t> rank{0};     // of all ranks
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free && std::atomic<std::int32_t>::is_always_lock_free);

/// Says whether a debugger holds a process, as far as this one can see it.
bool is_traced(pid_t process);

/// Says when another rank has been silent for too long. Counts looks, not time: while this process does not run itself
/// (all were stopped, the machine slept) no looks are made.
class Silence {
 public:
  explicit Silence(int most_looks) : most_looks_(most_looks) {}

  /// Takes in what was seen; says whether the last `most_looks` looks all saw the same.
  bool look(std::uint32_t n);

 private:
  int most_looks_;
  int n_equal_ = 0;
  std::optional<std::uint32_t> last_;
};

/// Shows the other ranks of the node that this one lives, and watches one of them, whatever both are doing.
///
/// A rank that was stopped, or hangs in the system, neither ends nor answers: all others would wait for it for ever, in
/// a farm as in a collective, and what has started them sees nothing wrong. A thread of each rank therefore beats four
/// times a second in shared memory, and looks at the next rank of its node. One that has been silent for 10 s, and that
/// no debugger holds, ends the launch: this process says so and ends with kSilentRankCode or 75; the launcher then
/// ends the others, the silent one by SIGKILL. How long a task takes does not matter: its rank beats meanwhile.
/// Cost: four wake-ups a second. The first rank of each node has a Guard, too, for a node on which no rank is left to
/// watch. Where ranks cannot share memory the others are not watched.
class Heartbeat {
 public:
  static constexpr std::chrono::milliseconds kBetweenBeats{250};
  static constexpr int kMostSilentBeats = 40;

  /// Collective.
  Heartbeat();
  /// Leaves: the others no longer expect beats of this rank.
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

 private:
  void run();
  [[nodiscard]] bool is_silent(Silence& silence) const;
  [[noreturn]] void end_launch() const;

  SharedBlock block_;
  std::span<Beat> beats_;  // by rank on this node; empty: nobody to watch
  std::size_t self_ = 0;
  std::size_t watched_ = 0;
  std::mutex mutex_;
  std::condition_variable end_noted_;
  bool ended_ = false;  // with mutex_
  std::thread thread_;  // last: it uses the others
};

}  // namespace gridmill::mpi
