#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "features/aggregations/reduction.hpp"
#include "features/aggregations/sorted_groups.hpp"
#include "features/aggregations/vocabulary.hpp"
#include "features/primitive.hpp"

namespace gridmill::features {
namespace {

using namespace aggregations;

double median_of(std::span<const double> sorted) {
  const std::size_t n = sorted.size();
  if (n == 0) return kNaN;
  return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double quantile_of(std::span<const double> sorted, double share) {
  if (sorted.empty()) return kNaN;
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double rest = place - static_cast<double>(below);
  return rest == 0 ? sorted[below] : sorted[below] + (sorted[below + 1] - sorted[below]) * rest;
}

struct MedianOf {
  explicit MedianOf(const AggregateInput& input) : groups(sorted_groups(input)) {}
  double operator()(std::size_t group) const { return median_of(groups.of(group)); }
  const SortedGroups& groups;
};

struct MedianCount {
  explicit MedianCount(const AggregateInput& all)
      : input(all), groups(sorted_groups(all)), skipna(all.arguments.at("skipna").boolean()) {}
  double operator()(std::size_t group) const {
    const std::span<const double> sorted = groups.of(group);
    if (sorted.empty() || (!skipna && sorted.size() < slice(input, group).size())) return kNaN;
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), median_of(sorted));
    return static_cast<double>(last - first);
  }
  const AggregateInput& input;
  const SortedGroups& groups;
  bool skipna;
};

struct QuantileOf {
  explicit QuantileOf(const AggregateInput& input)
      : groups(sorted_groups(input)), share(input.arguments.at("q").number()) {}
  double operator()(std::size_t group) const { return quantile_of(groups.of(group), share); }
  const SortedGroups& groups;
  double share;
};

struct InterquartileRange {
  explicit InterquartileRange(const AggregateInput& input) : groups(sorted_groups(input)) {}
  double operator()(std::size_t group) const {
    return quantile_of(groups.of(group), 0.75) - quantile_of(groups.of(group), 0.25);
  }
  const SortedGroups& groups;
};

Primitive median() {
  return {.name = "median",
          .meaning = "Median of the values: of an even number, the mean of the two in the middle.",
          .inputs = {{kNumber}},
          .output = kUntypedNumber};
}

Primitive median_count() {
  return {.name = "median_count",
          .meaning = "Number of values equal to the median.",
          .inputs = {{kNumber}},
          .output = kIntegerNullable,
          .default_value = 0,
          .arguments = {skipna()},
          .stacks_on_itself = false};
}

Primitive quantile() {
  return {.name = "quantile",
          .meaning = "Value below which a share of the values lies, interpolated between neighbours.",
          .ours = true,
          .inputs = {{kNumber}},
          .output = kReal,
          .arguments = {number_argument("q", 0.5, {.low = 0, .high = 1}, "the share")}};
}

Primitive iqr() {
  return {.name = "iqr",
          .meaning = "Interquartile range: quantile 0.75 less quantile 0.25.",
          .ours = true,
          .inputs = {{kNumber}},
          .output = kReal,
          .stacks_on_itself = false};
}

}  // namespace

std::vector<Primitive> order_statistics() {
  return {computed_by<MedianOf>(median()), computed_by<MedianCount>(median_count()),
          computed_by<QuantileOf>(quantile()), computed_by<InterquartileRange>(iqr())};
}

}  // namespace gridmill::features
