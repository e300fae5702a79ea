#include "jobs/run/this_command.hpp"

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "io/files/process_identity.hpp"
#include "mpi/launcher_watch.hpp"

namespace gridmill::jobs {

namespace {

std::string for_shell(const std::string& word) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+.,:/@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char letter : word) text += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return text + "'";
}

std::string_view environment(const char* name) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text == nullptr ? std::string_view() : std::string_view(text);
}

/// The time at which a process has begun [ticks since the system's start]: its number alone may be used again.
std::string beginning_of(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string word;
  std::getline(file, word, ')');
  constexpr int kField = 22, kFirstField = 3;
  for (int field = kFirstField; field <= kField; ++field) file >> word;
  return file ? word : "0";
}

}  // namespace

std::string this_command() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
  std::string text = "gridmill";
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] != "--overwrite") text += " " + for_shell(words[i]);
  }
  return text;
}

CommandIdentity CommandIdentity::of_this_process() {
  const pid_t keeper = mpi::keeper_process();
  CommandIdentity identity{.launcher = "-", .slurm = "-"};
  if (keeper > 0) identity.launcher = fmt::format("{}.{}.{}", io::host_number(), keeper, beginning_of(keeper));
  if (const std::string_view job = environment("SLURM_JOB_ID"); !job.empty()) {
    identity.slurm = fmt::format("{}.{}", job, environment("SLURM_STEP_ID"));
    const std::string_view restarts = environment("SLURM_RESTART_COUNT");
    std::from_chars(restarts.data(), restarts.data() + restarts.size(), identity.n_requeued);
  }
  return identity;
}

bool CommandIdentity::is_continued_by(const CommandIdentity& later) const {
  return (launcher != "-" && launcher == later.launcher) ||
         (slurm != "-" && slurm == later.slurm && n_requeued < later.n_requeued);
}

}  // namespace gridmill::jobs
