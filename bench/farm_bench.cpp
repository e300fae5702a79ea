// Empty tasks per second through the farm, and what waiting costs.
//   mpirun -n 2 --bind-to none build/dev/bench/farm_bench [n_tasks]
// Prints tasks per second, then the CPU share of each rank while one task sleeps for a second.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "mpi/session.hpp"
#include "mpi/task_farm.hpp"

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace gridmill::mpi;
  const std::size_t n_tasks = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200000;
  Session session;
  Transport& transport = session.transport();
  const int rank = transport.rank();

  transport.barrier();
  const auto start = Clock::now();
  const auto report = run_farm(transport, Plan(std::vector<Task>(n_tasks)), [](TaskId) { return Bytes{}; }, {});
  if (rank == 0)
    std::printf("%d ranks: %.0f empty tasks/s\n", transport.size(),
                static_cast<double>(n_tasks) / seconds_since(start));
  for (std::size_t r = 0; r < report.ranks.size(); ++r) std::printf("  rank %zu ran %zu\n", r, report.ranks[r].n_tasks);

  const auto nap = [](TaskId) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    return Bytes{};
  };
  const auto idle_start = Clock::now();
  const double before = cpu_s();
  run_farm(transport, Plan(std::vector<Task>(1)), nap, {});
  std::printf("rank %d: %.2f %% CPU while waiting\n", rank, 100 * (cpu_s() - before) / seconds_since(idle_start));
  return 0;
}
