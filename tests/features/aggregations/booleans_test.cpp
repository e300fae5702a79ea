#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "grouped.hpp"

namespace gridmill::features::test {
namespace {

using ::testing::ElementsAre;

// Groups: empty, missing only, true true false true with a missing one before the last, false.
Grouped truths(Semantics semantics = Semantics::featuretools) {
  Grouped grouped;
  grouped.columns.push_back(booleans({kUnknown, kUnknown, 1, 1, 0, kUnknown, 1, 0}));
  grouped.offsets = {0, 0, 2, 7, 8};
  grouped.semantics = semantics;
  return grouped;
}

TEST(BooleanAggregations, count_truths) {
  EXPECT_THAT(truths().numbers_of("num_true"), ElementsAre(IsValue(kMissing), 0, 3, 0));
  EXPECT_THAT(truths().numbers_of("percent_true"), ElementsAre(IsValue(kMissing), 0, 0.6, 0));
  EXPECT_THAT(truths().booleans_of("any"), ElementsAre(kUnknown, 0, 1, 0));
  EXPECT_THAT(truths().booleans_of("all"), ElementsAre(kUnknown, 1, 0, 0));
}

TEST(BooleanAggregations, leave_unknown_truths_out_if_strict) {
  const Grouped grouped = truths(Semantics::strict);
  EXPECT_THAT(grouped.numbers_of("num_true"), ElementsAre(0, IsValue(kMissing), 3, 0));
  EXPECT_THAT(grouped.numbers_of("percent_true"), ElementsAre(IsValue(kMissing), IsValue(kMissing), 0.75, 0));
  EXPECT_THAT(grouped.booleans_of("any"), ElementsAre(kUnknown, kUnknown, 1, 0));
  EXPECT_THAT(grouped.booleans_of("all"), ElementsAre(kUnknown, kUnknown, 0, 0));
}

TEST(BooleanAggregations, find_runs) {
  EXPECT_THAT(truths().numbers_of("max_consecutive_true"), ElementsAre(IsValue(kMissing), 0, 2, 0));
  EXPECT_THAT(truths().numbers_of("max_consecutive_false"), ElementsAre(IsValue(kMissing), 0, 1, 1));
  EXPECT_THAT(truths().numbers_of("num_true_since_last_false"),
              ElementsAre(IsValue(kMissing), IsValue(kMissing), 1, 0));
  EXPECT_THAT(truths().numbers_of("num_false_since_last_true"),
              ElementsAre(IsValue(kMissing), IsValue(kMissing), 0, IsValue(kMissing)));
}

}  // namespace
}  // namespace gridmill::features::test
