#include "launch/slurm_job.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "launch/commands_at_once.hpp"

namespace gridmill::launch {

namespace {

CommandEnd answer_of(const std::vector<std::string>& command) {
  constexpr std::chrono::seconds kAnswersBy{60};  // Slurm's own answers come after 10 s, or it says that it has none
  sigset_t none;
  sigemptyset(&none);
  CommandEnd end = run_at_once({command}, {.first_word = kAnswersBy, .all = kAnswersBy}, none).front();
  while (end.text.ends_with('\n')) end.text.pop_back();
  return end;
}

/// " JobState=PENDING Reason=Resources ..." and "Reason" give "Resources".
std::string value_in(std::string_view text, std::string_view name) {
  const std::string key = fmt::format(" {}=", name);
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + key.size());
  std::string value(rest.substr(0, rest.find_first_of(" \n")));
  return value == "(null)" || value == "None" ? std::string() : value;
}

}  // namespace

bool SlurmState::has_ended() const {
  constexpr std::array<std::string_view, 9> kEnds{"BOOT_FAIL", "CANCELLED", "COMPLETED",     "DEADLINE", "FAILED",
                                                  "NODE_FAIL", "PREEMPTED", "OUT_OF_MEMORY", "TIMEOUT"};
  return std::ranges::find(kEnds, word) != kEnds.end();
}

std::optional<SlurmState> slurm_state_in(std::string_view text) {
  SlurmState state{
      .word = value_in(text, "JobState"), .reason = value_in(text, "Reason"), .nodes = value_in(text, "NodeList")};
  if (state.word.empty()) return std::nullopt;
  const std::string ended = value_in(text, "ExitCode");  // "3:0": code and signal
  const char* end = ended.data() + ended.size();
  const auto code = std::from_chars(ended.data(), end, state.code);
  if (code.ec == std::errc() && code.ptr != end) std::from_chars(code.ptr + 1, end, state.signal);
  return state;
}

std::string submit_to_slurm(const std::filesystem::path& script) {
  const CommandEnd end = answer_of({"sbatch", "--parsable", script.string()});
  const std::string job = end.text.substr(0, end.text.find(';'));  // "12;cluster"
  const bool is_number = !job.empty() && job.find_first_not_of("0123456789") == std::string::npos;
  if (end.code == 0 && is_number) return job;
  if (end.text.empty())
    throw core::RunError("cannot submit: sbatch cannot be started", "give the command where Slurm is");
  throw core::RunError(fmt::format("sbatch refuses {}: {}", script.string(), end.text));
}

SlurmAnswer ask_slurm(const std::string& job) {
  const CommandEnd end = answer_of({"scontrol", "show", "job", "--oneliner", job});
  if (end.text.find("Invalid job id") != std::string::npos) return {.state = std::nullopt, .is_unknown = true};
  SlurmAnswer answer{.state = end.code == 0 ? slurm_state_in(end.text) : std::nullopt};
  if (!answer.state) answer.trouble = end.text.empty() ? "scontrol cannot be started" : end.text;
  return answer;
}

}  // namespace gridmill::launch
