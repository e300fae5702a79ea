#include "search/nested.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace gridmill::search {
namespace {

using core::Index;
using testing::ElementsAre;
using testing::HasSubstr;

class Nested : public testing::Test {
 protected:
  Nested() {
    for (std::size_t i = 0; i < 24; ++i) {
      y.push_back(static_cast<double>(i % 2));
      group.push_back(static_cast<std::int64_t>(i / 3));
    }
    data.x = core::MatrixView(y.data(), 1, y.size());
    data.y = y;
    data.group = group;
    data.classes = {"no", "yes"};
  }

  std::vector<double> y;
  std::vector<std::int64_t> group;
  core::Dataset data;
};

TEST_F(Nested, inner_folds_split_the_training_rows_of_their_outer_fold) {
  const OuterFolds outer = make_outer_folds(data, {.n_folds = 3}, {.n_folds = 4});
  ASSERT_EQ(outer.folds.size(), 4U);
  for (const OuterFold& each : outer.folds) {
    EXPECT_EQ(each.fold.test.size(), 6U);
    ASSERT_EQ(each.inner.size(), 3U);
    std::vector<Index> tested;
    for (const Fold& fold : each.inner) {
      std::vector<Index> rows = fold.train;
      rows.insert(rows.end(), fold.test.begin(), fold.test.end());
      std::sort(rows.begin(), rows.end());
      EXPECT_EQ(rows, each.fold.train);
      tested.insert(tested.end(), fold.test.begin(), fold.test.end());
    }
    std::sort(tested.begin(), tested.end());
    EXPECT_EQ(tested, each.fold.train);
  }
}

TEST_F(Nested, groups_stay_together_outside_and_inside) {
  const OuterFolds outer = make_outer_folds(data, {.kind = FoldKind::group, .n_folds = 2}, {.n_folds = 4});
  const auto groups_of = [&](const std::vector<Index>& rows) {
    std::set<std::int64_t> groups;
    for (const Index row : rows) groups.insert(group[row]);
    return groups;
  };
  for (const OuterFold& each : outer.folds) {
    EXPECT_EQ(groups_of(each.fold.test).size() * 3, each.fold.test.size());
    for (const Fold& fold : each.inner) {
      EXPECT_EQ(groups_of(fold.train).size() + groups_of(fold.test).size(), 6U);
      EXPECT_EQ(groups_of(fold.test).size(), 3U);  // groups that only the outer test rows have are dealt to none
    }
  }
}

TEST_F(Nested, outer_folds_serve_as_inner_ones_in_pairs) {
  const OuterFolds outer = make_outer_folds(data, {.n_folds = 3}, {.n_folds = 4, .inner = InnerFolds::outer});
  // Outer fold 0 leaves 1, 2, 3 as inner folds; outer fold 2 leaves 0, 1, 3.
  ASSERT_EQ(outer.folds[0].inner.size(), 3U);
  EXPECT_EQ(outer.folds[0].inner[1].test, outer.folds[2].fold.test);
  EXPECT_EQ(outer.folds[2].inner[0].test, outer.folds[0].fold.test);
  EXPECT_EQ(outer.folds[0].inner[1].train, outer.folds[2].inner[0].train);
  EXPECT_EQ(outer.folds[0].inner[1].train.size(), 12U);
}

TEST_F(Nested, leaves_the_future_out_of_time_series) {
  const OuterFolds outer = make_outer_folds(data, {.kind = FoldKind::time_series, .n_folds = 2}, {.n_folds = 3});
  for (const OuterFold& each : outer.folds) {
    EXPECT_LT(each.fold.train.back(), each.fold.test.front());
    for (const Fold& fold : each.inner) EXPECT_LT(fold.train.back(), fold.test.front());
  }
}

TEST_F(Nested, says_which_outer_fold_is_too_small) {
  try {
    (void)make_outer_folds(data, {.kind = FoldKind::k_fold, .n_folds = 20}, {.n_folds = 3});
    FAIL() << "did not throw";
  } catch (const core::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("outer fold 0: cannot make 20 folds of 16 samples"));
  }
}

TEST(nested_problem, is_said_of_folds_that_cannot_be_nested) {
  EXPECT_FALSE(nested_problem({}, {}));
  EXPECT_TRUE(nested_problem({.kind = FoldKind::predefined}, {}));
  EXPECT_FALSE(nested_problem({.kind = FoldKind::time_series}, {}));
  EXPECT_TRUE(nested_problem({.kind = FoldKind::time_series}, {.inner = InnerFolds::outer}));
  EXPECT_TRUE(nested_problem({}, {.n_folds = 2, .inner = InnerFolds::outer}));
}

}  // namespace
}  // namespace gridmill::search
