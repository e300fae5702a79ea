#include "prepare/steps.hpp"

#include <cmath>
#include <fstream>
#include <numeric>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "models/metrics/golden.hpp"

namespace gridmill::prepare {
namespace {

using models::agree;
using models::numbers;

core::Matrix matrix_of(const nlohmann::json& list, std::size_t n_features) {
  const std::vector<double> values = numbers(list);
  return {values.data(), n_features, values.size() / n_features};
}

std::vector<core::Index> first_rows(std::size_t n) {
  std::vector<core::Index> rows(n);
  std::iota(rows.begin(), rows.end(), core::Index{0});
  return rows;
}

const std::vector<std::string> kNames{"a", "b"};

std::vector<double> values_of(const core::Matrix& matrix) { return {matrix.begin(), matrix.end()}; }

Steps steps_of(const std::string& impute, const std::string& preprocessing) {
  return Steps({{"impute", impute}, {"preprocessing", preprocessing}, {"C", 1.0}});
}

FittedSteps fit(const Steps& steps, const core::Matrix& x) {
  const std::vector<core::Index> rows = first_rows(x.n_cols);
  return steps.fit({.numbers = x}, {.rows = rows});
}

/// The numbers of entry `name`, of whichever step has it; none: no numbers.
std::vector<double> learnt(const FittedSteps& fitted, const std::string& name) {
  std::vector<double> out;
  for (const core::Value& step : fitted.to_value()) {
    for (const auto& [key, value] : step.mapping()) {
      if (key != name) continue;
      for (const core::Value& number : value.list()) out.push_back(number.is_null() ? std::nan("") : number.number());
    }
  }
  return out;
}

TEST(Steps, equal_scikit_learn_to_the_last_bit) {
  std::ifstream file(GRIDMILL_SOURCE_DIR "/tests/prepare/golden/preprocessing.json");
  for (const nlohmann::json& expected : nlohmann::json::parse(file)) {
    SCOPED_TRACE(expected["case"].get<std::string>());
    const std::size_t n_features = expected["n_features"];
    const FittedSteps fitted =
        fit(steps_of(expected["impute"], expected["preprocessing"]), matrix_of(expected["x"], n_features));
    EXPECT_TRUE(agree(learnt(fitted, "fill"), numbers(expected["fill"]), 0));
    EXPECT_TRUE(agree(learnt(fitted, "offset"), numbers(expected["offset"]), 0));
    EXPECT_TRUE(agree(learnt(fitted, "scale"), numbers(expected["scale"]), 0));
    const core::Matrix fresh = matrix_of(expected["new"], n_features);
    EXPECT_TRUE(agree(values_of(fitted.apply({.numbers = fresh})), numbers(expected["out"]), 0));
  }
}

TEST(Steps, learn_from_the_training_rows_only) {
  const core::Matrix x{{0, 100, 10, 200, 20}};
  const std::vector<core::Index> train{0, 2, 4};
  const FittedSteps fitted = steps_of("none", "minmax").fit({.numbers = x}, {.rows = train});
  EXPECT_EQ(values_of(fitted.apply({.numbers = x})), (std::vector<double>{0, 5, 0.5, 10, 1}));
}

TEST(Steps, learn_from_what_the_steps_before_them_leave) {
  const core::Matrix x{{1, std::nan(""), 1000, 3}};
  const std::vector<core::Index> train{0, 1, 3};
  const FittedSteps fitted = steps_of("zero", "minmax").fit({.numbers = x}, {.rows = train});
  EXPECT_EQ(values_of(fitted.apply({.numbers = x})), (std::vector<double>{1.0 / 3, 0, 1000 * (1.0 / 3), 1}));
}

TEST(Steps, leave_missing_values_missing_without_imputation) {
  const core::Matrix x{{1, std::nan(""), 3}};
  const Steps steps = steps_of("none", "standardize");
  const core::Matrix out = fit(steps, x).apply({.numbers = x});
  EXPECT_EQ(out(0), -1);
  EXPECT_TRUE(std::isnan(out(1)));
  EXPECT_EQ(out(2), 1);
  EXPECT_FALSE(steps.fills_missing());
  EXPECT_FALSE(fit(steps, x).fills_missing());
  EXPECT_TRUE(steps_of("mean", "standardize").fills_missing());
  EXPECT_TRUE(fit(steps_of("mean", "standardize"), x).fills_missing());
}

TEST(Steps, change_nothing_by_default) {
  const core::Matrix x{{1, -2}, {3, 4}};
  EXPECT_TRUE(Steps(core::Params{}).empty());
  EXPECT_TRUE(steps_of("none", "none").empty());
  const FittedSteps fitted = fit(Steps(core::Params{}), x);
  EXPECT_TRUE(fitted.empty());
  EXPECT_EQ(fitted, FittedSteps());
  EXPECT_EQ(values_of(fitted.apply({.numbers = x})), values_of(x));
}

TEST(Steps, give_a_row_the_same_in_any_company) {
  const std::size_t n = 20'000;  // several blocks
  core::Matrix x(3, n);
  for (std::size_t i = 0; i < x.n_elem; ++i) x(i) = i % 7 == 0 ? std::nan("") : std::sin(static_cast<double>(i));
  const FittedSteps fitted = fit(steps_of("median", "standardize"), x);
  const core::Matrix all = fitted.apply({.numbers = x});
  ASSERT_EQ(all.n_cols, n);
  for (std::size_t i = 0; i < n; i += 617) {
    const core::Matrix alone = fitted.apply({.numbers = core::MatrixView(x.colptr(i), 3, 1)});
    EXPECT_EQ(values_of(alone), values_of(core::Matrix(all.col(i)))) << i;
  }
}

TEST(Steps, have_one_text_a_setting) {
  EXPECT_EQ(steps_of("none", "none").setting(), "");
  EXPECT_EQ(steps_of("mean", "none").setting(), "impute=mean");
  EXPECT_EQ(steps_of("zero", "minmax").setting(), "impute=zero preprocessing=minmax");
  EXPECT_EQ(Steps({{"preprocessing", "minmax"}, {"impute", "zero"}}).setting(), steps_of("zero", "minmax").setting());
}

TEST(Steps, are_read_back_as_they_were_written) {
  const core::Matrix x{{0.1, std::nan(""), 1.0 / 3}, {7, 8, 9.5}};
  for (const char* impute : {"none", "median"}) {
    for (const char* scaling : {"none", "standardize", "minmax"}) {
      const FittedSteps fitted = fit(steps_of(impute, scaling), x);
      const FittedSteps read = FittedSteps::from_value(fitted.to_value(), kNames);
      EXPECT_EQ(read, fitted);
      EXPECT_TRUE(agree(values_of(read.apply({.numbers = x})), values_of(fitted.apply({.numbers = x})), 0));
    }
  }
}

TEST(Steps, write_a_feature_without_values_as_null) {
  const core::Matrix x{{std::nan(""), std::nan("")}, {1, 2}};
  const FittedSteps fitted = fit(steps_of("none", "minmax"), x);
  const core::Value scale = fitted.to_value().at(0).mapping().back().second;
  EXPECT_TRUE(scale.list().front().is_null());
  const std::vector<double> read = learnt(FittedSteps::from_value(fitted.to_value(), kNames), "scale");
  EXPECT_TRUE(std::isnan(read[0]));
  EXPECT_EQ(read[1], 1);
}

TEST(Steps, reject_a_damaged_value) {
  const core::Matrix x{{1, 2}, {3, 5}};
  const core::ValueList good = fit(steps_of("mean", "minmax"), x).to_value();
  EXPECT_THROW(FittedSteps::from_value(good, {"a", "b", "c"}), core::UserError);
  EXPECT_THROW(FittedSteps::from_value(core::Value(1), kNames), core::UserError);
  EXPECT_THROW(FittedSteps::from_value(core::ValueList{core::Value(1)}, kNames), core::UserError);
  EXPECT_THROW(FittedSteps::from_value(
                   core::ValueList{core::ValueMapping{{"impute", "none"}, {"fill", core::ValueList{}}}}, kNames),
               core::UserError);
  for (std::size_t s = 0; s < good.size(); ++s) {
    for (std::size_t i = 0; i < good[s].mapping().size(); ++i) {
      core::ValueList list = good;
      core::ValueMapping entries = good[s].mapping();
      entries[i].second = "whiten";
      list[s] = entries;
      EXPECT_THROW(FittedSteps::from_value(list, kNames), core::UserError) << entries[i].first;
      entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(i));
      list[s] = entries;
      EXPECT_THROW(FittedSteps::from_value(list, kNames), core::UserError) << s << i;
    }
  }
}

TEST(Steps, declare_options_that_check_themselves) {
  for (const core::OptionSpec& option : step_options()) {
    EXPECT_EQ(option.check(option.default_value), std::nullopt);
    EXPECT_NE(option.check("whiten"), std::nullopt);
    EXPECT_TRUE(Steps(core::Params{{option.name, option.default_value}}).empty()) << option.name;
  }
}

}  // namespace
}  // namespace gridmill::prepare
