// What comes later changes nothing: features of data that is cut at a time are those of the same rows of all the data.
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"

namespace gridmill::cli {
namespace {

using testing::HasSubstr;

constexpr int kRows = 90;

class CutTable : public FilesTest {
 protected:
  /// The rows up to number `n`, not in the order of their times; two share a time.
  static std::string rows(int n) {
    std::string text = "id,at,shop,x,y,ok\n";
    for (int k = 0; k < kRows; ++k) {
      const int i = k * 37 % kRows;
      if (i >= n) continue;
      const std::string x = i % 13 == 5 ? "" : std::to_string(i * 71 % 97);
      text += fmt::format("{},2021-{:02}-{:02} {:02}:00:00,{},{},{},{}\n", i, i / 2 / 28 + 1, i / 2 % 28 + 1,
                          i / 2 % 24, i % 3 == 0 ? "north" : "south", x, i * 31 % 89, i % 4 == 1 ? "true" : "false");
    }
    return text;
  }

  [[nodiscard]] std::string config(const std::string& name, int n, const std::string& more) const {
    (void)write(name + ".csv", rows(n));
    return write(name + ".yaml",
                 fmt::format("features: {{source: {}.csv, output: {}, index: id, time_index: at, csv: true, {}}}\n",
                             name, at(name), more));
  }

  /// The lines of features.csv for the first `n` rows of a table that is cut after `n_kept`.
  [[nodiscard]] std::vector<std::string> features(const std::string& name, int n_kept, int n,
                                                  const std::string& more) const {
    const Outcome made =
        run_program(GRIDMILL_PROGRAM, {"features", config(name, n_kept, more), "--ranks", "1", "--overwrite"});
    EXPECT_EQ(made.code, 0) << made.errors;
    std::istringstream in(read(name + "/features.csv"));
    std::vector<std::string> lines;
    for (std::string line; static_cast<int>(lines.size()) <= n && std::getline(in, line);) lines.push_back(line);
    return lines;
  }
};

// Windows that include the row itself, that wrap around, that look ahead: public threads tell of each. Of the last two
// rows, which share their time, one is cut off in the second case.
const std::string kSeries =
    "transforms: [lag, {name: numeric_lag, periods: [1, 5, 1 day]}, {name: rolling_mean, gap: [0, 1]}, "
    "{name: rolling_max, window_length: 3D, gap: 1h}, rolling_min, rolling_std, rolling_count, rolling_trend, "
    "rolling_outlier_count, expanding_mean, expanding_std, expanding_max, expanding_count, expanding_trend, "
    "cum_sum, cum_mean, cum_count, cum_max, cum_min, cumulative_time_since_last_true, diff, diff_datetime, "
    "absolute_diff, percent_change, rate_of_change, same_as_previous, time_since_previous, "
    "exponential_weighted_average, exponential_weighted_std], max_depth: 1";

TEST_F(CutTable, has_the_same_features_at_a_common_time_and_at_the_time_of_each_row) {
  for (const std::string cutoff : {"", "cutoff_time: {column: at}, "}) {
    const auto whole = features("whole", kRows, 60, cutoff + kSeries);
    EXPECT_EQ(features("cut", 60, 60, cutoff + kSeries), whole) << cutoff;
    EXPECT_GT(whole.front().size(), 400U) << whole.front();
  }
}

TEST_F(CutTable, shows_nothing_of_a_later_row_where_a_lag_looks_ahead) {
  const std::string ahead = "transforms: [{name: numeric_lag, periods: -2}], max_depth: 1";
  const std::string dated = "cutoff_time: {column: at}, " + ahead;
  EXPECT_EQ(features("cut", 60, 60, dated), features("whole", kRows, 60, dated));
  // At a common time it shows what came later, which an audit finds.
  const Outcome audit = run_program(GRIDMILL_PROGRAM, {"audit", config("whole", kRows, ahead)});
  EXPECT_EQ(audit.code, 1) << audit.out << audit.errors;
  EXPECT_THAT(audit.out, HasSubstr("1. later rows: "));
  EXPECT_THAT(audit.out, HasSubstr("NUMERIC_LAG"));
  const Outcome series = run_program(GRIDMILL_PROGRAM, {"audit", config("whole", kRows, kSeries)});
  EXPECT_EQ(series.code, 0) << series.out << series.errors;
}

}  // namespace
}  // namespace gridmill::cli
