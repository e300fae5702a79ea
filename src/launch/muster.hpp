#pragma once

#include <chrono>
#include <csignal>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "launch/mpirun_line.hpp"
#include "launch/rank_job.hpp"

namespace gridmill::launch {

/// Finds out before each launch which hosts can work.
class Muster {
 public:
  /// `errors` is told in a sentence of each host that cannot, and of one that can again; what has not changed since the
  /// last launch is not said again.
  Muster(const HostsJob& job, std::ostream& errors)
      : job_(job), errors_(errors), probe_(job.needs), hosts_(job.hosts) {}

  /// Asks them, and sends what they lack if the job wants that. After a launch was lost one that is silent is not
  /// waited for longer than for the others; after one that `was_paused` there is no such haste. Returns a placement
  /// with this machine alone if none can work, and whenever a signal of `until`, which must be blocked, has come
  /// meanwhile.
  Placement call(bool was_paused, const sigset_t& until);
  /// A launch was lost in which machines worked for the first time: it may be they that cannot.
  void leave_out_new(const Placement& before, const Placement& now);
  /// A host is about to be taken away: it is not asked for some minutes. What answers by its name later is another.
  void leave_out(const std::string& host);
  /// Returns those that are not asked now.
  [[nodiscard]] std::set<std::string> left_out() const;

 private:
  void tell(const Answer& answer);
  bool send_what_is_lacking(const std::vector<Answer>& answers, const sigset_t& until);
  void read_list();

  using Clock = std::chrono::steady_clock;

  std::vector<Answer> ask(const ProbePatience& patience, const sigset_t& until);

  const HostsJob& job_;
  std::ostream& errors_;
  HostProbe probe_;
  std::vector<core::Host> hosts_;
  bool has_asked_ = false;
  std::map<std::string, std::string> problems_;  // by host: what was said last

  struct LeftOut {
    Clock::time_point until;
    std::string why;  // a sentence without its name
  };
  std::map<std::string, LeftOut> left_out_;  // by host
};

/// Says whether some host is to work.
bool has_workers(const Placement& placement);

}  // namespace gridmill::launch
