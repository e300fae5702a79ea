#include "jobs/audit/explained.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace gridmill::jobs {

namespace {

std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (std::size_t i = first; i < end; ++i) ranks[order[i]] = static_cast<double>(first + end - 1) / 2;
    first = end;
  }
  return ranks;
}

LabelsOf with_ranks(std::vector<double> y, const core::Dataset& data) {
  if (data.task == core::Task::classification) return {.y = std::move(y), .n_classes = data.classes.size()};
  return {.y = ranks_of(y), .n_classes = 0};
}

/// What is added up of a group: of each class how many, or how many and their sum.
struct Sums {
  explicit Sums(std::size_t n_classes) : of_class(std::max<std::size_t>(n_classes, 1), 0.0) {}
  void add(double y, bool is_class) {
    n += 1;
    if (is_class) {
      of_class[static_cast<std::size_t>(y)] += 1;
    } else {
      of_class[0] += y;
    }
  }
  [[nodiscard]] double squares_of_mean() const {
    double sum = 0;
    for (const double each : of_class) sum += each * each;
    return sum / n;
  }

  double n = 0;
  std::vector<double> of_class;
};

}  // namespace

LabelsOf labels_of(const core::Dataset& data) { return with_ranks({data.y.begin(), data.y.end()}, data); }

LabelsOf labels_of(const core::Dataset& data, std::span<const core::Index> rows) {
  std::vector<double> y;
  for (const core::Index row : rows) y.push_back(data.y[row]);
  return with_ranks(std::move(y), data);
}

double explained_by_groups(std::span<const std::int32_t> group, const LabelsOf& labels) {
  const bool is_class = labels.n_classes > 0;
  std::unordered_map<std::int32_t, Sums> groups;
  Sums all(labels.n_classes);
  double squares = 0;  // of all labels; a class is 1 in its own place
  for (std::size_t row = 0; row < group.size(); ++row) {
    if (group[row] < 0) continue;
    groups.try_emplace(group[row], labels.n_classes).first->second.add(labels.y[row], is_class);
    all.add(labels.y[row], is_class);
    squares += is_class ? 1 : labels.y[row] * labels.y[row];
  }
  const auto n_groups = static_cast<double>(groups.size());
  if (all.n <= n_groups || n_groups < 2) return 0;
  double between = -all.squares_of_mean();
  for (const auto& [code, sums] : groups) between += sums.squares_of_mean();
  const double total = squares - all.squares_of_mean();
  if (!(total > 0)) return 0;
  return 1 - (1 - between / total) * (all.n - 1) / (all.n - n_groups);
}

}  // namespace gridmill::jobs
