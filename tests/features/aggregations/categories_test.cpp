#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "grouped.hpp"

namespace gridmill::features::test {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

/// Groups of letters; `n_categories` of the stored column decide how they are counted.
Grouped letters(const std::vector<std::string>& groups, std::size_t n_categories = 4,
                Semantics semantics = Semantics::featuretools) {
  std::string all;
  Grouped grouped;
  grouped.offsets = {0};
  for (const std::string& group : groups) {
    all += group;
    grouped.offsets.push_back(static_cast<std::int64_t>(all.size()));
  }
  grouped.columns.push_back(codes(all, n_categories));
  grouped.semantics = semantics;
  return grouped;
}

const std::vector<std::string> kGroups{"", "b", "--", "cbcb", "a-a-b"};

class CategoryAggregations : public ::testing::TestWithParam<std::size_t> {};

// Few categories are counted with bits, many by sorting small groups and in a table for large ones.
INSTANTIATE_TEST_SUITE_P(dictionaries, CategoryAggregations, ::testing::Values(4, 1000));

TEST_P(CategoryAggregations, find_the_mode_first_in_order_of_equals) {
  EXPECT_THAT(letters(kGroups, GetParam()).labels_of("mode"), ElementsAre("-", "b", "-", "b", "a"));
}

TEST_P(CategoryAggregations, count_distinct_values) {
  const Grouped grouped = letters(kGroups, GetParam());
  EXPECT_THAT(grouped.numbers_of("num_unique"), ElementsAre(IsValue(kMissing), 1, 0, 2, 2));
  EXPECT_THAT(grouped.numbers_of("percent_unique"), ElementsAre(IsValue(kMissing), 1, 0, 0.5, 0.4));
  EXPECT_THAT(grouped.numbers_of("percent_unique", {{"skipna", false}}),
              ElementsAre(IsValue(kMissing), 1, 0.5, 0.5, 0.6));
  EXPECT_THAT(grouped.numbers_of("count_distinct_over_count"),
              ElementsAre(IsValue(kMissing), 1, IsValue(kMissing), 0.5, DoubleNear(2.0 / 3, 1e-15)));
  EXPECT_THAT(grouped.booleans_of("is_unique"), ElementsAre(kUnknown, 1, 0, 0, 0));
  EXPECT_THAT(grouped.booleans_of("has_no_duplicates"), ElementsAre(kUnknown, 1, 1, 0, 0));
}

TEST_P(CategoryAggregations, count_large_groups) {
  std::string large;
  for (int i = 0; i < 50; ++i) large += i % 5 == 0 ? "-cabb" : "bcabd";
  const Grouped grouped = letters({"d", large, "c"}, GetParam());
  EXPECT_THAT(grouped.labels_of("mode"), ElementsAre("d", "b", "c"));
  EXPECT_THAT(grouped.numbers_of("num_unique"), ElementsAre(1, 4, 1));
  EXPECT_THAT(grouped.labels_of("n_most_common_frequency", {}, 0), ElementsAre("1", "100", "1"));
}

TEST_P(CategoryAggregations, take_entropies) {
  const Grouped grouped = letters(kGroups, GetParam());
  const double three = -0.8 * std::log(0.4) - 0.2 * std::log(0.2);
  EXPECT_THAT(grouped.numbers_of("entropy"),
              ElementsAre(IsValue(kMissing), 0, 0, DoubleNear(std::log(2), 1e-15), DoubleNear(three, 1e-15)));
  EXPECT_THAT(grouped.numbers_of("entropy", {{"base", 2}})[3], DoubleNear(1, 1e-15));
  const double two = -2.0 / 3 * std::log(2.0 / 3) - 1.0 / 3 * std::log(1.0 / 3);
  EXPECT_THAT(
      grouped.numbers_of("entropy", {{"dropna", true}}),
      ElementsAre(IsValue(kMissing), 0, IsValue(kMissing), DoubleNear(std::log(2), 1e-15), DoubleNear(two, 1e-15)));
}

TEST(CategoryAggregations, count_absent_categories_of_stored_columns_as_featuretools_does) {
  const Grouped grouped = letters(kGroups, 4);
  EXPECT_THAT(grouped.numbers_of("average_count_per_unique"), ElementsAre(IsValue(kMissing), 0.25, 0, 1, 0.75));
  EXPECT_THAT(grouped.numbers_of("average_count_per_unique", {{"skipna", false}}),
              ElementsAre(IsValue(kMissing), 0.25, 0.4, 1, 1));
  EXPECT_THAT(grouped.labels_of("n_most_common_frequency", {{"n", 5}}, 1), ElementsAre("-", "0", "0", "2", "1"));
  EXPECT_THAT(grouped.labels_of("n_most_common_frequency", {{"n", 5}}, 4), ElementsAre("-", "-", "-", "-", "-"));
}

TEST(CategoryAggregations, leave_absent_categories_out_of_results_and_if_strict) {
  Grouped grouped = letters(kGroups, 4, Semantics::strict);
  EXPECT_THAT(grouped.numbers_of("average_count_per_unique"),
              ElementsAre(IsValue(kMissing), 1, IsValue(kMissing), 2, 1.5));
  EXPECT_THAT(grouped.labels_of("n_most_common_frequency", {}, 1), ElementsAre("-", "-", "-", "2", "1"));
  grouped.semantics = Semantics::featuretools;
  grouped.columns[0].dictionary = Dictionary::of_results(grouped.columns[0].dictionary);
  EXPECT_THAT(grouped.numbers_of("average_count_per_unique"),
              ElementsAre(IsValue(kMissing), 1, IsValue(kMissing), 2, 1.5));
  EXPECT_THAT(grouped.labels_of("n_most_common_frequency", {}, 1), ElementsAre("-", "-", "-", "2", "1"));
}

TEST(CategoryAggregations, list_the_most_common) {
  Grouped grouped = letters({"", "dcbacd", "a"}, 4);
  EXPECT_THAT(grouped.labels_of("n_most_common", {{"n", 4}}, 0), ElementsAre("-", "c", "a"));
  EXPECT_THAT(grouped.labels_of("n_most_common", {{"n", 4}}, 1), ElementsAre("-", "d", "-"));
  EXPECT_THAT(grouped.labels_of("n_most_common", {{"n", 4}}, 2), ElementsAre("-", "a", "-"));
  EXPECT_THAT(grouped.labels_of("n_most_common_frequency", {{"n", 2}}, 0), ElementsAre("-", "2", "1"));
  EXPECT_FALSE(grouped.outputs("n_most_common")[0].dictionary->is_stored());
  grouped.columns[0].dictionary = Dictionary::of_results(grouped.columns[0].dictionary);
  EXPECT_THAT(grouped.labels_of("n_most_common", {}, 0), ElementsAre("-", "d", "a")) << "equals as they come";
}

TEST(CategoryAggregations, are_missing_where_nothing_is_known_if_strict) {
  const Grouped grouped = letters(kGroups, 4, Semantics::strict);
  EXPECT_THAT(grouped.numbers_of("num_unique"), ElementsAre(0, 1, IsValue(kMissing), 2, 2));
  EXPECT_THAT(grouped.booleans_of("is_unique"), ElementsAre(kUnknown, 1, kUnknown, 0, 0));
  EXPECT_THAT(grouped.numbers_of("entropy", {{"dropna", true}})[2], IsValue(kMissing));
}

}  // namespace
}  // namespace gridmill::features::test
