#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cluster/work_folder.hpp"
#include "launch/listened_command.hpp"

namespace gridmill::cluster {

/// Exit code of ssh where the head does not answer.
inline constexpr int kNoConnection = 255;

/// What a command on the head has said.
struct HeadAnswer {
  int code = 0;
  std::string out;
  std::string errors;
};

/// The head of a cluster, spoken to over ssh by the words of head.sh. All end early when `stop` becomes true.
class Head {
 public:
  Head(const WorkFolder& folder, std::string cluster, const std::atomic<bool>& stop)
      : folder_(folder), cluster_(std::move(cluster)), stop_(stop) {}

  /// Has the head do something, and returns what it says whatever becomes of it.
  [[nodiscard]] HeadAnswer ask(const std::vector<std::string>& words) const;
  /// The same where it must succeed. Returns what it says on stdout.
  /// Errors: RunError with the head's words, or those of ssh.
  [[nodiscard]] std::string must(const std::vector<std::string>& words) const;
  /// The same, heard as it comes, and nothing of what ssh says itself. Returns the exit code.
  [[nodiscard]] int listen(const std::vector<std::string>& words, const launch::Listener& listener) const;
  /// Brings what is there of `paths` below a work folder to a folder here. Errors: RunError.
  void unpack(const std::string& work, const std::vector<std::string>& paths, const std::filesystem::path& to) const;

 private:
  [[nodiscard]] int run(const std::vector<std::string>& words, const launch::Listener& listener, bool is_quiet) const;

  const WorkFolder& folder_;
  std::string cluster_;
  const std::atomic<bool>& stop_;
};

/// What has become of a job on the head.
struct JobState {
  enum class Phase { none, running, ended };
  Phase phase = Phase::none;
  std::optional<int> code;  // exit code; none: it was ended from outside
  bool is_seen = false;     // its end is known here, its results are
  std::string key;          // of what it was given
};
/// Reads what "state" says. Nothing: it is no such text.
std::optional<JobState> job_state_in(std::string_view text);

/// What "status" says.
struct HeadStatus {
  std::string version;
  std::size_t n_workers = 0;
  std::optional<double> spent_usd;  // as the guard reckons it
  double up_s = 0;
  std::vector<std::string> jobs;  // "running NAME", "ended 0 NAME"
};
HeadStatus head_status_in(std::string_view text);

/// Reads what "same" says. Returns a sentence for each machine that does not answer, or has another program than the
/// head; empty: all have the same.
std::vector<std::string> different_programs_in(std::string_view text);

}  // namespace gridmill::cluster
