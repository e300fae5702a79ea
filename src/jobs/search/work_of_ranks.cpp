#include "jobs/search/work_of_ranks.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include <sys/resource.h>

namespace gridmill::jobs {

namespace {

/// Bytes that this process has asked files and pipes for; 0 where the system does not count them.
std::int64_t read_bytes() {
  std::ifstream counters("/proc/self/io");
  for (std::string name; counters >> name;) {
    std::int64_t value = 0;
    counters >> value;
    if (name == "rchar:") return value;
  }
  return 0;
}

std::int64_t peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

Work work_of_ranks(const RankReports& reports, mpi::Transport& transport) {
  const auto n_ranks = static_cast<std::size_t>(transport.size());
  const auto rank = static_cast<std::size_t>(transport.rank());
  std::vector<std::int64_t> measured(2 * n_ranks, 0);  // a rank's own two entries
  measured[2 * rank] = read_bytes();
  measured[2 * rank + 1] = peak_bytes();
  transport.reduce_sum(measured);
  Work work{.n_ranks = n_ranks};
  for (std::size_t each = 0; each < n_ranks; ++each) {
    work.read_bytes += static_cast<std::size_t>(measured[2 * each]);
    work.peak_bytes = std::max(work.peak_bytes, static_cast<std::size_t>(measured[2 * each + 1]));
  }
  for (const mpi::RankReport& report : reports) {
    work.n_tasks += report.n_tasks;
    work.busy_s += report.busy_s;
    work.idle_s += report.idle_s;
  }
  return work;
}

}  // namespace gridmill::jobs
