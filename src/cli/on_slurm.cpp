#include "cli/on_slurm.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iostream>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "io/files/atomic_file.hpp"
#include "launch/slurm_job.hpp"
#include "launch/slurm_script.hpp"
#include "launch/start_ranks.hpp"
#include "launch/stop_signal.hpp"

namespace gridmill::cli {

namespace fs = std::filesystem;

namespace {

using core::ExitCode;
using Clock = std::chrono::steady_clock;

constexpr const char* kScript = "slurm.sbatch";
constexpr const char* kJob = "slurm.job";  // holds the number of the last job

std::string script_of(const config::SlurmPlace& place, const SlurmCommand& command) {
  return launch::slurm_script({.nodes = place.nodes,
                               .ranks_per_node = place.ranks_per_node,
                               .time = place.time,
                               .partition = place.partition,
                               .account = place.account,
                               .options = place.options,
                               .setup = place.setup,
                               .program = place.program.empty() ? fs::path(launch::this_program()) : place.program,
                               .arguments = command.arguments,
                               .folder = fs::absolute(command.folder)});
}

/// What a job writes into a file, passed on as it comes.
class Tail {
 public:
  Tail(fs::path file, std::ostream& out) : file_(std::move(file)), out_(out) {}

  void pass_on() {
    std::ifstream in(file_, std::ios::binary);
    if (!in.seekg(passed_)) return;
    std::array<char, 65536> block{};
    while (in.read(block.data(), block.size()) || in.gcount() > 0) {
      out_.write(block.data(), in.gcount());
      passed_ += in.gcount();
    }
    out_.flush();
  }

 private:
  fs::path file_;
  std::ostream& out_;
  std::streamoff passed_ = 0;
};

/// Says what has become of a job when that changes.
class Announcer {
 public:
  explicit Announcer(std::string job) : job_(std::move(job)) {}

  void tell(const launch::SlurmAnswer& answer) {
    std::string words;
    if (!answer.trouble.empty()) words = fmt::format("Slurm does not answer: {}", answer.trouble);
    if (answer.state) words = words_of(*answer.state);
    if (words.empty() || words == told_) return;
    std::cerr << words << std::endl;
    told_ = words;
  }

 private:
  [[nodiscard]] std::string words_of(const launch::SlurmState& state) const {
    if (state.word == "PENDING") {
      const std::string why = state.reason.empty() ? "" : fmt::format(" ({})", state.reason);
      return fmt::format("job {} waits in the queue{}", job_, why);
    }
    if (state.word == "RUNNING") return fmt::format("job {} works on {}", job_, state.nodes);
    return {};
  }

  std::string job_;
  std::string told_;
};

/// Returns the code with which gridmill ended in the job. Errors: RunError where the job ended otherwise.
ExitCode code_of(const std::string& job, const launch::SlurmState& state) {
  constexpr std::array kOurs{ExitCode::done,           ExitCode::incomplete, ExitCode::bad_input,
                             ExitCode::internal_error, ExitCode::stopped,    ExitCode::interrupted};
  const bool is_by_itself = state.word == "COMPLETED" || state.word == "FAILED";
  for (const ExitCode code : kOurs) {
    if (is_by_itself && state.signal == 0 && static_cast<int>(code) == state.code) return code;
  }
  throw core::RunError(
      fmt::format("job {} ended as {}, exit code {}, signal {}", job, state.word, state.code, state.signal),
      "what is finished is kept: the same command submits it again");
}

/// Follows a job to its end, or until a signal comes.
ExitCode follow(const std::string& job, const fs::path& folder) {
  constexpr std::chrono::milliseconds kLook{200};
  launch::StopSignal stop;
  stop.expect_orderly_end();
  Tail out(folder / launch::slurm_output(job, "out"), std::cout);
  Tail errors(folder / launch::slurm_output(job, "err"), std::cerr);
  Announcer announcer(job);
  const Clock::time_point begin = Clock::now();
  Clock::time_point ask_at = begin;
  while (!stop.wanted()) {
    std::optional<launch::SlurmAnswer> answer;
    if (Clock::now() >= ask_at) {
      answer = launch::ask_slurm(job);
      // The longer it takes, the less often: Slurm answers many.
      const auto interval =
          std::clamp<Clock::duration>((Clock::now() - begin) / 20, std::chrono::seconds(1), std::chrono::seconds(10));
      ask_at = Clock::now() + interval;
      announcer.tell(*answer);
    }
    // After the question: what was written before the end is there then.
    errors.pass_on();
    out.pass_on();
    if (answer && answer->state && answer->state->has_ended()) return code_of(job, *answer->state);
    if (answer && answer->is_unknown) {
      throw core::RunError(fmt::format("Slurm knows nothing of job {} any more", job),
                           "'gridmill status' tells how far it has come; the same command submits it again");
    }
    std::this_thread::sleep_for(kLook);
  }
  std::cerr << fmt::format("job {} goes on; the same command follows it again, 'scancel {}' ends it", job, job)
            << std::endl;
  return stop.code();
}

/// Returns the job that was submitted for this folder and has not ended; nothing if there is none.
std::optional<std::string> job_at_work(const fs::path& folder) {
  std::string job;
  if (!(std::ifstream(folder / kJob) >> job) || job.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  const launch::SlurmAnswer answer = launch::ask_slurm(job);
  if (!answer.trouble.empty()) {
    throw core::RunError(fmt::format("Slurm does not tell whether job {} has ended: {}", job, answer.trouble),
                         "two jobs of one run are not to be submitted: try again later");
  }
  if (answer.is_unknown || answer.state->has_ended()) return std::nullopt;
  return job;
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) return;
  throw core::UserError(fmt::format("{}: the output folder cannot be made: {}", folder.string(), error.message()));
}

}  // namespace

void show_slurm_script(const config::SlurmPlace& place, const SlurmCommand& command) {
  std::cout << script_of(place, command);
}

ExitCode work_on_slurm(const config::SlurmPlace& place, const SlurmCommand& command) {
  const std::string script = script_of(place, command);
  if (const auto job = job_at_work(command.folder)) {
    std::cerr << fmt::format("job {} is running already; Ctrl-C leaves it alone", *job) << std::endl;
    return follow(*job, command.folder);
  }
  make_folder(command.folder);
  io::write_file(command.folder / kScript, script);
  const std::string job = launch::submit_to_slurm(command.folder / kScript);
  io::write_file(command.folder / kJob, job + "\n");
  std::cerr << fmt::format("submitted {} as job {}; Ctrl-C leaves it alone, the same command follows it again",
                           (command.folder / kScript).string(), job)
            << std::endl;
  return follow(job, command.folder);
}

}  // namespace gridmill::cli
