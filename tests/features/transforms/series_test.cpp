#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core/table.hpp"
#include "transform_case.hpp"

namespace gridmill::features::test {
namespace {

std::vector<double> read_numbers(const std::string& line) {
  std::vector<double> numbers;
  std::istringstream words(line);
  for (std::string word; words >> word;) numbers.push_back(word == "nan" ? kNaN : std::strtod(word.c_str(), nullptr));
  return numbers;
}

Column::Times to_times(const std::vector<double>& seconds) {
  Column::Times all;
  for (const double each : seconds) all.push_back(static_cast<std::int64_t>(each) * transforms::kSecond);
  return all;
}

bool needs_times(const std::string& primitive) {
  return primitive.starts_with("rolling") || primitive.starts_with("expanding");
}

// series_golden.txt is written by golden_series.py.
TEST(SeriesTransforms, agree_with_pandas_and_scipy) {
  std::ifstream file(GRIDMILL_SOURCE_DIR "/tests/features/transforms/series_golden.txt");
  ASSERT_TRUE(file);
  std::map<std::string, std::vector<double>> inputs;
  std::size_t n_cases = 0;
  std::string kind;
  std::string primitive;
  std::string input;
  std::string arguments;
  std::string line;
  while (file >> kind >> primitive) {
    if (kind == "case") {
      file >> input;
      std::getline(file, arguments);
    } else {
      std::getline(file, line);
    }
    std::getline(file, line);
    if (kind == "input") {
      inputs[primitive] = read_numbers(line);
      continue;
    }
    TransformCase each{.primitive = primitive + "(" + arguments + ")", .columns = {numbers(inputs.at(input))}};
    if (needs_times(primitive)) each.columns.insert(each.columns.begin(), times(to_times(inputs.at("times"))));
    EXPECT_EQ(difference(each.values(), read_numbers(line)), "") << each.primitive << " of " << input;
    ++n_cases;
  }
  EXPECT_EQ(n_cases, 104U);
}

TEST(SeriesTransforms, give_zero_deviation_of_constants) {
  const Column seconds = times({0, 1, 2, 3, 4, 5});
  const Column constant = numbers({0.1, 0.1, 0.1, 0.1, 0.1, 0.1});
  EXPECT_EQ(
      difference(
          TransformCase{.primitive = "rolling_std(window_length=4, gap=0)", .columns = {seconds, constant}}.values(),
          {kNaN, 0, 0, 0, 0, 0}),
      "");
}

TEST(SeriesTransforms, keep_series_apart) {
  const Column x = numbers({1, 2, 3, 10, 20});
  const Column seconds = times({0, 1, 2, 0, 1});
  const std::vector<std::int64_t> series = {0, 3, 3, 5};
  const auto values = [&](const std::string& call, std::vector<Column> columns) {
    return TransformCase{.primitive = call, .columns = std::move(columns), .series = series}.values();
  };
  EXPECT_EQ(difference(values("cum_sum", {x}), {1, 3, 6, 10, 30}), "");
  EXPECT_EQ(difference(values("diff", {x}), {kNaN, 1, 1, kNaN, 10}), "");
  EXPECT_EQ(difference(values("diff(periods=1)", {x}), {kNaN, kNaN, 1, kNaN, kNaN}), "");
  EXPECT_EQ(difference(values("diff(periods=-1)", {x}), {kNaN, 1, kNaN, kNaN, kNaN}), "");
  EXPECT_EQ(difference(values("lag(periods=2)", {x, seconds}), {kNaN, kNaN, 1, kNaN, kNaN}), "");
  EXPECT_EQ(difference(values("lag(periods=-1)", {x, seconds}), {2, 3, kNaN, 20, kNaN}), "");
  EXPECT_EQ(difference(values("numeric_lag(fill_value=-1)", {seconds, x}), {-1, 1, 2, -1, 10}), "");
  EXPECT_EQ(difference(values("percentile", {x}), {1 / 3.0, 2 / 3.0, 1, 0.5, 1}), "");
  EXPECT_EQ(difference(values("rolling_mean(window_length=2, gap=0)", {seconds, x}), {1, 1.5, 2.5, 10, 15}), "");
  EXPECT_EQ(difference(values("expanding_count", {seconds}), {kNaN, 1, 2, kNaN, 1}), "");
  EXPECT_EQ(difference(values("rate_of_change", {x, seconds}), {kNaN, 1e9, 1e9, kNaN, 1e10}), "");
}

TEST(SeriesTransforms, take_empty_and_missing_series) {
  for (const char* name : {"cum_sum", "cum_mean", "diff", "percent_change", "absolute_diff", "percentile",
                           "savgol_filter", "exponential_weighted_std"}) {
    EXPECT_EQ((TransformCase{.primitive = name, .columns = {numbers({})}}.values().size()), 0U) << name;
    EXPECT_EQ(difference(TransformCase{.primitive = name, .columns = {numbers({kNaN, kNaN})}}.values(), {kNaN, kNaN}),
              "")
        << name;
  }
  const Column missing_time = times({1, core::kMissingTime});
  for (const char* name : {"rolling_mean(window_length='1h', gap='1h')", "rolling_std(window_length='1h')",
                           "rolling_trend", "expanding_trend", "rolling_outlier_count(window_length='1h')"}) {
    EXPECT_EQ((TransformCase{.primitive = name, .columns = {times({}), numbers({})}}.values().size()), 0U) << name;
    EXPECT_EQ(difference(TransformCase{.primitive = name, .columns = {missing_time, numbers({kNaN, 1})}}.values(),
                         {kNaN, kNaN}),
              "")
        << name;
  }
}

TEST(SeriesTransforms, count_missing_rows_in_cumulative_means_unless_strict) {
  TransformCase mean{.primitive = "cum_mean", .columns = {numbers({1, kNaN, 3})}};
  EXPECT_EQ(difference(mean.values(), {1, kNaN, 4 / 3.0}), "");
  mean.semantics = Semantics::strict;
  EXPECT_EQ(difference(mean.values(), {1, kNaN, 2}), "");
}

TEST(SeriesTransforms, treat_missing_nullable_integers_as_pandas_does_unless_strict) {
  const auto values = [](const std::string& name, Semantics semantics) {
    return TransformCase{.primitive = name,
                         .columns = {numbers({5, kNaN, 7})},
                         .types = {core::LogicalType::integer_nullable},
                         .semantics = semantics}
        .values();
  };
  EXPECT_EQ(difference(values("cum_sum", Semantics::featuretools), {5, kNaN, kNaN}), "");
  EXPECT_EQ(difference(values("cum_sum", Semantics::strict), {5, kNaN, 12}), "");
  EXPECT_EQ(difference(values("cum_min", Semantics::featuretools), {5, kNaN, 1}), "");
  EXPECT_EQ(difference(values("cum_min", Semantics::strict), {5, kNaN, 5}), "");
}

TEST(SeriesTransforms, keep_what_doubles_do_not_hold) {
  constexpr std::int64_t kBig = std::int64_t{1} << 53;
  const Column whole{Column::Numbers::of(std::vector<std::int64_t>{kBig + 1, kBig, kBig + 3, kBig + 3}), nullptr};
  const auto values = [&whole](const char* name) { return TransformCase{.primitive = name, .columns = {whole}}; };
  EXPECT_EQ(difference(values("diff").values(), {kNaN, -1, 3, 0}), "");
  EXPECT_EQ(difference(values("absolute_diff").values(), {kNaN, 1, 3, 0}), "");
  EXPECT_EQ(difference(values("percentile").values(), {0.5, 0.25, 0.875, 0.875}), "");
  EXPECT_EQ(values("same_as_previous").flags(), "FFFT");
  const Column greatest = values("cum_max").result();
  EXPECT_EQ(greatest.numbers().integer(1), kBig + 1);
  EXPECT_EQ((TransformCase{.primitive = "cum_min", .columns = {greatest}}.result().numbers().integer(3)), kBig + 1);
}

TEST(SeriesTransforms, fit_trends_per_unit_of_the_first_time_unless_strict) {
  const Column x = numbers({1, 2, 3, 4});
  const auto trend = [&x](std::int64_t start, Semantics semantics) {
    Column::Times days;
    for (int k = 0; k < 4; ++k) days.push_back(start + k * transforms::kDay);
    return TransformCase{.primitive = "rolling_trend(window_length=3, gap=0)",
                         .columns = {times(std::move(days)), x},
                         .semantics = semantics}
        .values()
        .back();
  };
  EXPECT_NEAR(trend(at(2020, 1, 1), Semantics::featuretools), 1, 1e-12);
  EXPECT_NEAR(trend(at(2020, 1, 1, 5), Semantics::featuretools), 1 / 24.0, 1e-12);
  EXPECT_NEAR(trend(at(2020, 1, 1, 5, 30), Semantics::featuretools), 1 / 1440.0, 1e-12);
  EXPECT_NEAR(trend(at(2020, 1, 1, 5, 30, 7), Semantics::featuretools), 1 / 86400.0, 1e-12);
  EXPECT_NEAR(trend(at(2020, 1, 1, 5, 30, 7), Semantics::strict), 1, 1e-12);
}

TEST(SeriesTransforms, count_outliers_beyond_the_whiskers) {
  const TransformCase outliers{.primitive = "rolling_outlier_count(window_length=6, gap=0)",
                               .columns = {times({0, 1, 2, 3, 4, 5}), numbers({1, 2, 3, 2, 1, 50})}};
  EXPECT_EQ(difference(outliers.values(), {0, 0, 0, 0, 0, 1}), "");
}

TEST(SeriesTransforms, fill_before_they_compare) {
  const Column x = numbers({1, kNaN, kNaN, 4, 4});
  const auto values = [&x](const std::string& call) {
    return TransformCase{.primitive = call, .columns = {x}}.values();
  };
  EXPECT_EQ(difference(values("absolute_diff"), {kNaN, 0, 0, 3, 0}), "");
  EXPECT_EQ(difference(values("absolute_diff(limit=1)"), {kNaN, 0, kNaN, kNaN, 0}), "");
  EXPECT_EQ(difference(values("absolute_diff(method='bfill')"), {kNaN, 3, 0, 0, 0}), "");
  EXPECT_EQ(difference(values("percent_change(periods=3)"), {kNaN, kNaN, kNaN, 3, 3}), "");
  EXPECT_EQ((TransformCase{.primitive = "same_as_previous", .columns = {x}}.flags()), "FTTFT");
  EXPECT_EQ((TransformCase{.primitive = "same_as_previous(limit=1)", .columns = {x}}.flags()), "FTFFT");
  EXPECT_EQ(
      (TransformCase{.primitive = "same_as_previous(limit=1)", .columns = {x}, .semantics = Semantics::strict}.flags()),
      "FT??T");
}

TEST(SeriesTransforms, measure_time_since_a_state) {
  const Column seconds = times({0, transforms::kSecond, 3 * transforms::kSecond, 6 * transforms::kSecond});
  const Column states = booleans({1, 0, 1, 1});
  EXPECT_EQ(
      difference(TransformCase{.primitive = "cumulative_time_since_last_false", .columns = {seconds, states}}.values(),
                 {kNaN, 0, 2, 5}),
      "");
  EXPECT_EQ(
      difference(TransformCase{.primitive = "cumulative_time_since_last_true", .columns = {seconds, states}}.values(),
                 {0, 1, 0, 0}),
      "");
}

TEST(SeriesTransforms, lag_columns_of_every_kind) {
  const Column seconds = times({0, 1});
  const TransformCase labels{.primitive = "lag", .columns = {categories({1, 0}, {"a", "b"}), seconds}};
  EXPECT_EQ(labels.labels(), (std::vector<std::string>{"", "b"}));
  EXPECT_EQ((TransformCase{.primitive = "lag", .columns = {booleans({1, 0}), seconds}}.flags()), "?T");
}

TEST(SeriesTransforms, look_ahead_only_if_told_to) {
  const auto looks_ahead = [](const char* call) {
    return read_primitive(PrimitiveKind::transform, call).looks_ahead();
  };
  EXPECT_FALSE(looks_ahead("lag"));
  EXPECT_TRUE(looks_ahead("lag(periods=-1)"));
  EXPECT_TRUE(looks_ahead("diff(periods=-2)"));
  EXPECT_FALSE(looks_ahead("percent_change"));
  EXPECT_TRUE(looks_ahead("percent_change(fill_method='bfill')"));
  EXPECT_TRUE(looks_ahead("percentile"));
  EXPECT_FALSE(looks_ahead("rolling_mean"));
}

}  // namespace
}  // namespace gridmill::features::test
