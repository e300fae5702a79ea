#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "core/error.hpp"
#include "features/definitions/feature.hpp"

namespace gridmill::features {
namespace {

using namespace std::chrono;
using ::testing::HasSubstr;

std::int64_t at(year_month_day day, hours time = hours(0)) {
  return duration_cast<nanoseconds>(sys_days(day).time_since_epoch() + time).count();
}

TEST(Window, reads_words_short_forms_and_any_case) {
  EXPECT_EQ(read_window("2 days"), (Window{2, Window::Unit::days}));
  EXPECT_EQ(read_window("1 Day"), (Window{1, Window::Unit::days}));
  EXPECT_EQ(read_window("6h"), (Window{6, Window::Unit::hours}));
  EXPECT_EQ(read_window("15m"), (Window{15, Window::Unit::minutes}));
  EXPECT_EQ(read_window("3 mo"), (Window{3, Window::Unit::months}));
  EXPECT_EQ(read_window("1Y"), (Window{1, Window::Unit::years}));
  EXPECT_EQ(read_window("3 observations"), (Window{3, Window::Unit::observations}));
}

TEST(Window, prints_itself_as_names_of_features_do) {
  EXPECT_EQ(read_window("36h").text(), "36 Hours");
  EXPECT_EQ(read_window("1 day").text(), "1 Days");
  EXPECT_EQ(read_window("3 o").text(), "3 Observations");
}

TEST(Window, refuses_what_it_cannot_read_and_says_what_it_takes) {
  for (const char* text : {"", "days", "2", "2 fortnights", "-1 days", "1.5 days", "2 days ago"}) {
    EXPECT_THROW(
        try { read_window(text); } catch (const core::UserError& error) {
          EXPECT_THAT(error.what(), HasSubstr("such as '2 days'")) << text;
          throw;
        },
        core::UserError)
        << text;
  }
  EXPECT_THROW(read_window("300 years"), core::UserError);
  EXPECT_THROW(read_window("9999999999 weeks"), core::UserError);
}

TEST(Window, goes_back_by_exact_lengths) {
  EXPECT_EQ(read_window("2 days").before(at(2020y / March / 1)), at(2020y / February / 28));
  EXPECT_EQ(read_window("250 ms").before(1'000'000'000), 750'000'000);
}

TEST(Window, goes_back_by_the_calendar_for_months_and_years) {
  EXPECT_EQ(read_window("1 month").before(at(2020y / March / 31, hours(7))), at(2020y / February / 29, hours(7)));
  EXPECT_EQ(read_window("1 month").before(at(2021y / March / 31)), at(2021y / February / 28));
  EXPECT_EQ(read_window("14 months").before(at(2020y / January / 15)), at(2018y / November / 15));
  EXPECT_EQ(read_window("1 year").before(at(2020y / February / 29)), at(2019y / February / 28));
  EXPECT_EQ(read_window("1 year").before(at(1960y / July / 4, hours(23))), at(1959y / July / 4, hours(23)));
}

}  // namespace
}  // namespace gridmill::features
