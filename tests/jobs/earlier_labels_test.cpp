#include "jobs/dataset/earlier_labels.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/nanoseconds.hpp"

namespace gridmill::jobs {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::NanSensitiveDoubleEq;

const double kNone = std::nan("");

core::Column times(std::vector<std::int64_t> days) {
  core::Column column{.name = "day", .type = core::ColumnType::datetime};
  for (std::int64_t& day : days) day *= core::kDay;
  column.values = std::move(days);
  return column;
}

const search::EarlierLabels* find(const std::vector<search::EarlierLabels>& all, const std::string& rule) {
  for (const search::EarlierLabels& labels : all) {
    if (labels.rule == rule) return &labels;
  }
  return nullptr;
}

TEST(EarlierLabels, are_those_of_an_earlier_time_not_of_the_row_above) {
  // Two rows share day 2; day 4 is not there.
  const std::vector<double> y{10, 20, 21, 30, 50};
  const auto all = labels_before(times({1, 2, 2, 3, 5}), y, {});
  ASSERT_NE(find(all, "the label one row before"), nullptr);
  EXPECT_THAT(find(all, "the label one row before")->of_train,
              ElementsAre(NanSensitiveDoubleEq(kNone), 10, 10, 21, 30));
  ASSERT_NE(find(all, "the label one day before"), nullptr);
  EXPECT_THAT(find(all, "the label one day before")->of_train,
              ElementsAre(NanSensitiveDoubleEq(kNone), 10, 10, 21, NanSensitiveDoubleEq(kNone)));
  EXPECT_EQ(find(all, "the label one week before"), nullptr);  // no row has one
}

TEST(EarlierLabels, stay_within_their_group) {
  const std::vector<double> y{1, 2, 3, 4};
  const std::vector<std::int64_t> group{0, 1, 0, 1};
  const auto all = labels_before(times({1, 1, 8, 8}), y, group);
  EXPECT_THAT(find(all, "the label one week before")->of_train,
              ElementsAre(NanSensitiveDoubleEq(kNone), NanSensitiveDoubleEq(kNone), 1, 2));
  EXPECT_EQ(find(all, "the label one day before"), nullptr);
}

TEST(EarlierLabels, of_numbers_know_no_days) {
  const std::vector<double> y{1, 2, 3};
  core::Column time{
      .name = "t", .type = core::ColumnType::real, .tags = {}, .unit = {}, .values = std::vector<double>{0.5, 1, 2}};
  const auto all = labels_before(time, y, {});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].rule, "the label one row before");
}

TEST(EarlierLabels, of_one_time_are_none) {
  EXPECT_THAT(labels_before(times({3, 3, 3}), std::vector<double>{1, 2, 3}, {}), IsEmpty());
}

TEST(EarlierLabels, reach_over_the_whole_range_of_times) {
  core::Column column{.name = "t", .type = core::ColumnType::datetime};
  const std::int64_t first = std::numeric_limits<std::int64_t>::min() + 1;
  const std::int64_t last = std::numeric_limits<std::int64_t>::max();
  column.values = std::vector<std::int64_t>{first, last - core::kDay, last};
  const auto all = labels_before(column, std::vector<double>{1, 2, 3}, {});
  ASSERT_EQ(all.size(), 1U);  // one of three rows has a day before: too few
  EXPECT_THAT(all[0].of_train, ElementsAre(NanSensitiveDoubleEq(kNone), 1, 2));
}

TEST(EarlierLabels, go_with_their_rows_when_some_are_held_out) {
  const std::vector<double> y{1, 2, 3, 4};
  const auto all = labels_before(times({1, 2, 3, 4}), y, {});
  const auto parts = divided(all, {.train = {0, 1, 2}, .test = {3}});
  EXPECT_THAT(parts[0].of_train, ElementsAre(NanSensitiveDoubleEq(kNone), 1, 2));
  EXPECT_THAT(parts[0].of_held_out, ElementsAre(3));
}

}  // namespace
}  // namespace gridmill::jobs
