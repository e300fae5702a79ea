#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "made_up.hpp"
#include "models/family/model.hpp"
#include "scratch.hpp"

namespace gridmill::models::linear::test {
namespace {

using testing::HasSubstr;

constexpr auto kRegression = core::Task::regression;

std::vector<double> predictions(const std::string& family, const core::Dataset& data, const core::Params& params,
                                std::span<const core::Index> train, std::span<const core::Index> test,
                                const core::PreparedSamples& samples = {}) {
  const auto trainer = find_family(family)->trainer(data, {});
  return trainer->fit({.params = params, .train = train, .samples = samples})->predict(test, {}).value;
}

void expect_near(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance);
}

TEST(Ridge, leaves_one_out_by_the_formula_as_by_a_fit) {
  MadeUp made = make_up(40, 6);
  for (std::size_t i = 0; i < 40; ++i) made.weight.push_back(i % 7 == 3 ? 0.0 : 0.5 + static_cast<double>(i % 4));
  const core::Dataset data = made.full(kRegression);
  for (const bool intercept : {true, false}) {
    for (const double alpha : {0.0, 1e-3, 10.0}) {
      const core::Params params{{"alpha", alpha}, {"fit_intercept", intercept}};
      const auto trainer = find_family("ridge")->trainer(data, {});
      for (const std::size_t left : {std::size_t{0}, std::size_t{3}, std::size_t{17}, std::size_t{39}}) {
        const std::vector<core::Index> train = rows_but(40, 40, left);
        const std::vector<core::Index> test{static_cast<core::Index>(left)};
        const auto fit = trainer->fit({.params = params, .train = train});
        expect_near(fit->predict(test, {}).value, predictions("ridge", data, params, train, test, as_prepared(made)),
                    1e-9);
        expect_near(fit->predict(train, {}).value, predictions("ridge", data, params, train, train, as_prepared(made)),
                    1e-9);
        EXPECT_NEAR(fit->model()->predict(core::MatrixView(made.x), {}).value[left], fit->predict(test, {}).value[0],
                    1e-9);
      }
    }
  }
}

TEST(Ridge, takes_one_sample_that_decides_alone) {
  MadeUp made = make_up(30, 4);
  for (std::size_t i = 0; i < 30; ++i) made.x(2, i) = i == 5 ? 1e6 : 0;  // nobody else has the feature
  const core::Dataset data = made.full(kRegression);
  const core::Params params{{"alpha", 1e-3}};
  const std::vector<core::Index> train = rows_but(30, 30, 5);
  expect_near(predictions("ridge", data, params, train, std::vector<core::Index>{5}),
              predictions("ridge", data, params, train, std::vector<core::Index>{5}, as_prepared(made)), 1e-9);
}

TEST(Ridge, solves_least_squares_of_many_solutions_by_the_shortest) {
  MadeUp made = make_up(50, 5);
  made.x.row(4) = made.x.row(0);
  const core::Dataset data = made.full(kRegression);
  const auto trainer = find_family("ridge")->trainer(data, {});
  std::vector<core::Index> all(50);
  std::iota(all.begin(), all.end(), core::Index{0});
  core::Matrix one(5, 2, arma::fill::zeros);
  one(0, 0) = one(4, 1) = 1;
  const Prediction at = trainer->fit({.params = {{"alpha", 0.0}}, .train = all})->model()->predict(one, {});
  EXPECT_NEAR(at.value[0], at.value[1], 1e-9);  // both share what there is
  EXPECT_LT(std::abs(at.value[0]), 1e3);
}

TEST(Linear, predicts_of_sparse_samples_what_it_does_of_full_ones) {
  for (const std::size_t d : {std::size_t{20}, std::size_t{90}, std::size_t{2010}}) {
    const MadeUp made = make_up(60, d, 0, 0.1);
    const std::vector<core::Index> train = rows_but(60, 4, 1);
    const std::vector<core::Index> test = rows_but(60, 4, 1, true);
    for (const std::string family : {"ridge", "elastic_net"}) {
      const core::Params params{{"alpha", 0.1}};
      expect_near(predictions(family, made.sparse(kRegression), params, train, test),
                  predictions(family, made.full(kRegression), params, train, test), 1e-9);
    }
  }
}

TEST(Linear, saves_models_that_predict_the_same_bits) {
  const MadeUp made = make_up(60, 9, 0, 0.5);
  const std::vector<core::Index> train = rows_but(60, 4, 1);
  const std::vector<core::Index> test = rows_but(60, 4, 1, true);
  for (const std::string family : {"ridge", "elastic_net"}) {
    const core::Dataset data = made.full(kRegression);
    const auto trainer = find_family(family)->trainer(data, {});
    const auto fit = trainer->fit({.params = {{"alpha", 0.01}}, .train = train});
    const auto model = fit->model();
    Folder folder;
    model->save(folder.path());
    const auto loaded = find_family(family)->load(folder.path(), model->state());
    const std::vector<double> all = loaded->predict(core::MatrixView(made.x), {}).value;
    EXPECT_EQ(all, loaded->predict_sparse(made.entries.view(), {}).value);
    const std::vector<double> of_fit = fit->predict(test, {}).value;
    for (std::size_t i = 0; i < test.size(); ++i) EXPECT_EQ(all[test[i]], of_fit[i]);
  }
}

TEST(Linear, says_what_is_wrong_with_a_model_file) {
  const MadeUp made = make_up(30, 2);
  const core::Dataset data = made.full(kRegression);
  const auto trainer = find_family("ridge")->trainer(data, {});
  const auto model = trainer->fit({.params = {}, .train = rows_but(30, 4, 1)})->model();
  Folder folder;
  model->save(folder.path());
  const auto file = folder.path() / "model.json";
  std::ifstream in(file);
  const std::string sound{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto refusal = [&](const std::string& from, const std::string& to) -> std::string {
    std::string text = sound;
    text.replace(text.find(from), from.size(), to);
    std::ofstream(file) << text;
    try {
      (void)find_family("ridge")->load(folder.path(), model->state());
    } catch (const core::UserError& error) {
      return error.what();
    }
    return "nothing";
  };
  EXPECT_THAT(refusal("}", ""), HasSubstr("is no JSON object"));
  EXPECT_THAT(refusal("intercepts", "intercept"), HasSubstr("has no entry 'intercepts'"));
  EXPECT_THAT(refusal("\"ridge\"", "\"logistic\""), HasSubstr("'model' is \"logistic\", not \"ridge\""));
  EXPECT_THAT(refusal("[[", "[[1.5,"), HasSubstr("'coefficients' has not 2 numbers in each list"));
  EXPECT_THAT(refusal("\"intercepts\":[", "\"intercepts\":[1,"), HasSubstr("'intercepts' has 2 numbers, not 1"));
  EXPECT_THAT(refusal("[[", "[[\"x\","), HasSubstr("'coefficients' has not 2 numbers"));
  std::filesystem::remove(file);
  EXPECT_THROW((void)find_family("ridge")->load(folder.path(), model->state()), core::UserError);
}

TEST(ElasticNet, ends_with_the_same_bits_whatever_was_fitted_before) {
  const MadeUp made = make_up(80, 30);
  const core::Dataset data = made.full(kRegression);
  const std::vector<core::Index> train = rows_but(80, 4, 1);
  const std::vector<core::Index> test = rows_but(80, 4, 1, true);
  const auto trainer = find_family("elastic_net")->trainer(data, {});
  for (const double ratio : {0.1, 1.0}) {
    for (const double alpha : {0.5, 1e-4, 0.02}) {  // neither way along the path
      const core::Params params{{"alpha", alpha}, {"l1_ratio", ratio}};
      const auto fit = trainer->fit({.params = params, .train = train});
      EXPECT_EQ(fit->status(), FitStatus::ok);
      EXPECT_LT(fit->details()[1], 1e-13);  // gap
      EXPECT_EQ(fit->predict(test, {}).value, predictions("elastic_net", data, params, train, test));
    }
  }
}

TEST(ElasticNet, without_an_absolute_penalty_is_a_ridge_regression) {
  const MadeUp made = make_up(60, 7);
  const core::Dataset data = made.full(kRegression);
  const std::vector<core::Index> train = rows_but(60, 4, 1);
  const std::vector<core::Index> test = rows_but(60, 4, 1, true);
  expect_near(predictions("elastic_net", data, {{"alpha", 0.2}, {"l1_ratio", 0.0}}, train, test),
              predictions("ridge", data, {{"alpha", 0.2 * static_cast<double>(train.size())}}, train, test), 1e-10);
}

TEST(ElasticNet, ends_where_features_are_copies_of_each_other) {
  MadeUp made = make_up(60, 12);
  made.x.rows(6, 11) = made.x.rows(0, 5);
  const core::Dataset data = made.full(kRegression);
  const auto trainer = find_family("elastic_net")->trainer(data, {});
  for (const double alpha : {1e-5, 0.01, 0.3}) {
    const core::Params params{{"alpha", alpha}, {"l1_ratio", 1.0}};
    const auto fit = trainer->fit({.params = params, .train = rows_but(60, 4, 1)});
    EXPECT_EQ(fit->status(), FitStatus::ok);
    EXPECT_LT(fit->details()[1], 1e-13);
  }
}

TEST(Linear, refuses_rows_without_weight) {
  MadeUp made = make_up(20, 3);
  made.weight.assign(20, 0.0);
  const core::Dataset data = made.full(kRegression);
  for (const std::string family : {"ridge", "elastic_net"}) {
    const auto trainer = find_family(family)->trainer(data, {});
    EXPECT_THROW((void)trainer->fit({.params = {}, .train = rows_but(20, 4, 1)}), FitError);
  }
}

}  // namespace
}  // namespace gridmill::models::linear::test
