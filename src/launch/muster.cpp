#include "launch/muster.hpp"

#include <chrono>
#include <random>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace gridmill::launch {

namespace {

// While others work again, nothing is lost by a host that answers later: it takes part from the next launch on.
constexpr ProbePatience kAgain{.after_others = std::chrono::seconds(2)};
constexpr std::chrono::seconds kUntilTakenAway{180};  // the notice comes two minutes before
// A host that is busy may take that long to let ssh in.
constexpr ProbePatience kWhenNobodyAnswers{.to_connect = std::chrono::seconds(20)};

bool is_pending(const sigset_t& signals) {
  sigset_t pending;
  sigpending(&pending);
  sigset_t both;
  sigandset(&both, &pending, &signals);
  return sigisemptyset(&both) == 0;
}

}  // namespace

Placement Muster::call(const sigset_t& until) {
  std::vector<Answer> answers = ask(std::exchange(has_asked_, true) ? kAgain : ProbePatience{}, until);
  if (!is_pending(until) && !has_workers(place_ranks(answers))) {
    answers = ask(kWhenNobodyAnswers, until);
  }
  if (is_pending(until)) return place_ranks({});
  for (const Answer& answer : answers) tell(answer);
  Placement placement = place_ranks(answers);
  placement.agent = probe_.links().agent();
  placement.first_port = kFirstPort + kPortsOfLaunch * (std::random_device()() % kLaunchesApart);
  return placement;
}

void Muster::leave_out(const std::string& host) { left_out_until_[host] = Clock::now() + kUntilTakenAway; }

std::vector<Answer> Muster::ask(const ProbePatience& patience, const sigset_t& until) {
  std::vector<core::Host> asked;
  std::vector<Answer> leaving;
  for (const core::Host& host : job_.hosts) {
    const auto left_out = left_out_until_.find(host.name);
    if (left_out != left_out_until_.end() && Clock::now() < left_out->second) {
      leaving.push_back({.host = host, .problem = "is about to be taken away"});
    } else {
      asked.push_back(host);
    }
  }
  std::vector<Answer> answers = probe_.ask(asked, patience, until);
  answers.insert(answers.end(), leaving.begin(), leaving.end());
  return answers;
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
