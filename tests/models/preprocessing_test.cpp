#include "models/family/preprocessing.hpp"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "metrics/golden.hpp"

namespace gridmill::models {
namespace {

core::Matrix matrix_of(const nlohmann::json& list, std::size_t n_features) {
  const std::vector<double> values = numbers(list);
  return {values.data(), n_features, values.size() / n_features};
}

std::vector<core::Index> first_rows(std::size_t n) {
  std::vector<core::Index> rows(n);
  std::iota(rows.begin(), rows.end(), core::Index{0});
  return rows;
}

std::vector<double> values_of(const core::Matrix& matrix) { return {matrix.begin(), matrix.end()}; }

TEST(preprocessing, equals_scikit_learn_to_the_last_bit) {
  for (const nlohmann::json& expected : golden("preprocessing.json")) {
    SCOPED_TRACE(expected["case"].get<std::string>());
    const std::size_t n_features = expected["n_features"];
    const core::Matrix x = matrix_of(expected["x"], n_features);
    const PreprocessingOptions options =
        preprocessing_of({{"impute", expected["impute"].get<std::string>()},
                          {"preprocessing", expected["preprocessing"].get<std::string>()}});
    const Preprocessing fitted = Preprocessing::fit(options, x, first_rows(x.n_cols));
    EXPECT_TRUE(agree(fitted.fill(), numbers(expected["fill"]), 0));
    EXPECT_TRUE(agree(fitted.offset(), numbers(expected["offset"]), 0));
    EXPECT_TRUE(agree(fitted.scale(), numbers(expected["scale"]), 0));
    EXPECT_TRUE(agree(values_of(fitted.apply(matrix_of(expected["new"], n_features))), numbers(expected["out"]), 0));
  }
}

TEST(preprocessing, learns_from_the_training_rows_only) {
  const core::Matrix x{{0, 100, 10, 200, 20}};
  const std::vector<core::Index> train{0, 2, 4};
  const Preprocessing fitted = Preprocessing::fit({.scaling = Scaling::minmax}, x, train);
  EXPECT_EQ(values_of(fitted.apply(x, train)), (std::vector<double>{0, 0.5, 1}));
  EXPECT_EQ(values_of(fitted.apply(x, std::vector<core::Index>{3, 0})), (std::vector<double>{10, 0}));
  EXPECT_EQ(values_of(fitted.apply(x)), (std::vector<double>{0, 5, 0.5, 10, 1}));
}

TEST(preprocessing, leaves_missing_values_missing_without_imputation) {
  const core::Matrix x{{1, std::nan(""), 3}};
  const core::Matrix out = Preprocessing::fit({.scaling = Scaling::standardize}, x, first_rows(3)).apply(x);
  EXPECT_EQ(out(0), -1);
  EXPECT_TRUE(std::isnan(out(1)));
  EXPECT_EQ(out(2), 1);
}

TEST(preprocessing, changes_nothing_by_default) {
  const core::Matrix x{{1, -2}, {3, 4}};
  EXPECT_EQ(preprocessing_of({}), PreprocessingOptions{});
  const Preprocessing fitted = Preprocessing::fit({}, x, first_rows(2));
  EXPECT_EQ(fitted, Preprocessing());
  EXPECT_EQ(values_of(fitted.apply(x)), values_of(x));
}

TEST(preprocessing, reads_back_what_it_wrote) {
  const core::Matrix x{{0.1, std::nan(""), 1.0 / 3}, {7, 8, 9.5}};
  for (const Impute impute : {Impute::none, Impute::median}) {
    for (const Scaling scaling : {Scaling::none, Scaling::standardize, Scaling::minmax}) {
      const Preprocessing fitted = Preprocessing::fit({impute, scaling}, x, first_rows(3));
      EXPECT_EQ(Preprocessing::from_value(fitted.to_value(), 2), fitted);
    }
  }
}

TEST(preprocessing, writes_a_feature_without_values_as_null) {
  const core::Matrix x{{std::nan(""), std::nan("")}, {1, 2}};
  const Preprocessing fitted = Preprocessing::fit({.scaling = Scaling::minmax}, x, first_rows(2));
  const Preprocessing read = Preprocessing::from_value(fitted.to_value(), 2);
  EXPECT_TRUE(fitted.to_value().mapping().back().second.list().front().is_null());
  EXPECT_TRUE(std::isnan(read.scale()[0]));
  EXPECT_EQ(read.scale()[1], 1);
}

TEST(preprocessing, rejects_a_damaged_state) {
  const core::Matrix x{{1, 2}, {3, 5}};
  const core::Value good = Preprocessing::fit({.scaling = Scaling::minmax}, x, first_rows(2)).to_value();
  EXPECT_THROW(Preprocessing::from_value(good, 3), core::UserError);
  EXPECT_THROW(Preprocessing::from_value(core::Value(1), 2), core::UserError);
  for (std::size_t i = 0; i < good.mapping().size(); ++i) {
    core::ValueMapping entries = good.mapping();
    entries[i].second = "whiten";
    EXPECT_THROW(Preprocessing::from_value(entries, 2), core::UserError) << entries[i].first;
    entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_THROW(Preprocessing::from_value(entries, 2), core::UserError) << i;
  }
}

TEST(preprocessing, declares_options_that_check_themselves) {
  for (const core::OptionSpec& option : preprocessing_options()) {
    EXPECT_EQ(option.check(option.default_value), std::nullopt);
    EXPECT_NE(option.check("whiten"), std::nullopt);
    EXPECT_NE(option.check(1.0), std::nullopt);
  }
}

}  // namespace
}  // namespace gridmill::models
