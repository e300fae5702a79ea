#include <cmath>
#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "features/columns/statistics.hpp"
#include "features/matrix/encode.hpp"
#include "features/matrix/select.hpp"

namespace gridmill::features {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Column numbers(std::vector<double> values) { return {.values = std::move(values), .dictionary = nullptr}; }

Column codes(std::vector<std::int32_t> values, std::vector<std::string> labels) {
  return {.values = std::move(values),
          .dictionary =
              std::make_shared<const Dictionary>(std::make_shared<const std::vector<std::string>>(std::move(labels)))};
}

ColumnStatistics statistics_of(const Column& column) {
  ColumnStatistics statistics;
  add_rows(statistics, column);
  return statistics;
}

const MatrixColumn kCategoryColumn{.name = "c", .type = {core::LogicalType::categorical, core::Tag::category}};

std::vector<double> draw(std::size_t n, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<double> values(n);
  for (double& value : values) value = static_cast<double>(random() % 100000) / 7 - 5000;
  return values;
}

TEST(ColumnStatistics, of_parts_add_up_to_those_of_the_whole) {
  const std::vector<double> values = draw(3000, 1);
  ColumnStatistics merged;
  for (std::size_t first = 0; first < values.size(); first += 1024) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
    merge(merged, statistics_of(numbers(
                      {begin, begin + static_cast<std::ptrdiff_t>(std::min<std::size_t>(1024, 3000 - first))})));
  }
  double sum = 0;
  for (const double value : values) sum += value;
  const double mean = sum / 3000;
  double m2 = 0;
  for (const double value : values) m2 += (value - mean) * (value - mean);
  EXPECT_EQ(merged.n, 3000);
  EXPECT_NEAR(merged.mean, mean, 1e-9);
  EXPECT_NEAR(merged.standard_deviation(), std::sqrt(m2 / 2999), 1e-9);
  EXPECT_EQ(merged.least, *std::min_element(values.begin(), values.end()));
  EXPECT_EQ(merged.histogram, statistics_of(numbers(values)).histogram);
}

TEST(ColumnStatistics, do_not_depend_on_how_many_rows_come_at_a_time) {
  const std::vector<double> values = draw(2048, 2);
  ColumnStatistics piecewise;
  for (std::size_t first = 0; first < values.size(); first += 512) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
    add_rows(piecewise, numbers({begin, begin + 512}));
  }
  const ColumnStatistics whole = statistics_of(numbers(values));
  EXPECT_EQ(piecewise.mean, whole.mean);
  EXPECT_EQ(piecewise.m2, whole.m2);
  EXPECT_EQ(piecewise.histogram, whole.histogram);
}

TEST(ColumnStatistics, know_missing_and_infinite_values) {
  const double infinity = std::numeric_limits<double>::infinity();
  const ColumnStatistics statistics = statistics_of(numbers({1, kNaN, infinity, 3}));
  EXPECT_EQ(statistics.n_missing, 1);
  EXPECT_EQ(statistics.n_infinite, 1);
  EXPECT_EQ(statistics.mean, 2);
  EXPECT_EQ(statistics.greatest, infinity);
  EXPECT_EQ(statistics.n_distinct(), 2U);
}

TEST(ColumnStatistics, survive_a_journey) {
  ColumnStatistics statistics = statistics_of(numbers(draw(500, 3)));
  std::vector<std::byte> bytes;
  append_bytes(statistics, bytes);
  std::span<const std::byte> rest = bytes;
  const ColumnStatistics again = take_statistics(rest);
  EXPECT_TRUE(rest.empty());
  EXPECT_EQ(again.m2, statistics.m2);
  EXPECT_EQ(again.histogram, statistics.histogram);
}

TEST(ColumnStatistics, unite_the_categories_of_parts) {
  ColumnStatistics statistics = statistics_of(codes({0, 1, 1}, {"b", "d"}));
  merge(statistics, statistics_of(codes({0, 1, 0}, {"a", "d"})));
  EXPECT_THAT(counts_by_frequency(statistics), ElementsAre(ValueCount{"d", 3}, ValueCount{"a", 2}, ValueCount{"b", 1}));
}

TEST(Histogram, counts_every_value_once) {
  const ColumnStatistics statistics = statistics_of(numbers(draw(5000, 4)));
  std::int64_t total = 0;
  for (const std::int64_t count : statistics.histogram.counts()) total += count;
  EXPECT_EQ(total, 5000);
  EXPECT_LE(statistics.histogram.counts().size(), Histogram::kMostBins);
  EXPECT_LE(statistics.histogram.low(), statistics.least);
  EXPECT_GT(statistics.histogram.low() + statistics.histogram.width(), statistics.least);
}

TEST(fit_encoding, orders_by_count_and_ties_by_value_descending) {
  const Column column = codes({0, 0, 1, 1, 2, 3, 3, 3, -1}, {"a", "b", "c", "d"});
  const std::vector<ColumnStatistics> statistics{statistics_of(column)};
  const auto encoding = fit_encoding({&kCategoryColumn, 1}, statistics, {.top_n = 3});
  ASSERT_EQ(encoding.size(), 1U);
  EXPECT_THAT(encoded_names(encoding[0]), ElementsAre("c = d", "c = b", "c = a", "c is unknown"));
  const auto outputs = encode(encoding[0], column);
  EXPECT_THAT(outputs[0].booleans(), ElementsAre(0, 0, 0, 0, 0, 1, 1, 1, 0));
  EXPECT_THAT(outputs[3].booleans(), ElementsAre(0, 0, 0, 0, 1, 0, 0, 0, 1));
}

TEST(fit_encoding, drop_first_drops_the_rarest_of_the_chosen) {
  const std::vector<ColumnStatistics> statistics{statistics_of(codes({0, 0, 1, 1, 1, 2}, {"a", "b", "c"}))};
  const auto encoding =
      fit_encoding({&kCategoryColumn, 1}, statistics, {.top_n = 2, .include_unknown = false, .drop_first = true});
  EXPECT_THAT(encoded_names(encoding[0]), ElementsAre("c = b"));
}

TEST(fit_encoding, encodes_keys_that_are_numbers_by_value) {
  const MatrixColumn key{.name = "k",
                         .type = {core::LogicalType::integer, {core::Tag::numeric, core::Tag::foreign_key}}};
  ColumnStatistics statistics{.counts_numbers = true};
  add_rows(statistics, numbers({10, 9, 10, kNaN}));
  const auto encoding = fit_encoding({&key, 1}, {&statistics, 1}, {});
  EXPECT_THAT(encoded_names(encoding[0]), ElementsAre("k = 10", "k = 9", "k is unknown"));
  EXPECT_THAT(encode(encoding[0], numbers({9, 10, kNaN}))[1].booleans(), ElementsAre(1, 0, 0));
}

TEST(fit_encoding, refuses_unknown_names_and_what_is_no_category) {
  const MatrixColumn number{.name = "n", .type = {core::LogicalType::real, core::Tag::numeric}};
  const std::vector<ColumnStatistics> statistics(1);
  try {
    (void)fit_encoding({&number, 1}, statistics, {.columns = {"n"}});
    FAIL() << "encoded";
  } catch (const core::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("features.encode.columns: 'n' is no category"));
  }
  EXPECT_THROW((void)fit_encoding({&number, 1}, statistics, {.columns = {"m"}}), core::UserError);
}

TEST(encoding, reads_back_from_what_is_saved) {
  const std::vector<EncodedColumn> encoding{{.column = 0, .name = "c", .values = {"x", "1"}, .unknown = true}};
  EXPECT_EQ(encoding_from(to_value(encoding), {&kCategoryColumn, 1}), encoding);
  EXPECT_THROW((void)encoding_from(core::ValueList{3}, {&kCategoryColumn, 1}), core::UserError);
}

TEST(selection, follows_featuretools_at_the_thresholds) {
  const std::vector<ColumnStatistics> statistics{statistics_of(numbers({1, kNaN})),
                                                 statistics_of(numbers({kNaN, kNaN})), statistics_of(numbers({1, 2}))};
  EXPECT_THAT(not_highly_null(statistics, 0.5), ElementsAre(false, false, true));
  EXPECT_THAT(not_highly_null(statistics, 0), ElementsAre(false, false, true));
  EXPECT_THAT(not_highly_null(statistics, 0.6), ElementsAre(true, false, true));
  EXPECT_THAT(not_single_valued(statistics, false), ElementsAre(false, false, true));
  EXPECT_THAT(not_single_valued(statistics, true), ElementsAre(true, false, true));
}

TEST(not_highly_correlated, compares_with_all_columns_before_dropped_ones_included) {
  const auto kept =
      not_highly_correlated(3, 0.9, [](std::size_t i, std::size_t j) { return i - j == 1 ? -0.95 : 0.1; });
  EXPECT_THAT(kept, ElementsAre(true, false, false));
}

TEST(Correlations, take_rows_in_which_both_are_present) {
  std::vector<double> a = draw(1500, 5);
  std::vector<double> b = draw(1500, 6);
  for (std::size_t i = 0; i < a.size(); i += 7) a[i] = kNaN;
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = i % 5 == 0 ? kNaN : b[i] + (std::isnan(a[i]) ? 0 : a[i]);
  double n = 0, x = 0, y = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) || std::isnan(b[i])) continue;
    n += 1;
    x += a[i];
    y += b[i];
  }
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) || std::isnan(b[i])) continue;
    xx += (a[i] - x / n) * (a[i] - x / n);
    yy += (b[i] - y / n) * (b[i] - y / n);
    xy += (a[i] - x / n) * (b[i] - y / n);
  }
  Correlations correlations({100}, {-100});
  const double* column_a = a.data();
  const double* column_b = b.data();
  correlations.add({&column_a, 1}, {&column_b, 1}, a.size());
  EXPECT_NEAR(correlations.correlation(0, 0), xy / std::sqrt(xx * yy), 1e-12);
}

TEST(mutual_information, is_zero_for_independent_and_entropy_for_equal_columns) {
  EXPECT_EQ(mutual_information(std::vector<std::int64_t>{10, 10, 10, 10}, 2), 0);
  EXPECT_NEAR(mutual_information(std::vector<std::int64_t>{20, 0, 0, 20}, 2), std::log(2.0), 1e-12);
}

TEST(Binning, puts_missing_values_into_a_bin_of_their_own) {
  const Binning binning = Binning::fit(numbers({1, 2, 3, 4, kNaN}));
  const auto bins = binning.bins(numbers({1, 4, kNaN}));
  EXPECT_LT(bins[0], bins[1]);
  EXPECT_EQ(bins[2], binning.n_bins() - 1);
}

}  // namespace
}  // namespace gridmill::features
