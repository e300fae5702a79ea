#include "jobs/run/work_of_ranks.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "core/memory_size.hpp"

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

Work work_of_ranks(std::span<const mpi::RankReport> reports, mpi::Transport& transport) {
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

core::Value to_value(const Work& work) {
  const auto count = [](std::size_t n) { return core::Value(static_cast<std::int64_t>(n)); };
  return core::ValueMapping{
      {"ranks", count(work.n_ranks)}, {"tasks", count(work.n_tasks)},         {"busy_s", work.busy_s},
      {"idle_s", work.idle_s},        {"read_bytes", count(work.read_bytes)}, {"peak_bytes", count(work.peak_bytes)}};
}

std::string work_text(const Work& work, std::string_view tasks) {
  return fmt::format("{} {} on {} rank{}: {:.3g} s busy, {:.3g} s idle; {} read, at most {} of memory a rank",
                     work.n_tasks, tasks, work.n_ranks, work.n_ranks == 1 ? "" : "s", work.busy_s, work.idle_s,
                     core::size_text(work.read_bytes), core::size_text(work.peak_bytes));
}

}  // namespace gridmill::jobs
