#include "cluster/head.hpp"

#include <charconv>
#include <sstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "cluster/head_script.hpp"
#include "cluster/trouble.hpp"
#include "core/error.hpp"
#include "launch/shell_word.hpp"

namespace gridmill::cluster {

namespace {

std::string shell_line(const std::vector<std::string>& words) {
  std::string line = "bash -s --";
  for (const std::string& word : words) line += " " + launch::shell_word(word);
  return line;
}

[[noreturn]] void refuse(const HeadAnswer& answer, const std::string& cluster) {
  std::string words = answer.errors;
  while (!words.empty() && words.back() == '\n') words.pop_back();
  constexpr int kNoProgram = 127;
  if (answer.code == kNoProgram && words.empty()) {
    throw core::RunError("ssh cannot be started", "install it: 'apt-get install openssh-client'");
  }
  if (answer.code != kNoConnection) throw core::RunError(fmt::format("the head of cluster '{}': {}", cluster, words));
  const auto trouble = known_trouble_in(words);
  throw core::RunError(
      fmt::format("the head of cluster '{}' does not answer: {}", cluster, trouble ? trouble->what : words),
      trouble
          ? trouble->hint
          : "if your address has changed put it into admin_cidr; 'gridmill cluster up' starts a head that was stopped");
}

double number_in(const std::string& word) {
  double number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number);
  return number;
}

}  // namespace

int Head::listen(const std::vector<std::string>& words, const launch::Listener& listener) const {
  return run(words, listener, true);
}

HeadAnswer Head::ask(const std::vector<std::string>& words) const {
  HeadAnswer answer;
  const auto listener = [&](launch::Stream stream, std::string_view bytes) {
    (stream == launch::Stream::out ? answer.out : answer.errors) += bytes;
  };
  answer.code = run(words, listener, false);
  return answer;
}

int Head::run(const std::vector<std::string>& words, const launch::Listener& listener, bool is_quiet) const {
  return launch::run_listened(
      {.words = ssh_words(folder_, cluster_, shell_line(words), is_quiet), .input = kHeadScript, .stop_by = SIGTERM},
      listener, stop_);
}

std::string Head::must(const std::vector<std::string>& words) const {
  HeadAnswer answer = ask(words);
  if (answer.code != 0) refuse(answer, cluster_);
  return std::move(answer.out);
}

void Head::unpack(const std::string& work, const std::vector<std::string>& paths,
                  const std::filesystem::path& to) const {
  std::vector<std::string> words{"pack", work};
  words.insert(words.end(), paths.begin(), paths.end());
  std::string line = "set -o pipefail;";
  for (const std::string& word : ssh_words(folder_, cluster_, shell_line(words)))
    line += " " + launch::shell_word(word);
  line += " | tar --no-same-owner -xf - -C " + launch::shell_word(to.string());
  HeadAnswer answer;
  answer.code = launch::run_listened(
      {.words = {"bash", "-c", line}, .input = kHeadScript, .stop_by = SIGTERM},
      [&](launch::Stream, std::string_view bytes) { answer.errors += bytes; }, stop_);
  if (answer.code != 0) refuse(answer, cluster_);
}

std::optional<JobState> job_state_in(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string phase;
  words >> phase;
  if (phase == "none") return JobState{};
  if (phase == "running") {
    JobState state{.phase = JobState::Phase::running};
    words >> state.key;
    return state.key.empty() ? std::nullopt : std::optional(state);
  }
  std::string code;
  std::string seen;
  JobState state{.phase = JobState::Phase::ended};
  if (phase != "ended" || !(words >> code >> seen >> state.key)) return std::nullopt;
  if (code != "lost") state.code = static_cast<int>(number_in(code));
  state.is_seen = seen == "seen";
  return state;
}

HeadStatus head_status_in(std::string_view text) {
  HeadStatus status;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t space = line.find(' ');
    if (space == std::string::npos) continue;
    const std::string name = line.substr(0, space);
    const std::string value = line.substr(space + 1);
    if (name == "version") status.version = value;
    if (name == "workers") status.n_workers = static_cast<std::size_t>(number_in(value));
    if (name == "spent_usd") status.spent_usd = number_in(value);
    if (name == "up_seconds") status.up_s = number_in(value);
    if (name == "job") status.jobs.push_back(value);
  }
  return status;
}

std::vector<std::string> different_programs_in(std::string_view text) {
  std::vector<std::string> sentences;
  std::string head;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string host;
    std::string sha;
    if (!(words >> host >> sha)) continue;
    if (head.empty()) {
      head = sha;
    } else if (sha == "-") {
      sentences.push_back(fmt::format("worker {} does not answer", host));
    } else if (sha != head) {
      sentences.push_back(fmt::format("worker {} has another gridmill than the head: it is left out of jobs", host));
    }
  }
  return sentences;
}

}  // namespace gridmill::cluster
