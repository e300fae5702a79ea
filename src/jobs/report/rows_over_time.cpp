#include "jobs/report/rows_over_time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/table.hpp"
#include "jobs/report/content.hpp"

namespace gridmill::jobs {

namespace {

constexpr std::size_t kMostDatedRows = 1'000'000;
constexpr std::size_t kDatedRuns = 100;
constexpr std::size_t kTimeBars = 60;

std::vector<std::int64_t> some_times(const core::EntityData& data, core::TableId table) {
  const std::size_t n = data.entity_set().tables[table].n_rows;
  if (n <= kMostDatedRows) return data.times(table, core::RowSet::range(0, n));
  constexpr std::size_t kRun = kMostDatedRows / kDatedRuns;
  std::vector<std::int64_t> times;
  for (std::size_t run = 0; run < kDatedRuns; ++run) {
    const auto first = static_cast<core::RowId>(run * ((n - kRun) / (kDatedRuns - 1)));
    const std::vector<std::int64_t> some = data.times(table, core::RowSet::range(first, kRun));
    times.insert(times.end(), some.begin(), some.end());
  }
  return times;
}

}  // namespace

core::Value rows_over_time(const core::EntityData& data, core::TableId table) {
  const core::EntityTable& of = data.entity_set().tables[table];
  if (of.time_index.empty() || of.n_rows == 0) return {};
  std::vector<std::int64_t> times = some_times(data, table);
  const std::size_t n_rows = times.size();
  std::erase(times, core::kMissingTime);
  if (times.empty()) return {};
  const auto [first, last] = std::ranges::minmax(times);
  if (first == last) return {};
  constexpr double kSecond = 1e9;  // [ns]
  const double from = static_cast<double>(first) / kSecond;
  const double to = static_cast<double>(last) / kSecond;
  if (!(to > from)) return {};  // closer than doubles tell apart
  std::vector<std::int64_t> counts(kTimeBars, 0);
  for (const std::int64_t time : times) {
    const double place = (static_cast<double>(time) / kSecond - from) / (to - from) * static_cast<double>(kTimeBars);
    ++counts[std::min(static_cast<std::size_t>(std::max(place, 0.0)), kTimeBars - 1)];
  }
  return core::ValueMapping{{"column", of.time_index},
                            {"from", from},
                            {"to", to},
                            {"counts", core::ValueList(counts.begin(), counts.end())},
                            {"rows", count_value(n_rows)},
                            {"missing", count_value(n_rows - times.size())}};
}

}  // namespace gridmill::jobs
