#include "features/evaluation/ranks.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>

#include <gtest/gtest.h>

#include "core/table.hpp"

namespace gridmill::features {
namespace {

/// Counts who is before and who is equal, one by one.
double rank_of(const std::vector<double>& values, const std::vector<std::int64_t>& times, std::int64_t place,
               std::int64_t until) {
  const double value = values[static_cast<std::size_t>(place)];
  double less = 0;
  double equal = 0;
  double n = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (times[i] == core::kMissingTime || times[i] > until || std::isnan(values[i])) continue;
    n += 1;
    less += values[i] < value ? 1 : 0;
    equal += values[i] == value ? 1 : 0;
  }
  return std::isnan(value) ? value : (less + (equal + 1) / 2) / n;
}

TEST(ranks_as_of, are_those_among_the_entries_known_at_each_time) {
  std::mt19937 draw(7);
  const std::size_t n = 300;
  std::vector<double> values(n);
  std::vector<std::int64_t> times(n);
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = draw() % 10 == 0 ? std::nan("") : static_cast<double>(draw() % 40) - 20;
    times[i] = draw() % 20 == 0 ? core::kMissingTime : static_cast<std::int64_t>(draw() % 100) - 50;
  }
  std::vector<std::int64_t> places;
  std::vector<std::int64_t> until;
  for (int k = 0; k < 500; ++k) {
    const std::size_t i = draw() % n;
    if (times[i] == core::kMissingTime) continue;
    places.push_back(static_cast<std::int64_t>(i));
    until.push_back(times[i] + static_cast<std::int64_t>(draw() % 30));
  }
  const Column ranks = ranks_as_of({.values = values, .dictionary = nullptr}, times, places, until);
  ASSERT_EQ(ranks.size(), places.size());
  for (std::size_t k = 0; k < places.size(); ++k) {
    const double expected = rank_of(values, times, places[k], until[k]);
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(ranks.numbers()[k])) << k;
    } else {
      EXPECT_EQ(ranks.numbers()[k], expected) << k;
    }
  }
}

TEST(ranks_as_of, are_missing_where_nothing_is_to_be_ranked) {
  const Column none{.values = Column::Numbers{}, .dictionary = nullptr};
  EXPECT_EQ(ranks_as_of(none, {}, {}, {}).size(), 0U);
  const std::vector<std::int64_t> times{1};
  const std::vector<std::int64_t> nowhere{-1};
  const Column one{.values = Column::Numbers{5}, .dictionary = nullptr};
  EXPECT_TRUE(std::isnan(ranks_as_of(one, times, nowhere, times).numbers().front()));
}

}  // namespace
}  // namespace gridmill::features
