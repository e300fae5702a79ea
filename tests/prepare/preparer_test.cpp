#include "prepare/preparer.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gridmill::prepare {
namespace {

using Rows = std::vector<core::Index>;

const core::Matrix kX{{1, 2, std::nan(""), 6}, {0, 5, 10, 20}};
const Rows kFirst{0, 1};
const Rows kLast{1, 3};

Steps imputing(const std::string& how) { return Steps({{"impute", how}}); }
Steps scaling(const std::string& how) { return Steps({{"impute", "mean"}, {"preprocessing", how}}); }

TEST(Preparer, gives_the_samples_as_they_are_where_there_are_no_steps) {
  Preparer preparer({.numbers = kX});
  const core::PreparedSamples samples = preparer.apply(preparer.learn(Steps(), kFirst));
  EXPECT_EQ(samples.x, nullptr);
  EXPECT_EQ(samples.key, 0U);
  EXPECT_EQ(preparer.n_learnt(), 0U);
}

TEST(Preparer, learns_each_setting_once_from_the_same_rows) {
  Preparer preparer({.numbers = kX});
  const auto first = preparer.learn(imputing("mean"), kFirst);
  const auto scaled = preparer.learn(scaling("minmax"), kFirst);
  const auto other = preparer.learn(imputing("mean"), kLast);
  EXPECT_EQ(preparer.n_learnt(), 3U);
  const Rows same_rows = kFirst;  // elsewhere in memory
  EXPECT_EQ(preparer.learn(imputing("mean"), same_rows).key, first.key);
  EXPECT_EQ(preparer.learn(scaling("minmax"), kFirst).key, scaled.key);
  EXPECT_EQ(preparer.learn(imputing("mean"), kLast).steps, other.steps);
  EXPECT_EQ(preparer.n_learnt(), 3U);
}

TEST(Preparer, gives_different_samples_different_keys) {
  Preparer preparer({.numbers = kX});
  std::vector<core::PreparedSamples> all;
  for (const Rows& rows : {kFirst, kLast, Rows{0, 1, 3}}) {
    for (const Steps& steps : {imputing("mean"), imputing("zero"), scaling("minmax"), scaling("standardize")}) {
      all.push_back(preparer.apply(preparer.learn(steps, rows)));
    }
  }
  for (const core::PreparedSamples& a : all) {
    EXPECT_NE(a.key, 0U);
    for (const core::PreparedSamples& b : all) {
      if (a.key != b.key) continue;
      EXPECT_TRUE(arma::approx_equal(*a.x, *b.x, "absdiff", 0));
    }
  }
}

TEST(Preparer, keeps_the_key_where_other_rows_teach_the_same) {
  Preparer preparer({.numbers = kX});
  EXPECT_EQ(preparer.learn(imputing("zero"), kFirst).key, preparer.learn(imputing("zero"), kLast).key);
  EXPECT_NE(preparer.learn(imputing("mean"), kFirst).key, preparer.learn(imputing("mean"), kLast).key);
}

TEST(Preparer, prepares_as_the_steps_alone_do) {
  Preparer preparer({.numbers = kX});
  const Steps steps = scaling("standardize");
  const core::PreparedSamples samples = preparer.apply(preparer.learn(steps, kLast));
  const core::Matrix alone = steps.fit({.numbers = kX}, {.rows = kLast}).apply({.numbers = kX});
  EXPECT_TRUE(arma::approx_equal(*samples.x, alone, "absdiff", 0));
  EXPECT_FALSE(samples.x->has_nan());
}

TEST(Preparer, forgets_what_takes_too_much_memory_and_learns_the_same_again) {
  const core::Matrix wide(60'000, 4, arma::fill::randu);
  Preparer preparer({.numbers = wide});
  const auto first = preparer.learn(scaling("minmax"), kFirst);
  const auto second = preparer.learn(scaling("minmax"), kLast);
  const auto again = preparer.learn(scaling("minmax"), kFirst);
  EXPECT_EQ(preparer.n_learnt(), 3U);
  EXPECT_EQ(again.steps, first.steps);
  EXPECT_NE(again.key, second.key);
}

}  // namespace
}  // namespace gridmill::prepare
