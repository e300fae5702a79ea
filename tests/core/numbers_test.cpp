#include "core/numbers.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kBig = std::int64_t{1} << 53;
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

std::vector<std::int64_t> integers_of(const Numbers& numbers) {
  std::vector<std::int64_t> all;
  for (std::size_t i = 0; i < numbers.size(); ++i) all.push_back(numbers.integer(i));
  return all;
}

TEST(Numbers, hold_every_int64) {
  const std::vector<std::int64_t> integers{kLeast, kLeast + 1, -kBig - 1,     -1,       0,
                                           kBig,   kBig + 1,   kGreatest - 1, kGreatest};
  EXPECT_EQ(integers_of(Numbers::of(integers)), integers);
}

TEST(Numbers, hold_every_uint64) {
  Numbers numbers(2);
  numbers.set(0, static_cast<Numbers::Exact>(std::numeric_limits<std::uint64_t>::max()));
  numbers.set(1, static_cast<Numbers::Exact>((std::uint64_t{1} << 63U) + 1));
  EXPECT_EQ(numbers.integer_text(0), "18446744073709551615");
  EXPECT_EQ(numbers.integer_text(1), "9223372036854775809");
}

TEST(Numbers, take_no_more_than_doubles_where_these_hold_all) {
  EXPECT_FALSE(Numbers::of(std::vector<std::int64_t>{1, -kBig, kBig, kBig + 2}).has_rests());
  EXPECT_TRUE(Numbers::of(std::vector<std::int64_t>{1, kBig + 1}).has_rests());
  EXPECT_FALSE(Numbers::of(std::vector<std::int64_t>{1, kBig + 1}, std::vector<std::uint8_t>{1, 0}).has_rests());
}

TEST(Numbers, keep_their_rests_when_taken_and_appended) {
  const Numbers numbers = Numbers::of(std::vector<std::int64_t>{kBig + 1, 7, kBig + 3});
  const std::vector<std::int64_t> rows{2, -1, 0};
  const Numbers taken = numbers.take(rows);
  EXPECT_EQ(taken.integer(0), kBig + 3);
  EXPECT_TRUE(std::isnan(taken[1]));
  Numbers all(std::vector<double>{1, 2});
  all.append(taken);
  all.append(Numbers(std::vector<double>{5}));
  EXPECT_EQ(all.integer(2), kBig + 3);
  EXPECT_EQ(all.integer(4), kBig + 1);
  EXPECT_EQ(all.integer(5), 5);
  const std::vector<std::int64_t> first{1};
  EXPECT_FALSE(numbers.take(first).has_rests());
}

TEST(Numbers, set_fractions_and_great_numbers_as_doubles) {
  Numbers numbers(std::vector<double>{0, 0, 0});
  numbers.set(0, 0.5L);
  numbers.set(1, 1e30L);
  numbers.set(2, std::numeric_limits<Numbers::Exact>::infinity());
  EXPECT_FALSE(numbers.has_rests());
  EXPECT_THAT(numbers, ElementsAre(0.5, 1e30, std::numeric_limits<double>::infinity()));
}

TEST(Numbers, rank_equal_ones_equal) {
  const Numbers numbers = Numbers::of(std::vector<std::int64_t>{kBig + 1, kBig, kBig + 1, -kBig - 1});
  EXPECT_THAT(numbers.ranks(), ElementsAre(2, 1, 2, 0));
}

}  // namespace
}  // namespace gridmill::core
