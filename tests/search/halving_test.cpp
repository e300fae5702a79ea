#include "search/halving.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace gridmill::search {
namespace {

using testing::ElementsAre;

using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;  // candidates, resources

Pairs schedule(const HalvingOptions& options, std::size_t n_candidates) {
  Pairs rungs;
  // Digits, three folds.
  for (const Rung& rung :
       halving_schedule(options, {.n_candidates = n_candidates, .n_samples = 1797, .n_folds = 3, .n_classes = 10})) {
    rungs.emplace_back(rung.n_candidates, rung.n_resources);
  }
  return rungs;
}

// The expected ones were run with scikit-learn 1.2.1.
TEST(halving_schedule, is_that_of_scikit_learn) {
  EXPECT_EQ(schedule({}, 18), (Pairs{{18, 199}, {6, 597}, {2, 1791}}));
  EXPECT_EQ(schedule({.factor = 2}, 18), (Pairs{{18, 112}, {9, 224}, {5, 448}, {3, 896}, {2, 1792}}));
  EXPECT_EQ(schedule({}, 100), (Pairs{{100, 60}, {34, 180}, {12, 540}, {4, 1620}}));
  EXPECT_EQ(schedule({.max_resources = 400, .aggressive_elimination = true}, 100),
            (Pairs{{100, 60}, {34, 60}, {12, 60}, {4, 60}, {2, 180}}));
  EXPECT_EQ(schedule({.first = FirstRation::smallest}, 4), (Pairs{{4, 60}, {2, 180}}));
  EXPECT_EQ(schedule({}, 1), (Pairs{{1, 1797}}));
}

TEST(halving_schedule, counts_rounds_by_logarithms_that_round_down) {
  // log(243) / log(3) is 4.999...: five rounds, where exact arithmetic would have six.
  EXPECT_EQ(schedule({.first = FirstRation::smallest, .max_resources = 1797}, 243).size(), 4U);
  EXPECT_EQ(schedule({.min_resources = 1}, 243).size(), 5U);
  EXPECT_EQ(schedule({.min_resources = 1}, 244).size(), 6U);
}

TEST(halving_schedule, refuses_more_than_there_is) {
  EXPECT_THROW(schedule({.max_resources = 59}, 18), core::UserError);
  EXPECT_THROW(schedule({.max_resources = 1798}, 18), core::UserError);
  EXPECT_THROW(schedule({.min_resources = 2000}, 18), core::UserError);
  EXPECT_NO_THROW(schedule({.resource = "max_iter", .max_resources = 5000}, 18));
}

TEST(top_k, puts_the_best_last_and_what_has_no_score_first) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> scores{0.3, kNaN, 0.9, 0.1};
  EXPECT_THAT(top_k(scores, 2), ElementsAre(0, 2));
  EXPECT_THAT(top_k(scores, 4), ElementsAre(1, 3, 0, 2));
  EXPECT_THAT(top_k(scores, 9).size(), 4U);
}

// numpy.argsort of 20 values with ties, numpy 1.24.2.
TEST(top_k, breaks_ties_as_numpy_does) {
  std::vector<double> scores(20);
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = static_cast<double>(i % 3);
  EXPECT_THAT(top_k(scores, 7), ElementsAre(19, 8, 11, 2, 14, 17, 5));
}

TEST(subsample, takes_the_first_of_a_shuffle) {
  Fold fold;
  for (core::Index i = 0; i < 10; ++i) fold.train.push_back(10 + i);
  for (core::Index i = 0; i < 5; ++i) fold.test.push_back(i);
  const Fold some = subsample(fold, 0.5, 0);
  // sklearn.utils.resample(range(10, 20), replace=False, n_samples=5, random_state=0), and of range(5) the first 2
  EXPECT_THAT(some.train, ElementsAre(12, 18, 14, 19, 11));
  EXPECT_THAT(some.test, ElementsAre(2, 0));
}

TEST(halving, tries_the_best_again_in_ascending_order_of_their_scores) {
  const auto strategy = halving({{.n_candidates = 4, .n_resources = 10}, {.n_candidates = 2, .n_resources = 30}});
  const auto first = strategy->next({});
  ASSERT_TRUE(first);
  EXPECT_THAT(first->candidates, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(first->n_resources, 10U);
  const auto second = strategy->next(std::vector<double>{0.2, 0.9, 0.1, 0.5});
  ASSERT_TRUE(second);
  EXPECT_THAT(second->candidates, ElementsAre(3, 1));
  EXPECT_EQ(second->n_resources, 30U);
  EXPECT_FALSE(strategy->next(std::vector<double>{0.5, 0.6}));
}

}  // namespace
}  // namespace gridmill::search
