#include "launch/muster.hpp"

#include <vector>

#include <fmt/format.h>

namespace gridmill::launch {

Placement Muster::call(const sigset_t& until) {
  const std::vector<Answer> answers = ask_hosts(job_.hosts, job_.needs, until);
  sigset_t pending;
  sigpending(&pending);
  sigset_t stop;
  sigandset(&stop, &pending, &until);
  if (sigisemptyset(&stop) == 0) return place_ranks({});
  for (const Answer& answer : answers) tell(answer);
  return place_ranks(answers);
}

void Muster::tell(const Answer& answer) {
  std::string& last = problems_[answer.host.name];
  if (answer.problem == last) return;
  if (answer.problem.empty()) {
    errors_ << "note: " << answer.host.name << " can work again" << std::endl;
  } else {
    errors_ << "warning: " << answer.host.name << " " << answer.problem << "; the others work without it" << std::endl;
  }
  last = answer.problem;
}

bool has_workers(const Placement& placement) { return placement.computes_here || placement.machines.size() > 1; }

}  // namespace gridmill::launch
