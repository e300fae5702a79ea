#include "features/aggregations/sorted_groups.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace gridmill::features::aggregations {
namespace {

constexpr std::size_t kSmallGroup = 16;

/// Sorts up to kSmallGroup values: counts for each how many go before it, so that no branch depends on their order.
void sort_small(std::span<double> values) {
  std::array<double, kSmallGroup> copy{};
  std::array<std::uint32_t, kSmallGroup> place{};
  std::copy(values.begin(), values.end(), copy.begin());
  for (std::size_t i = 1; i < values.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool before = copy[i] < copy[j];
      place[j] += static_cast<std::uint32_t>(before);
      place[i] += static_cast<std::uint32_t>(!before);
    }
  }
  for (std::size_t i = 0; i < values.size(); ++i) values[place[i]] = copy[i];
}

}  // namespace

SortedGroups::SortedGroups(const std::vector<double>& x, const GroupRanges& groups)
    : values_(std::make_unique_for_overwrite<double[]>(static_cast<std::size_t>(groups.n_entries()))),
      ends_(groups.size() + 1) {
  std::size_t at = 0;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const auto end = static_cast<std::size_t>(groups.end(group));
    double* const first = values_.get() + at;
    double* last = first;
    for (auto i = static_cast<std::size_t>(groups.begin(group)); i < end; ++i) {
      *last = x[i];
      last += static_cast<std::ptrdiff_t>(x[i] == x[i]);  // the next value takes the place of a missing one
    }
    if (last - first <= static_cast<std::ptrdiff_t>(kSmallGroup)) {
      sort_small({first, last});
    } else {
      std::sort(first, last);
    }
    at += static_cast<std::size_t>(last - first);
    ends_[group + 1] = at;
  }
}

const SortedGroups& sorted_groups(const AggregateInput& input, std::size_t column) {
  const Column& values = *input.columns[column];
  return input.memo.get<SortedGroups>(values, [&] { return SortedGroups(values.numbers(), input.groups); });
}

}  // namespace gridmill::features::aggregations
