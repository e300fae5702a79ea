#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "features/aggregations/reduction.hpp"
#include "features/aggregations/sorted_groups.hpp"
#include "features/aggregations/vocabulary.hpp"
#include "features/columns/sorted_runs.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features {
namespace {

using namespace aggregations;

// Numbers in ascending order are a span, or runs that lie elsewhere.

std::size_t count_of(std::span<const double> sorted, double value) {
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), value);
  return static_cast<std::size_t>(last - first);
}

std::size_t count_of(const SortedRuns& sorted, double value) { return sorted.count(value); }

template <class Sorted>
double median_of(const Sorted& sorted) {
  const std::size_t n = sorted.size();
  if (n == 0) return kNaN;
  return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

template <class Sorted>
double quantile_of(const Sorted& sorted, double share) {
  if (sorted.empty()) return kNaN;
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted[sorted.size() - 1];
  const double rest = place - static_cast<double>(below);
  const double value = sorted[below];
  return rest == 0 ? value : value + (sorted[below + 1] - value) * rest;
}

struct Median {
  explicit Median(const core::Params& /*arguments*/) {}
  template <class Sorted>
  double operator()(const Sorted& sorted, std::size_t /*n_missing*/) const {
    return median_of(sorted);
  }
};

struct MedianCount {
  explicit MedianCount(const core::Params& arguments) : skipna(arguments.at("skipna").boolean()) {}
  template <class Sorted>
  double operator()(const Sorted& sorted, std::size_t n_missing) const {
    if (sorted.empty() || (!skipna && n_missing > 0)) return kNaN;
    return static_cast<double>(count_of(sorted, median_of(sorted)));
  }
  bool skipna;
};

struct Quantile {
  explicit Quantile(const core::Params& arguments) : share(arguments.at("q").number()) {}
  template <class Sorted>
  double operator()(const Sorted& sorted, std::size_t /*n_missing*/) const {
    return quantile_of(sorted, share);
  }
  double share;
};

struct InterquartileRange {
  explicit InterquartileRange(const core::Params& /*arguments*/) {}
  template <class Sorted>
  double operator()(const Sorted& sorted, std::size_t /*n_missing*/) const {
    return quantile_of(sorted, 0.75) - quantile_of(sorted, 0.25);
  }
};

/// What is made of the sorted numbers of one group, as a kernel.
template <class OfSorted>
struct OfEach {
  explicit OfEach(const AggregateInput& all) : input(all), groups(sorted_groups(all)), of_sorted(all.arguments) {}
  double operator()(std::size_t group) const {
    const std::span<const double> sorted = groups.of(group);
    return of_sorted(sorted, slice(input, group).size() - sorted.size());
  }
  const AggregateInput& input;
  const SortedGroups& groups;
  OfSorted of_sorted;
};

template <class OfSorted>
Primitive made_of_sorted(Primitive primitive) {
  primitive = computed_by<OfEach<OfSorted>>(std::move(primitive));
  primitive.aggregate_sorted = [](const SortedRuns& numbers, std::size_t n_missing, const core::Params& arguments) {
    return OfSorted(arguments)(numbers, n_missing);
  };
  return primitive;
}

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
  return {made_of_sorted<Median>(median()), made_of_sorted<MedianCount>(median_count()),
          made_of_sorted<Quantile>(quantile()), made_of_sorted<InterquartileRange>(iqr())};
}

}  // namespace gridmill::features
