#include "report/findings/parameter_importance.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace gridmill::report {

std::optional<double> explained_alone(std::span<const std::size_t> group, std::span<const double> score) {
  struct Sum {
    double total = 0;
    double n = 0;
  };
  std::map<std::size_t, Sum> groups;
  Sum all;
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (std::isnan(score[i])) continue;
    for (Sum* sum : {&groups[group[i]], &all}) {
      sum->total += score[i];
      sum->n += 1;
    }
  }
  if (all.n < 2 || static_cast<double>(groups.size()) == all.n) return std::nullopt;
  const double mean = all.total / all.n;
  double total = 0;
  for (const double each : score) total += std::isnan(each) ? 0 : (each - mean) * (each - mean);
  // Equal scores differ by rounding only.
  if (total <= all.n * mean * mean * 1e-28) return std::nullopt;
  double between = 0;
  for (const auto& [number, sum] : groups) between += sum.n * (sum.total / sum.n - mean) * (sum.total / sum.n - mean);
  return std::min(1.0, between / total);
}

std::vector<std::size_t> similar(std::span<const double> values, std::size_t n_groups) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) { return std::isnan(values[i]); });
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<std::size_t> group(values.size(), n_groups);
  for (std::size_t place = 0; place < order.size(); ++place) {
    const bool equal = place > 0 && values[order[place]] == values[order[place - 1]];
    group[order[place]] = equal ? group[order[place - 1]] : place * n_groups / order.size();
  }
  return group;
}

}  // namespace gridmill::report
