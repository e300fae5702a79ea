#include "core/numpy_argsort.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/numpy_random.hpp"

namespace gridmill::core {
namespace {

std::uint64_t digest(const std::vector<std::size_t>& order) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const std::size_t position : order) hash = (hash ^ position) * 0x100000001B3U;
  return hash;
}

// Expected digests are of numpy 1.24's np.argsort of the same values.
TEST(numpy_argsort, leaves_ties_where_numpy_leaves_them) {
  core::NumpyRandom random(1);
  std::vector<std::int64_t> values;
  for (int i = 0; i < 3000; ++i) values.push_back(random.integer(0, 40));
  EXPECT_EQ(digest(numpy_argsort(values)), 0x3a4949d92d7e6521U);

  values.clear();
  for (int i = 0; i < 2000; ++i) values.push_back(std::min(i, 2000 - i) / 3);
  EXPECT_EQ(digest(numpy_argsort(values)), 0x1ba46b0b50fc8507U);
}

TEST(numpy_argsort, turns_to_heapsort_where_numpy_does) {
  constexpr std::size_t kHalf = 1000;  // defeats the median of three: each partition splits off two values
  std::vector<std::int64_t> values(2 * kHalf, 0);
  for (std::size_t i = 1; i <= kHalf; ++i) {
    if (i % 2 == 1) {
      values[i - 1] = static_cast<std::int64_t>(i);
      values[i] = static_cast<std::int64_t>(kHalf + i);
    }
    values[kHalf + i - 1] = static_cast<std::int64_t>(2 * i);
  }
  EXPECT_EQ(digest(numpy_argsort(values)), 0x7d6b376828355c39U);
}

TEST(numpy_argsort, takes_none_and_one) {
  EXPECT_TRUE(numpy_argsort(std::vector<std::int64_t>{}).empty());
  EXPECT_EQ(numpy_argsort(std::vector<std::int64_t>{5}), std::vector<std::size_t>{0});
}

}  // namespace
}  // namespace gridmill::core
