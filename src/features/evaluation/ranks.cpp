#include "features/evaluation/ranks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "core/numbers.hpp"
#include "core/table.hpp"

namespace gridmill::features {
namespace {

/// Counts by rank, sums of the first of them in a logarithm of time (Fenwick 1994, "A new data structure for cumulative
/// frequency tables").
class Counts {
 public:
  explicit Counts(std::size_t n) : sums_(n + 1, 0) {}

  void add(std::size_t rank) {
    ++n_;
    for (std::size_t at = rank + 1; at < sums_.size(); at += at & (~at + 1)) ++sums_[at];
  }
  /// How many have a rank below this.
  [[nodiscard]] std::size_t below(std::size_t rank) const {
    std::size_t n = 0;
    for (std::size_t at = rank; at > 0; at -= at & (~at + 1)) n += sums_[at];
    return n;
  }
  [[nodiscard]] std::size_t n() const { return n_; }

 private:
  std::vector<std::size_t> sums_;
  std::size_t n_ = 0;
};

using Exact = core::Numbers::Exact;

std::vector<Exact> distinct(const Column::Numbers& numbers) {
  std::vector<Exact> values;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!std::isnan(numbers[i])) values.push_back(numbers.exact(i));
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

/// 0 to n - 1 in the order of what they stand for.
std::vector<std::size_t> in_order(std::span<const std::int64_t> times) {
  std::vector<std::size_t> order(times.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
  return order;
}

}  // namespace

Column ranks_as_of(const Column& values, std::span<const std::int64_t> times, std::span<const std::int64_t> places,
                   std::span<const std::int64_t> until) {
  const Column::Numbers& numbers = values.numbers();
  const std::vector<Exact> levels = distinct(numbers);
  const auto rank_of = [&](std::size_t entry) {
    const Exact value = numbers.exact(entry);
    return static_cast<std::size_t>(std::lower_bound(levels.begin(), levels.end(), value) - levels.begin());
  };
  const std::vector<std::size_t> entries = in_order(times);
  std::size_t next = 0;
  Counts known(levels.size());
  Column::Numbers ranks(places.size(), std::numeric_limits<double>::quiet_NaN());
  for (const std::size_t i : in_order(until)) {
    for (; next < entries.size() && times[entries[next]] <= until[i]; ++next) {
      const std::size_t entry = entries[next];
      if (times[entry] != core::kMissingTime && !std::isnan(numbers[entry])) known.add(rank_of(entry));
    }
    if (places[i] < 0 || std::isnan(numbers[static_cast<std::size_t>(places[i])])) continue;
    const std::size_t rank = rank_of(static_cast<std::size_t>(places[i]));
    const std::size_t begin = known.below(rank);
    const std::size_t end = known.below(rank + 1);
    ranks[i] = static_cast<double>(begin + 1 + end) / 2 / static_cast<double>(known.n());
  }
  return {.values = std::move(ranks), .dictionary = nullptr};
}

}  // namespace gridmill::features
