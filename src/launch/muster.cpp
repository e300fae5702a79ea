#include "launch/muster.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <random>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/counted.hpp"
#include "core/memory_size.hpp"

namespace gridmill::launch {

namespace {

// While others work again, nothing is lost by a host that answers later: it takes part from the next launch on.
constexpr ProbePatience kAgain{.after_others = std::chrono::seconds(2)};
constexpr std::chrono::hours kLeftOutWithoutFiles{1};  // sending costs time, and will hardly succeed now
constexpr std::chrono::seconds kLeftOut{180};          // a host is taken away two minutes after the notice
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

Placement Muster::call(bool was_paused, const sigset_t& until) {
  const bool is_first = !std::exchange(has_asked_, true);
  if (!is_first) read_list();
  std::vector<Answer> answers = ask(is_first || was_paused ? ProbePatience{} : kAgain, until);
  if (!is_pending(until) && !has_workers(place_ranks(answers))) {
    answers = ask(kWhenNobodyAnswers, until);
  }
  // After a loss the others go on at once; it is sent to when a pause is made for it.
  const bool may_take_time = is_first || was_paused || !has_workers(place_ranks(answers));
  if (may_take_time && send_what_is_lacking(answers, until)) {
    answers = ask({}, until);
    for (Answer& answer : answers) {
      if (!answer.lack.is_any()) continue;
      answer.lack = {};
      left_out_[answer.host.name] = {Clock::now() + kLeftOutWithoutFiles,
                                     answer.problem + ", though it was sent there"};
    }
  }
  if (is_pending(until)) return place_ranks({});
  for (const Answer& answer : answers) tell(answer);
  Placement placement = place_ranks(answers);
  placement.agent = probe_.links().agent();
  placement.first_port = kFirstPort + kPortsOfLaunch * (std::random_device()() % kLaunchesApart);
  return placement;
}

void Muster::leave_out(const std::string& host) {
  left_out_[host] = {Clock::now() + kLeftOut, "is about to be taken away"};
}

void Muster::leave_out_new(const Placement& before, const Placement& now) {
  for (const RanksOn& machine : now.machines) {
    if (std::ranges::find(before.machines, machine.host, &RanksOn::host) != before.machines.end()) continue;
    left_out_[machine.host] = {Clock::now() + kLeftOut, "took part for the first time when ranks were lost"};
  }
}

std::set<std::string> Muster::left_out() const {
  std::set<std::string> names;
  for (const auto& [name, out] : left_out_) {
    if (Clock::now() < out.until) names.insert(name);
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
      leaving.push_back({.host = host, .problem = left_out_.at(host.name).why});
    } else {
      asked.push_back(host);
    }
  }
  std::vector<Answer> answers = probe_.ask(asked, patience, until);
  answers.insert(answers.end(), leaving.begin(), leaving.end());
  return answers;
}

/// Says whether something was sent.
bool Muster::send_what_is_lacking(const std::vector<Answer>& answers, const sigset_t& until) {
  std::vector<Parcel> parcels;
  for (const Answer& answer : answers) {
    if (!job_.sends_files || !answer.lack.is_any() || is_pending(until)) continue;
    parcels.push_back({.host = answer.host.name, .folder = job_.needs.folder, .lack = answer.lack});
    double bytes = 0;
    std::error_code ignored;
    for (const auto& file : answer.lack.files) bytes += static_cast<double>(std::filesystem::file_size(file, ignored));
    errors_ << fmt::format("note: {} gets what it lacks: {}, {}", answer.host.name,
                           core::counted(answer.lack.files.size(), "file"), core::size_text(bytes))
            << std::endl;
  }
  if (parcels.empty()) return false;
  const std::vector<std::string> problems = send_files(parcels, probe_.links(), until);
  for (std::size_t i = 0; i < parcels.size() && !is_pending(until); ++i) {
    if (problems[i].empty()) continue;
    left_out_[parcels[i].host] = {Clock::now() + kLeftOutWithoutFiles,
                                  fmt::format("could not be sent what it lacks ({})", problems[i])};
  }
  return true;
}

void Muster::tell(const Answer& answer) {
  std::string& last = problems_[answer.host.name];
  if (answer.problem == last) return;
  if (answer.problem.empty()) {
    errors_ << "note: " << answer.host.name << " can work again" << std::endl;
  } else {
    const char* hint = answer.lack.is_any() && !job_.sends_files ? " (--copy sends what is not there)" : "";
    errors_ << "warning: " << answer.host.name << " " << answer.problem << hint << "; the others work without it"
            << std::endl;
  }
  last = answer.problem;
}

bool has_workers(const Placement& placement) { return placement.computes_here || placement.machines.size() > 1; }

}  // namespace gridmill::launch
