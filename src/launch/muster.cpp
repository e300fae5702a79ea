#include "launch/muster.hpp"

#include <chrono>
#include <exception>
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
  if (has_asked_) read_list();
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

std::set<std::string> Muster::left_out() const {
  std::set<std::string> names;
  for (const auto& [name, until] : left_out_until_) {
    if (Clock::now() < until) names.insert(name);
  }
  return names;
}

void Muster::read_list() {
  if (!job_.list) return;
  try {
    hosts_ = job_.list();
  } catch (const std::exception& error) {
    errors_ << "warning: " << error.what() << "\nwarning: the hosts that were listed before are used" << std::endl;
  }
}

std::vector<Answer> Muster::ask(const ProbePatience& patience, const sigset_t& until) {
  const std::set<std::string> leaving_now = left_out();
  std::vector<core::Host> asked;
  std::vector<Answer> leaving;
  for (const core::Host& host : hosts_) {
    if (leaving_now.contains(host.name)) {
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
