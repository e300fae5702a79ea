#include "features/columns/sorted_runs.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <utility>

#include "core/bytes.hpp"
#include "core/error.hpp"

namespace gridmill::features {
namespace {

/// A sorted run: where it lies, numbers need not begin at multiples of eight.
class SortedRun {
 public:
  explicit SortedRun(const KeptBytes& kept) : bytes_(kept.bytes) {}

  [[nodiscard]] std::size_t size() const { return bytes_.size() / sizeof(double); }
  [[nodiscard]] double operator[](std::size_t i) const {
    double value = 0;
    std::memcpy(&value, bytes_.data() + i * sizeof value, sizeof value);
    return value;
  }
  /// Returns how many numbers are less than `value`, knowing that it is `first` to `last`.
  [[nodiscard]] std::size_t n_below(double value, std::size_t first, std::size_t last) const {
    return end_of([value](double each) { return each < value; }, first, last);
  }
  /// ... at most `value`.
  [[nodiscard]] std::size_t n_up_to(double value, std::size_t first, std::size_t last) const {
    return end_of([value](double each) { return each <= value; }, first, last);
  }

 private:
  template <class Belongs>
  [[nodiscard]] std::size_t end_of(Belongs belongs, std::size_t first, std::size_t last) const {
    while (first < last) {
      const std::size_t middle = first + (last - first) / 2;
      if (belongs((*this)[middle])) {
        first = middle + 1;
      } else {
        last = middle;
      }
    }
    return first;
  }

  std::span<const std::byte> bytes_;
};

constexpr std::uint64_t kSign = std::uint64_t{1} << 63U;

/// Whole numbers that ascend as the doubles do.
std::uint64_t place_of(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

double value_at(std::uint64_t place) { return std::bit_cast<double>((place & kSign) != 0 ? place & ~kSign : ~place); }

/// A run and the range of it in which the number that is looked for may still be.
struct RunWindow {
  SortedRun run;
  std::size_t first;
  std::size_t last;
  std::size_t middle = 0;
};

}  // namespace

KeptBytes KeptBytes::of(std::vector<std::byte> bytes) {
  const auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  return {.bytes = *owner, .owner = owner};
}

SortedRuns::SortedRuns(std::span<const double> sorted) : n_(sorted.size()) {
  if (sorted.empty()) return;
  const auto raw = std::as_bytes(sorted);
  runs_.push_back(KeptBytes::of({raw.begin(), raw.end()}));
}

void SortedRuns::append(SortedRuns&& later) {
  std::ranges::move(later.runs_, std::back_inserter(runs_));
  n_ += std::exchange(later.n_, 0);
}

double SortedRuns::operator[](std::size_t place) const {
  GRIDMILL_ASSERT(place < n_, "a place in the group");
  std::vector<RunWindow> windows;
  for (const KeptBytes& each : runs_)
    windows.push_back({.run = SortedRun(each), .first = 0, .last = SortedRun(each).size()});
  // Halves the doubles between the least and the greatest until one is left: the least of which enough are below or
  // equal.
  std::uint64_t least = place_of(windows.front().run[0]);
  std::uint64_t greatest = least;
  for (const RunWindow& each : windows) {
    least = std::min(least, place_of(each.run[0]));
    greatest = std::max(greatest, place_of(each.run[each.last - 1]));
  }
  while (least < greatest) {
    const std::uint64_t middle = least + (greatest - least) / 2;
    std::size_t n = 0;
    for (RunWindow& each : windows) {
      each.middle = each.run.n_up_to(value_at(middle), each.first, each.last);
      n += each.middle;
    }
    if (n > place) {
      greatest = middle;
      for (RunWindow& each : windows) each.last = each.middle;
    } else {
      least = middle + 1;
      for (RunWindow& each : windows) each.first = each.middle;
    }
  }
  const double value = value_at(least);
  // Zeros of either sign are equal; the one found may be the one that is not there.
  for (const KeptBytes& each : runs_) {
    const SortedRun run(each);
    const std::size_t at = value == 0 ? run.n_below(value, 0, run.size()) : run.size();
    if (at < run.size() && run[at] == 0) return run[at];
  }
  return value;
}

std::size_t SortedRuns::count(double value) const {
  std::size_t n = 0;
  for (const KeptBytes& each : runs_) {
    const SortedRun run(each);
    n += run.n_up_to(value, 0, run.size()) - run.n_below(value, 0, run.size());
  }
  return n;
}

void SortedRuns::append_to(std::vector<std::byte>& bytes) const {
  core::append_value(runs_.size(), bytes);
  for (const KeptBytes& each : runs_) core::append_value(each.bytes.size(), bytes);
  for (const KeptBytes& each : runs_) bytes.insert(bytes.end(), each.bytes.begin(), each.bytes.end());
}

SortedRuns SortedRuns::take(KeptBytes& kept) {
  SortedRuns runs;
  std::vector<std::size_t> sizes(core::take_value<std::size_t>(kept.bytes));
  for (std::size_t& each : sizes) each = core::take_value<std::size_t>(kept.bytes);
  for (const std::size_t size : sizes) {
    GRIDMILL_ASSERT(kept.bytes.size() >= size, "what was written is whole");
    runs.runs_.push_back({.bytes = kept.bytes.first(size), .owner = kept.owner});
    runs.n_ += size / sizeof(double);
    kept.bytes = kept.bytes.subspan(size);
  }
  return runs;
}

}  // namespace gridmill::features
