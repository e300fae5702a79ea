#include "core/numpy_random.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

// Expected numbers are what numpy 1.24's RandomState gives for the same calls in the same order.
TEST(NumpyRandom, draws_what_numpy_draws) {
  NumpyRandom random(42);
  std::vector<std::int64_t> small;
  for (int i = 0; i < 8; ++i) small.push_back(random.integer(0, 7));
  EXPECT_EQ(small, (std::vector<std::int64_t>{6, 3, 4, 6, 2, 4, 4, 6}));
  std::vector<std::int64_t> wide;
  for (int i = 0; i < 3; ++i) wide.push_back(random.integer(-3, 1'000'000'000'000));
  EXPECT_EQ(wide, (std::vector<std::int64_t>{520361034191, 919372468551, 871303592020}));
  EXPECT_EQ(random.unit(), 0x1.55b7b5ccf1562p-2);
  EXPECT_EQ(random.uniform(-2.0, 3.0), -0x1.492166aeb558fp+0);
  EXPECT_EQ(random.permutation(10), (std::vector<std::size_t>{7, 9, 0, 8, 6, 3, 1, 4, 5, 2}));
  EXPECT_EQ(random.integer(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()),
            -3611093278762119879);
  EXPECT_EQ(random.integer(0, 4'294'967'296), 2253811733);
  std::vector<int> shuffled{0, 1, 2, 3, 4, 5, 6};
  random.shuffle(std::span(shuffled));
  EXPECT_EQ(shuffled, (std::vector<int>{1, 5, 2, 6, 0, 3, 4}));
}

TEST(NumpyRandom, draws_normal_numbers_in_pairs) {
  NumpyRandom random(42);
  EXPECT_EQ(random.normal(), 0.4967141530112327);
  EXPECT_EQ(random.normal(), -0.13826430117118466);
  EXPECT_EQ(random.normal(), 0.6476885381006925);
}

TEST(NumpyRandom, draws_nothing_for_an_interval_of_one_number) {
  NumpyRandom random(7);
  NumpyRandom untouched(7);
  EXPECT_EQ(random.interval(0), 0U);
  EXPECT_EQ(random.integer(3, 4), 3);
  EXPECT_EQ(random.permutation(1), std::vector<std::size_t>{0});
  EXPECT_EQ(random.permutation(0), std::vector<std::size_t>{});
  EXPECT_EQ(random.unit(), untouched.unit());
}

TEST(NumpyRandom, agrees_over_a_hundred_thousand_intervals_of_the_greatest_seed) {
  NumpyRandom random(4'294'967'295U);
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (std::int64_t i = 0; i < 100'000; ++i) {
    hash = (hash ^ static_cast<std::uint64_t>(random.integer(0, i + 1))) * 0x100000001B3U;
  }
  EXPECT_EQ(hash, 0xba7866024eaab343U);
}

}  // namespace
}  // namespace gridmill::core
