#include "prepare/dates.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prepare/all_rows.hpp"
#include "prepare/steps.hpp"
#include "word_rows.hpp"

namespace gridmill::prepare {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pointwise;

// 2024-02-29 23:59:58.5, 2021-01-03 06:07:08, missing, 1969-12-31 23:00, 2020-12-31, 2023-01-01 12:00
const std::vector<std::string> kTimes{"1709251198500000000", "1609654028000000000", "",
                                      "-3600000000000",      "1609372800000000000", "1672574400000000000"};

core::Value parts(const std::vector<std::string>& names) { return core::ValueList(names.begin(), names.end()); }

FittedSteps fit_dates(const core::Params& params, const WordRows& rows) {
  const std::vector<core::Index> train = all_rows(rows.words.front().codes.size());
  return Steps(params).fit(rows.frame(), {.rows = train, .names = {"n"}});
}

std::vector<double> row(const core::Matrix& x, std::size_t i) { return {x.colptr(i) + 1, x.colptr(i) + x.n_rows}; }

TEST(Dates, become_their_parts) {
  const WordRows rows({WordColumn("when", kTimes, core::ColumnType::datetime)});
  const core::Value all = parts({"year", "quarter", "month", "week", "day", "weekday", "day_of_year", "hour", "minute",
                                 "second", "is_weekend", "is_month_start", "is_month_end"});
  const FittedSteps fitted = fit_dates({{"dates", all}}, rows);
  const core::Matrix x = fitted.apply(rows.frame());
  // As pandas has them.
  EXPECT_THAT(row(x, 0), ElementsAre(2024, 1, 2, 9, 29, 3, 60, 23, 59, 58, 0, 0, 1));
  EXPECT_THAT(row(x, 1), ElementsAre(2021, 1, 1, 53, 3, 6, 3, 6, 7, 8, 1, 0, 0));
  EXPECT_THAT(row(x, 3), ElementsAre(1969, 4, 12, 1, 31, 2, 365, 23, 0, 0, 0, 0, 1));
  EXPECT_THAT(row(x, 4), ElementsAre(2020, 4, 12, 53, 31, 3, 366, 0, 0, 0, 0, 0, 1));
  EXPECT_THAT(row(x, 5), ElementsAre(2023, 1, 1, 52, 1, 6, 1, 12, 0, 0, 1, 1, 0));
  EXPECT_TRUE(std::isnan(x(1, 2)) && std::isnan(x(13, 2))) << "a missing time has no parts";
  const FittedSteps again = FittedSteps::from_value(fitted.to_value(), {"n"});
  EXPECT_TRUE(again == fitted);
  EXPECT_EQ(again.names({"n"}).at(3), "when_month");
}

TEST(Dates, are_numbers_to_the_steps_behind_and_have_exceptions) {
  const WordRows rows({WordColumn("when", kTimes, core::ColumnType::datetime),
                       WordColumn("city", {"a", "b", "a", "a", "b", "a"}),
                       WordColumn("born", kTimes, core::ColumnType::datetime)});
  const core::Params params{{"dates", parts({"day", "hour"})},
                            {"impute", "median"},
                            {"preprocessing", "minmax"},
                            {"categories", "one_hot"},
                            {"columns", core::ValueMapping{{"born", core::ValueMapping{{"dates", parts({"year"})}}},
                                                           {"*_hour", core::ValueMapping{{"preprocessing", "none"}}}}}};
  const FittedSteps fitted = fit_dates(params, rows);
  EXPECT_THAT(fitted.names({"n"}), ElementsAre("n", "when_day", "born_year", "when_hour", "city_a", "city_b"));
  const core::Matrix x = fitted.apply(rows.frame());
  EXPECT_THAT(row(x, 0), Pointwise(DoubleNear(1e-12), {28.0 / 30, 1.0, 23.0, 1.0, 0.0}));
  EXPECT_THAT(row(x, 2), Pointwise(DoubleNear(1e-12), {28.0 / 30, 52.0 / 55, 12.0, 1.0, 0.0})) << "medians";
  EXPECT_TRUE(takes_dates(params, "when"));
  EXPECT_FALSE(takes_dates({{"dates", core::Value()}}, "when"));
}

TEST(Dates, of_unknown_parts_are_refused) {
  const auto wrong = [](const core::Value& dates) { return check_dates({{"dates", dates}}); };
  ASSERT_EQ(wrong(parts({"yaer"})).size(), 1U);
  EXPECT_THAT(wrong(parts({"yaer"})).front().what, HasSubstr("no part 'yaer'"));
  EXPECT_THAT(wrong(parts({"yaer"})).front().hint, HasSubstr("did you mean 'year'"));
  EXPECT_EQ(wrong(parts({})).size(), 1U);
  EXPECT_EQ(wrong(parts({"day", "day"})).size(), 1U);
  EXPECT_TRUE(wrong(core::Value()).empty());
}

}  // namespace
}  // namespace gridmill::prepare
