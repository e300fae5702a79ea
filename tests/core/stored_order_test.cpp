#include "core/stored_order.hpp"

#include <algorithm>
#include <random>
#include <tuple>

#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

using Rows = std::vector<RowId>;

/// The rule as it is written down, without digits.
Rows plain_order(const std::vector<std::int64_t>& times, const std::vector<std::int64_t>& index) {
  Rows rows(times.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<RowId>(i);
  std::stable_sort(rows.begin(), rows.end(), [&](RowId a, RowId b) {
    const auto key = [&](RowId row) {
      const auto i = static_cast<std::size_t>(row);
      return std::tuple(times[i] == kMissingTime, times[i], index[i]);
    };
    return key(a) < key(b);
  });
  return rows;
}

TEST(table_order, is_that_of_the_source_without_times) { EXPECT_EQ(table_order(3, {}, {}), (Rows{0, 1, 2})); }

TEST(table_order, puts_missing_times_last_and_breaks_ties_by_index) {
  const std::vector<std::int64_t> times{5, kMissingTime, 3, 5, kMissingTime};
  const std::vector<std::int64_t> index{40, 20, 30, 10, 5};
  EXPECT_EQ(table_order(5, times, index), (Rows{2, 3, 0, 4, 1}));
}

TEST(table_order, of_many_rows_is_that_of_a_plain_sort) {
  std::mt19937_64 random(3);
  for (const std::int64_t unit : {std::int64_t{1}, std::int64_t{1000}, std::int64_t{86400} * 1'000'000'000}) {
    std::vector<std::int64_t> times(20000), index(20000);
    for (std::size_t i = 0; i < times.size(); ++i) {
      times[i] = random() % 50 == 0 ? kMissingTime : (static_cast<std::int64_t>(random() % 20000) - 10000) * unit;
      index[i] = static_cast<std::int64_t>(random());
    }
    EXPECT_EQ(table_order(times.size(), times, index), plain_order(times, index)) << unit;
  }
}

TEST(table_order, holds_the_extremes_of_time) {
  std::vector<std::int64_t> times(5000, kMissingTime), index(5000);
  for (std::size_t i = 0; i < times.size(); ++i) index[i] = -static_cast<std::int64_t>(i);
  times[7] = std::numeric_limits<std::int64_t>::max();
  times[9] = kMissingTime + 1;
  EXPECT_EQ(table_order(times.size(), times, index), plain_order(times, index));
}

TEST(table_order, of_no_present_time_is_that_of_the_index) {
  EXPECT_EQ(table_order(2, std::vector<std::int64_t>(2, kMissingTime), std::vector<std::int64_t>{8, 1}), (Rows{1, 0}));
}

TEST(deal_to_parents, keeps_the_order_and_puts_orphans_last) {
  const ChildRows children = deal_to_parents(Rows{3, 1, 0, 2, 4}, Rows{1, kNoRow, 1, 0, kNoRow}, 3);
  EXPECT_EQ(children.offsets, (std::vector<std::int64_t>{0, 1, 3, 3}));
  EXPECT_EQ(children.rows, (Rows{3, 0, 2, 1, 4}));
}

TEST(positions_in, inverts_an_order) { EXPECT_EQ(positions_in(Rows{2, 0, 1}), (std::vector<std::int64_t>{1, 2, 0})); }

TEST(raise_last_times, takes_the_latest_of_the_children) {
  std::vector<std::int64_t> parents{4, kMissingTime, 9};
  raise_last_times(parents, Rows{0, 1, kNoRow, 2, 0}, std::vector<std::int64_t>{3, 6, 100, 8, kMissingTime});
  EXPECT_EQ(parents, (std::vector<std::int64_t>{4, 6, 9}));
}

}  // namespace
}  // namespace gridmill::core
