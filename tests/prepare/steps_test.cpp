#include "prepare/steps.hpp"

#include <cmath>
#include <fstream>
#include <numeric>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "models/metrics/golden.hpp"
#include "prepare/feature_scores.hpp"

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

TEST(FeatureScores, are_the_same_of_samples_without_their_zeros) {
  core::Matrix x(5, 40, arma::fill::zeros);
  std::vector<double> y;
  core::SparseMatrix sparse;
  sparse.n_features = 5;
  for (std::size_t i = 0; i < x.n_cols; ++i) {
    y.push_back(i % 3 == 0 ? 1 : 0);
    for (std::size_t j = i % 2; j < x.n_rows; j += 2) {
      x(j, i) = static_cast<double>(i * i % 7 + j);
      sparse.feature.push_back(static_cast<core::Index>(j));
      sparse.value.push_back(x(j, i));
    }
    sparse.start.push_back(sparse.value.size());
  }
  const std::vector<core::Index> rows = first_rows(x.n_cols);
  for (const core::Task task : {core::Task::classification, core::Task::regression}) {
    const Lesson lesson{.rows = rows, .labels = {task, y, 2}};
    EXPECT_EQ(f_tests(sparse.view(), lesson), f_tests(core::MatrixView(x), lesson));
    const std::vector<double> variance = variances(core::MatrixView(x), lesson);
    const std::vector<double> of_sparse = variances(sparse.view(), lesson);
    for (std::size_t j = 0; j < variance.size(); ++j) EXPECT_NEAR(of_sparse[j], variance[j], 1e-12);
  }
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

nlohmann::json golden(const char* part) {
  std::ifstream file(GRIDMILL_SOURCE_DIR "/tests/prepare/golden/steps.json");
  return nlohmann::json::parse(file).at(part);
}

core::Params params_of(const nlohmann::json& golden) {
  core::Params params;
  for (const auto& [name, value] : golden.items()) {
    params[name] = value.is_boolean()  ? core::Value(value.get<bool>())
                   : value.is_number() ? core::Value(value.get<double>())
                                       : core::Value(value.get<std::string>());
  }
  return params;
}

TEST(Steps, change_numbers_as_scikit_learn_does) {
  const std::uint32_t seed = golden("seed");
  for (const nlohmann::json& expected : golden("preprocessing")) {
    SCOPED_TRACE(expected["case"].get<std::string>());
    const std::size_t n_features = expected["n_features"];
    const core::Matrix x = matrix_of(expected["x"], n_features);
    const core::Matrix fresh = matrix_of(expected["new"], n_features);
    const std::vector<core::Index> rows = first_rows(x.n_cols);
    const FittedSteps fitted =
        Steps(params_of(expected["params"])).fit({.numbers = x}, {.rows = rows, .labels = {.seed = seed}});
    const double tolerance = expected["tolerance"];
    if (!expected["trained"].empty()) {
      EXPECT_TRUE(agree(values_of(fitted.apply({.numbers = x})), numbers(expected["trained"]), tolerance));
    }
    EXPECT_TRUE(agree(values_of(fitted.apply({.numbers = fresh})), numbers(expected["out"]), tolerance));
    std::vector<std::string> names(n_features, "a");
    const FittedSteps read = FittedSteps::from_value(fitted.to_value(), names);
    EXPECT_EQ(read, fitted);
    EXPECT_TRUE(agree(values_of(read.apply({.numbers = fresh})), values_of(fitted.apply({.numbers = fresh})), 0));
    EXPECT_EQ(read.names(names).size(), fitted.apply({.numbers = fresh}).n_rows);
  }
}

TEST(Steps, keep_the_features_that_scikit_learn_keeps) {
  const std::uint32_t seed = golden("seed");
  for (const nlohmann::json& expected : golden("selection")) {
    SCOPED_TRACE(expected["case"].get<std::string>());
    const std::size_t n_features = expected["n_features"];
    const core::Matrix x = matrix_of(expected["x"], n_features);
    const std::vector<double> y = numbers(expected["y"]);
    const std::vector<core::Index> rows = first_rows(x.n_cols);
    Lesson lesson{.rows = rows};
    const std::size_t n_classes = expected["classes"];
    lesson.labels = {.task = n_classes > 0 ? core::Task::classification : core::Task::regression,
                     .y = y,
                     .n_classes = n_classes,
                     .seed = seed};
    lesson.names.assign(n_features, "");
    const std::string by = expected["by"];
    const std::vector<double> scores = by == "variance" ? variances(x, lesson)
                                       : by == "f_test" ? f_tests(x, lesson)
                                                        : mutual_information(x, lesson);
    EXPECT_TRUE(agree(scores, numbers(expected["scores"]), expected["tolerance"]));
    for (const nlohmann::json& kept : expected["kept"]) {
      const Steps steps({{"keep_features", kept[0].get<std::int64_t>()}, {"keep_by", by}});
      const FittedSteps fitted = steps.fit({.numbers = x}, lesson);
      EXPECT_EQ(learnt(fitted, "keep_features"), numbers(kept[1]));
      EXPECT_EQ(FittedSteps::from_value(fitted.to_value(), lesson.names), fitted);
    }
  }
}

TEST(Steps, keep_a_share_of_all_columns_and_know_their_names) {
  const core::Matrix x{{1, std::nan(""), 3, 9}, {0, 0, 0, 1}, {5, 5, 5, 5}};
  const Steps steps({{"missing_indicator", true}, {"impute", "zero"}, {"keep_features", 0.5}, {"keep_by", "variance"}});
  const std::vector<core::Index> rows = first_rows(4);
  const FittedSteps fitted = steps.fit({.numbers = x}, {.rows = rows, .names = {"age", "paid", "flat"}});
  EXPECT_EQ(fitted.names({"age", "paid", "flat"}), (std::vector<std::string>{"age", "missingindicator_age"}));
  EXPECT_EQ(fitted.report({"age", "paid", "flat"}),
            std::vector<std::string>{"2 of 4 features are kept, by variance: age, missingindicator_age"});
  EXPECT_EQ(values_of(fitted.apply({.numbers = x})), (std::vector<double>{1, 0, 0, 1, 3, 0, 9, 0}));
  EXPECT_EQ(steps.setting(), "missing_indicator=True impute=zero keep_features=0.5 keep_by=variance");
}

TEST(Steps, refuse_what_they_cannot_learn_from) {
  const core::Matrix x{{-3, 2}, {1, std::nan("")}};
  const auto refusal = [&](const core::Params& params) -> std::string {
    try {
      const std::vector<double> y{0, 1};
      const std::vector<core::Index> rows = first_rows(2);
      const FittedSteps fitted =
          Steps(params).fit({.numbers = x}, {.rows = rows, .labels = {.y = y}, .names = {"gain", "age"}});
      (void)fitted.apply({.numbers = x});
    } catch (const core::UserError& error) {
      return error.problems().front().what;
    }
    return "";
  };
  EXPECT_EQ(refusal({{"preprocessing", "log1p"}}),
            "preprocessing: log1p takes numbers above -1, but feature 'gain' is -3.0");
  EXPECT_EQ(refusal({{"keep_features", 1}}), "keep_by: f_test takes no missing values, but feature 'age' has some");
  EXPECT_EQ(refusal({{"keep_features", 3}, {"keep_by", "variance"}}), "keep_features is 3, but there are 2 features");
  EXPECT_EQ(refusal({{"impute", "mean"}, {"keep_features", 1}, {"keep_by", "mutual_information"}}),
            "keep_by: mutual_information needs more than 3 rows, not 2");
  EXPECT_EQ(check_steps({{"keep_features", 20.5}}),
            std::vector<std::string>{"keep_features is 20.5: write a whole number of features, or a share up to 1.0"});
  EXPECT_EQ(check_steps({{"keep_features", 2}, {"keep_by", "variance"}, {"preprocessing", "power"}}).size(), 1U);
  EXPECT_TRUE(check_steps({{"keep_features", 2}, {"keep_by", "variance"}}).empty());
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
