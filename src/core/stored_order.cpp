#include "core/stored_order.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <utility>

#include "core/error.hpp"
#include "core/nanoseconds.hpp"

namespace gridmill::core {
namespace {

struct KeyedRow {
  std::uint64_t key = 0;
  RowId row = 0;
};

constexpr unsigned kDigitBits = 11;
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;

std::size_t digit_of(std::uint64_t key, unsigned shift) { return (key >> shift) & (kDigits - 1); }

/// Counting sort by one digit; returns false and does nothing when all rows share it.
bool sort_by_digit(const std::vector<KeyedRow>& rows, unsigned shift, std::vector<KeyedRow>& sorted) {
  std::array<std::size_t, kDigits> begin{};
  for (const KeyedRow& each : rows) ++begin[digit_of(each.key, shift)];
  if (begin[digit_of(rows.front().key, shift)] == rows.size()) return false;
  std::exclusive_scan(begin.begin(), begin.end(), begin.begin(), std::size_t{0});
  sorted.resize(rows.size());
  for (const KeyedRow& each : rows) sorted[begin[digit_of(each.key, shift)]++] = each;
  return true;
}

/// Sorts by key, digit by digit from the least; equal keys keep their order.
void sort_stably(std::vector<KeyedRow>& rows) {
  const auto less = [](const KeyedRow& a, const KeyedRow& b) { return a.key < b.key; };
  if (rows.size() < kDigits) return std::stable_sort(rows.begin(), rows.end(), less);
  const std::uint64_t greatest = std::max_element(rows.begin(), rows.end(), less)->key;
  std::vector<KeyedRow> sorted;
  for (unsigned shift = 0; shift < 64 && (greatest >> shift) != 0; shift += kDigitBits) {
    if (sort_by_digit(rows, shift, sorted)) rows.swap(sorted);
  }
}

/// Returns the largest usual unit of which all times are multiples: fewer digits to sort by.
std::int64_t common_unit(std::span<const std::int64_t> times) {
  const auto divides_all = [&]<std::int64_t unit>(std::integral_constant<std::int64_t, unit>) {
    return std::all_of(times.begin(), times.end(), [](std::int64_t t) { return t == kMissingTime || t % unit == 0; });
  };
  if (divides_all(std::integral_constant<std::int64_t, kDay>{})) return kDay;
  if (divides_all(std::integral_constant<std::int64_t, kSecond>{})) return kSecond;
  if (divides_all(std::integral_constant<std::int64_t, 1000>{})) return 1000;
  return 1;
}

/// Keys that sort as the times do, missing ones last.
class TimeKeys {
 public:
  explicit TimeKeys(std::span<const std::int64_t> times)
      : unit_(static_cast<std::uint64_t>(common_unit(times))), least_(std::numeric_limits<std::int64_t>::max()) {
    std::int64_t greatest = kMissingTime;
    for (const std::int64_t time : times) {
      greatest = std::max(greatest, time);
      if (time != kMissingTime) least_ = std::min(least_, time);
    }
    if (greatest != kMissingTime) missing_ = key_of_present(greatest) + 1;
  }

  std::uint64_t operator()(std::int64_t time) const { return time == kMissingTime ? missing_ : key_of_present(time); }

 private:
  [[nodiscard]] std::uint64_t key_of_present(std::int64_t time) const {
    return (static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(least_)) / unit_;
  }

  std::uint64_t unit_;
  std::int64_t least_;
  std::uint64_t missing_ = 0;
};

std::vector<RowId> source_order(std::size_t n_rows) {
  std::vector<RowId> rows(n_rows);
  std::iota(rows.begin(), rows.end(), RowId{0});
  return rows;
}

/// Rows by index; it ascends already in most files.
std::vector<RowId> index_order(std::span<const std::int64_t> index) {
  if (std::is_sorted(index.begin(), index.end())) return source_order(index.size());
  const auto least = static_cast<std::uint64_t>(*std::min_element(index.begin(), index.end()));
  std::vector<KeyedRow> keyed(index.size());
  for (std::size_t row = 0; row < index.size(); ++row) {
    keyed[row] = {static_cast<std::uint64_t>(index[row]) - least, static_cast<RowId>(row)};
  }
  sort_stably(keyed);
  std::vector<RowId> rows(index.size());
  std::transform(keyed.begin(), keyed.end(), rows.begin(), [](const KeyedRow& each) { return each.row; });
  return rows;
}

}  // namespace

std::vector<RowId> table_order(std::size_t n_rows, std::span<const std::int64_t> times,
                               std::span<const std::int64_t> index) {
  if (times.empty()) return source_order(n_rows);
  GRIDMILL_ASSERT(times.size() == n_rows && index.size() == n_rows, "a time and an index for each row");
  const TimeKeys key_of(times);
  std::vector<RowId> rows = index_order(index);
  std::vector<KeyedRow> keyed(n_rows);
  std::transform(rows.begin(), rows.end(), keyed.begin(), [&](RowId row) {
    return KeyedRow{key_of(times[static_cast<std::size_t>(row)]), row};
  });
  sort_stably(keyed);
  std::transform(keyed.begin(), keyed.end(), rows.begin(), [](const KeyedRow& each) { return each.row; });
  return rows;
}

ChildRows deal_to_parents(std::span<const RowId> order, std::span<const RowId> parents, std::size_t n_parents) {
  GRIDMILL_ASSERT(order.size() == parents.size(), "a parent, or none, for each row");
  const auto group_of = [&](RowId row) {
    const RowId parent = parents[static_cast<std::size_t>(row)];
    return parent == kNoRow ? n_parents : static_cast<std::size_t>(parent);
  };
  std::vector<std::int64_t> next(n_parents + 2, 0);
  for (const RowId row : order) ++next[group_of(row) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  ChildRows children{.offsets = {next.begin(), next.end() - 1}, .rows = std::vector<RowId>(order.size())};
  for (const RowId row : order) children.rows[static_cast<std::size_t>(next[group_of(row)]++)] = row;
  return children;
}

std::vector<std::int64_t> positions_in(std::span<const RowId> order) {
  std::vector<std::int64_t> positions(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    positions[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  }
  return positions;
}

void raise_last_times(std::span<std::int64_t> parent_times, std::span<const RowId> parents,
                      std::span<const std::int64_t> child_times) {
  GRIDMILL_ASSERT(parents.size() == child_times.size(), "a parent, or none, for each child");
  for (std::size_t child = 0; child < parents.size(); ++child) {
    if (parents[child] == kNoRow) continue;
    std::int64_t& time = parent_times[static_cast<std::size_t>(parents[child])];
    time = std::max(time, child_times[child]);
  }
}

}  // namespace gridmill::core
