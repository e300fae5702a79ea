// A program that starts ranks of itself the way gridmill does, so that the tests can see what becomes of ranks that
// exit, die or are told to stop. Needs no MPI: mpirun starts any program.
//   launch_helper start N WHAT ...     start N ranks doing WHAT
//   launch_helper WHAT ...             be such a rank
#include <unistd.h>
#include <csignal>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "launch/rank_in_job.hpp"
#include "launch/start_ranks.hpp"
#include "mpi/launcher_word.hpp"
#include "mpi/session.hpp"

namespace {

using gridmill::launch::RankInJob;

/// Waits for SIGUSR1, as a job does that is asked to stop.
int wait_for_stop() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGUSR1);
  sigprocmask(SIG_BLOCK, &stop, nullptr);
  std::cout << "ready" << std::endl;
  int signal = 0;
  sigwait(&stop, &signal);
  return 75;
}

/// Does not end when it is asked to, but tidies up when it is ordered to; or does neither.
int be_stubborn(bool tidies) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  std::cout << "ready" << std::endl;
  for (int signal = 0;;) {
    sigwait(&signals, &signal);
    if (signal != SIGTERM || !tidies) continue;
    std::cout << "tidied" << std::endl;
    return 75;
  }
}

/// Hangs in the first launch; in the second one the ranks find each other and work for longer than that may take.
int hang_at_first(const RankInJob& job) {
  const char* file = std::getenv("LAUNCH_HELPER_DONE");
  const std::string was_here = file + std::to_string(job.rank);
  if (!std::filesystem::exists(was_here)) {
    std::ofstream(was_here) << '.';
    pause();
  }
  const gridmill::mpi::Session session;
  std::this_thread::sleep_for(std::chrono::seconds(3));
  return 0;
}

std::chrono::seconds patience(std::size_t n_ranks) {
  const char* seconds = std::getenv("LAUNCH_HELPER_PATIENCE");
  return seconds == nullptr ? gridmill::launch::start_patience(n_ranks) : std::chrono::seconds(std::stoi(seconds));
}

/// As much is done as there are bytes in the file of that name, if one is told.
gridmill::launch::Evidence evidence() {
  const char* file = std::getenv("LAUNCH_HELPER_DONE");
  std::error_code none;
  const auto size = file == nullptr ? 0 : std::filesystem::file_size(file, none);
  return {.n_finished = none ? 0 : size};
}

/// Does one of three pieces of work, and crashes unless that was the last.
int work_and_crash() {
  const char* file = std::getenv("LAUNCH_HELPER_DONE");
  std::ofstream(file, std::ios::app) << '.';
  if (std::filesystem::file_size(file) < 3) std::raise(SIGSEGV);
  return 0;
}

/// Ends in order, as one that knows how the job ends, though its own exit code is another.
int tell_and_exit(int told, int code) {
  gridmill::mpi::tell_launcher_begun();
  gridmill::mpi::tell_launcher_end(static_cast<gridmill::core::ExitCode>(told));
  return code;
}

int be_rank(const RankInJob& job, const std::vector<std::string>& words) {
  if (words[0] == "exit") return std::stoi(words[1]);
  if (words[0] == "die") {
    if (job.rank == 1) std::raise(SIGKILL);
    pause();
  }
  if (words[0] == "tell") return tell_and_exit(std::stoi(words[1]), std::stoi(words[2]));
  if (words[0] == "work") return work_and_crash();
  if (words[0] == "stop") return wait_for_stop();
  if (words[0] == "hang") return hang_at_first(job);
  if (words[0] == "insist") return be_stubborn(/*tidies=*/true);
  if (words[0] == "resist") return be_stubborn(/*tidies=*/false);
  if (words[0] == "print") {
    const char* value = std::getenv(words[1].c_str());
    std::cout << words[1] + "=" + (value == nullptr ? "" : value) + "\n" << std::flush;
    return 0;
  }
  const char* threads = std::getenv("OPENBLAS_NUM_THREADS");
  std::cout << "rank " + std::to_string(job.rank) + " of " + std::to_string(job.n_ranks) + ", threads " +
                   (threads == nullptr ? "?" : threads) + "\n"
            << std::flush;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (const auto job = gridmill::launch::rank_in_job()) return be_rank(*job, words);
  const std::size_t n_ranks = std::stoul(words.at(1));
  words.erase(words.begin(), words.begin() + 2);
  return static_cast<int>(gridmill::launch::start_ranks({.program = gridmill::launch::this_program(),
                                                         .arguments = words,
                                                         .n_ranks = n_ranks,
                                                         .evidence = evidence,
                                                         .patience = patience(n_ranks)},
                                                        std::cerr));
}
