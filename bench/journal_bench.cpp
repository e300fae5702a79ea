// What the journal costs a farm of tasks of a millisecond each, a rank: wall and CPU time with it and without it.
//   mpirun -n 2 --bind-to none build/dev/bench/journal_bench [n_tasks [folder]]
// A task computes until a millisecond has passed, so that a rank does 1,000 a second at most. Runs alternate; the least
// of five of each kind counts.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "io/files/group_commit.hpp"
#include "io/files/journal.hpp"
#include "mpi/session.hpp"
#include "mpi/task_farm.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using gridmill::mpi::TaskId;

constexpr std::size_t kRecordBytes = 300;  // a result with some metrics

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

gridmill::mpi::Bytes work(TaskId) {
  const auto start = Clock::now();
  while (seconds_since(start) < 0.001) {
  }
  return {};
}

struct Cost {
  double wall_s = std::numeric_limits<double>::infinity();
  double cpu_s = std::numeric_limits<double>::infinity();
};

void run(gridmill::mpi::Session& session, std::size_t n_tasks, gridmill::io::GroupCommit* commit, Cost& least) {
  const std::string record(kRecordBytes, 'x');
  gridmill::mpi::FarmHooks hooks;
  if (commit != nullptr) {
    hooks.on_assigned = [&](TaskId, int) { commit->add(std::string(13, 's')); };
    hooks.collect = [&](TaskId, int, std::span<const std::byte>) {
      commit->add(record);
      commit->add(std::string(13, 'f'));
    };
  }
  session.transport().barrier();
  const auto start = Clock::now();
  const double before = cpu_s();
  gridmill::mpi::run_farm(session.transport(), gridmill::mpi::Plan(std::vector<gridmill::mpi::Task>(n_tasks)), work,
                          hooks);
  if (commit != nullptr) commit->finish();
  least.wall_s = std::min(least.wall_s, seconds_since(start));
  least.cpu_s = std::min(least.cpu_s, cpu_s() - before);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace gridmill;
  const std::size_t n_tasks = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 4000;
  const std::filesystem::path folder = argc > 2 ? argv[2] : ".";
  mpi::Session session;
  const bool is_root = session.place().rank == 0;
  Cost without, with;
  for (int repeat = 0; repeat < 5; ++repeat) {
    run(session, n_tasks, nullptr, without);
    if (is_root) {
      const std::filesystem::path file = folder / "journal_bench.journal";
      {
        io::Journal journal(file, {});
        io::GroupCommit commit(journal, [&] { (void)io::read_text("/proc/self/comm"); });  // as the epoch is read
        run(session, n_tasks, &commit, with);
      }
      std::filesystem::remove(file);
    } else {
      run(session, n_tasks, nullptr, with);
    }
  }
  if (is_root) {
    std::printf("%zu tasks of 1 ms on %d ranks: %.0f tasks/s without a journal, %.0f with it\n", n_tasks,
                session.place().n_ranks, static_cast<double>(n_tasks) / without.wall_s,
                static_cast<double>(n_tasks) / with.wall_s);
    std::printf("wall %+.2f %%; CPU of rank 0 %+.2f %%\n", 100 * (with.wall_s / without.wall_s - 1),
                100 * (with.cpu_s / without.cpu_s - 1));
  }
  return 0;
}
