#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace gridmill::launch {

/// How much of a job is on the disk.
struct Evidence {
  std::uint64_t n_finished = 0;  // results and files, in any measure that changes when one more is there
  std::uint64_t n_deaths = 0;    // that ranks have written down themselves
  std::uint64_t n_blamed = 0;    // tasks that were blamed for a death of which nobody knows at which it was

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

/// What was seen of a launch that did not end in order.
struct Loss {
  int code = 0;            // mpirun's exit code: 128 + s where a signal s has killed a rank, or mpirun; or one of ours
  bool of_mpirun = false;  // mpirun itself was killed
  bool on_hosts = false;   // ranks worked on several machines: a code above 128 that is no signal tells of a lost one
  bool no_host = false;    // there was no launch: no host could work
  bool out_of_memory = false;  // meanwhile the system has killed a process because there was no memory left
  int not_there_s = 0;         // it was ended because its ranks were not there so long after its start; 0: they were
  Evidence evidence;           // after it
};

/// Decides what follows the loss of a rank. Starts nothing and looks at nothing: what it says depends on what it was
/// told alone.
///
/// A launch that has brought something more to the disk, a result or the blame for a death, is followed by another
/// one. The third in a row that has brought nothing is the last, and so is the tenth in a row that has brought nothing
/// but deaths.
class Supervision {
 public:
  static constexpr int kMostIdle = 3;
  static constexpr int kMostDeadly = 10;

  /// `before`: what was on the disk before the first launch.
  explicit Supervision(const Evidence& before) : last_(before) {}

  struct Verdict {
    bool again = false;
    std::string words;      // one sentence: what was lost, and what follows
    int blamed_signal = 0;  // for which the next launch is to blame what was at work; 0: nothing is
  };

  Verdict judge(const Loss& loss);

 private:
  Evidence last_;
  int n_idle_ = 0;    // launches in a row that have brought nothing
  int n_barren_ = 0;  // that have finished nothing
};

/// Returns what has happened, in a few words: "a rank was killed by signal 9 (Killed)".
std::string loss_text(const Loss& loss);

}  // namespace gridmill::launch
