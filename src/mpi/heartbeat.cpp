#include "mpi/heartbeat.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <tuple>

#include <fmt/format.h>
#include <mpi.h>

#include "core/error.hpp"
#include "mpi/launcher_watch.hpp"
#include "mpi/node_block.hpp"

namespace gridmill::mpi {

bool is_traced(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("TracerPid:")) return line.find_first_of("123456789") != std::string::npos;
  }
  return false;
}

bool Silence::look(std::uint32_t n) {
  n_equal_ = last_ == n ? n_equal_ + 1 : 0;
  last_ = n;
  return n_equal_ >= most_looks_;
}

Heartbeat::Heartbeat() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm node = MPI_COMM_NULL;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &node);
  int n_ranks = 1;
  int self = 0;
  MPI_Comm_size(node, &n_ranks);
  MPI_Comm_rank(node, &self);
  if (n_ranks > 1) {
    try {
      const auto n = static_cast<std::size_t>(n_ranks);
      block_ = share_block(node, "signs of life", n * sizeof(Beat));
      beats_ = {reinterpret_cast<Beat*>(block_.bytes().data()), n};
    } catch (const core::RunError&) {
      // Nothing else needs it.
    }
  }
  MPI_Comm_free(&node);
  if (beats_.empty()) return;
  self_ = static_cast<std::size_t>(self);
  watched_ = (self_ + 1) % beats_.size();
  beats_[self_].process = ::getpid();
  beats_[self_].rank = rank;
  thread_ = std::thread([this] { run(); });
}

Heartbeat::~Heartbeat() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  end_noted_.notify_one();
  thread_.join();
  beats_[self_].n = Beat::kGone;
}

void Heartbeat::run() {
  Silence silence(kMostSilentBeats);
  std::unique_lock lock(mutex_);
  while (!end_noted_.wait_for(lock, kBetweenBeats, [this] { return ended_; })) {
    beats_[self_].n = (beats_[self_].n + 1) % Beat::kGone;
    if (is_silent(silence)) end_launch();
  }
}

bool Heartbeat::is_silent(Silence& silence) const {
  const Beat& other = beats_[watched_];
  return silence.look(other.n) && other.n != Beat::kGone && !is_traced(other.process);
}

void Heartbeat::end_launch() const {
  const bool is_supervised = has_own_launcher();
  const std::string words = fmt::format(
      "warning: rank {} (process {}) has shown no sign of life for {} s: it is given up, and this launch ends{}\n",
      beats_[watched_].rank.load(), beats_[watched_].process.load(), (kBetweenBeats * kMostSilentBeats).count() / 1000,
      is_supervised ? "" : "; repeat the command to go on with what is finished");
  std::ignore = ::write(STDERR_FILENO, words.data(), words.size());
  // Other threads still run: nothing is torn down.
  std::_Exit(is_supervised ? kSilentRankCode : static_cast<int>(core::ExitCode::stopped));
}

}  // namespace gridmill::mpi
