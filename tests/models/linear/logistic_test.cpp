#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "made_up.hpp"
#include "models/family/model.hpp"
#include "scratch.hpp"

namespace gridmill::models::linear::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kClasses = core::Task::classification;
constexpr Outputs kAll{.decision = true, .probability = true};

const Family& logistic() { return *find_family("logistic"); }

Prediction fitted(const core::Dataset& data, const core::Params& params, std::span<const core::Index> train,
                  std::span<const core::Index> test) {
  const auto trainer = logistic().trainer(data, {});
  const auto fit = trainer->fit({.params = params, .train = train});
  EXPECT_EQ(fit->status(), FitStatus::ok);
  return fit->predict(test, kAll);
}

void expect_close(const core::Matrix& a, const core::Matrix& b, double tolerance) {
  ASSERT_EQ(arma::size(a), arma::size(b));
  EXPECT_LE(arma::abs(a - b).max(), tolerance);
}

TEST(Logistic, ends_where_nothing_is_left_to_gain) {
  for (const std::size_t k : {std::size_t{2}, std::size_t{3}}) {
    const MadeUp made = make_up(90, 6, k);
    const core::Dataset data = made.full(kClasses);
    const std::vector<core::Index> train = rows_but(90, 4, 1);
    const auto trainer = logistic().trainer(data, {});
    for (const std::string penalty : {"l2", "l1"}) {
      const core::Params params{{"C", 0.7}, {"penalty", penalty}};
      const auto fit = trainer->fit({.params = params, .train = train});
      const Prediction at = fit->predict(train, kAll);
      // The intercept is free: the mean probability of a class is its share.
      for (std::size_t c = 0; c < k; ++c) {
        double probability = 0;
        double share = 0;
        for (std::size_t s = 0; s < train.size(); ++s) {
          probability += at.probability(c, s);
          share += made.y[train[s]] == static_cast<double>(c) ? 1 : 0;
        }
        EXPECT_NEAR(probability, share, 1e-7) << penalty;
      }
    }
  }
}

TEST(Logistic, ends_with_the_same_bits_whatever_was_fitted_before) {
  const MadeUp made = make_up(90, 8, 3);
  const core::Dataset data = made.full(kClasses);
  const std::vector<core::Index> train = rows_but(90, 4, 1);
  const std::vector<core::Index> test = rows_but(90, 4, 1, true);
  for (const std::string penalty : {"l2", "l1"}) {
    std::vector<Candidate> candidates;
    for (const double C : {20.0, 1e-3, 0.5, 1000.0}) candidates.push_back({{{"C", C}, {"penalty", penalty}}});
    const auto trainer = logistic().trainer(data, {.candidates = candidates});
    for (const Candidate& candidate : candidates) {
      const auto alone = logistic().trainer(data, {.candidates = candidates});
      const Prediction a = trainer->fit({.params = candidate.params, .train = train})->predict(test, kAll);
      const Prediction b = alone->fit({.params = candidate.params, .train = train})->predict(test, kAll);
      EXPECT_TRUE(arma::approx_equal(a.probability, b.probability, "absdiff", 0.0));
      // The start leaves no trace beyond rounding.
      expect_close(a.probability, fitted(data, candidate.params, train, test).probability, 1e-8);
    }
  }
}

TEST(Logistic, predicts_of_sparse_samples_what_it_does_of_full_ones) {
  for (const std::size_t d : {std::size_t{30}, std::size_t{1200}}) {
    for (const std::size_t k : {std::size_t{2}, std::size_t{3}}) {
      const MadeUp made = make_up(80, d, k, d > 1000 ? 0.02 : 0.3);
      const std::vector<core::Index> train = rows_but(80, 4, 1);
      const std::vector<core::Index> test = rows_but(80, 4, 1, true);
      for (const std::string penalty : {"l2", "l1"}) {
        const core::Params params{{"C", 2.0}, {"penalty", penalty}};
        const Prediction full = fitted(made.full(kClasses), params, train, test);
        const Prediction sparse = fitted(made.sparse(kClasses), params, train, test);
        if (k == 2) expect_close(full.decision, sparse.decision, 1e-6);
        expect_close(full.probability, sparse.probability, 1e-7);
      }
    }
  }
}

TEST(Logistic, saves_models_that_predict_the_same_bits) {
  for (const std::size_t k : {std::size_t{2}, std::size_t{4}}) {
    const MadeUp made = make_up(80, 7, k, 0.5);
    const core::Dataset data = made.full(kClasses);
    std::vector<core::Index> all = rows_but(80, 80, 80);
    const auto trainer = logistic().trainer(data, {});
    const auto fit = trainer->fit({.params = {}, .train = rows_but(80, 4, 1)});
    const auto model = fit->model();
    const Folder folder;
    model->save(folder.path());
    const auto loaded = logistic().load(folder.path(), model->state());
    const Prediction expected = fit->predict(all, kAll);
    for (const Prediction& found :
         {loaded->predict(core::MatrixView(made.x), kAll), loaded->predict_sparse(made.entries.view(), kAll)}) {
      EXPECT_EQ(found.value, expected.value);
      EXPECT_TRUE(arma::approx_equal(found.decision, expected.decision, "absdiff", 0.0));
      EXPECT_TRUE(arma::approx_equal(found.probability, expected.probability, "absdiff", 0.0));
    }
  }
}

TEST(Logistic, knows_nothing_of_a_class_it_has_not_seen) {
  const MadeUp made = make_up(90, 5, 3);
  const core::Dataset data = made.full(kClasses);
  std::vector<core::Index> train;
  for (core::Index i = 0; i < 90; ++i) {
    if (made.y[i] != 1) train.push_back(i);
  }
  const auto trainer = logistic().trainer(data, {});
  const auto fit = trainer->fit({.params = {}, .train = train});
  EXPECT_THAT(fit->classes(), ElementsAre(0, 2));
  const Prediction at = fit->predict(train, kAll);
  ASSERT_EQ(at.probability.n_rows, 3U);
  for (std::size_t s = 0; s < train.size(); ++s) {
    EXPECT_EQ(at.probability(1, s), 0);
    EXPECT_EQ(at.decision(1, s), -std::numeric_limits<double>::infinity());
    EXPECT_NEAR(at.probability(0, s) + at.probability(2, s), 1, 1e-15);
    EXPECT_EQ(at.value[s], at.decision(2, s) > 0 ? 2 : 0);
  }
}

TEST(Logistic, says_why_it_cannot_be_fitted) {
  MadeUp made = make_up(40, 3, 2);
  core::Dataset data = made.full(kClasses);
  std::vector<core::Index> first;
  for (core::Index i = 0; i < 40; ++i) {
    if (made.y[i] == 0) first.push_back(i);
  }
  const auto refusal = [&](const core::Params& params, std::span<const core::Index> train) -> std::string {
    const auto trainer = logistic().trainer(data, {});
    try {
      (void)trainer->fit({.params = params, .train = train});
    } catch (const FitError& error) {
      return error.what();
    }
    return "nothing";
  };
  const std::vector<core::Index> all = rows_but(40, 40, 40);
  EXPECT_THAT(refusal({}, first), HasSubstr("are of class '0'; logistic needs at least two classes"));
  EXPECT_THAT(refusal({{"penalty", "elasticnet"}}, all), HasSubstr("needs l1_ratio"));
  made.weight.assign(40, 0.0);
  data = made.full(kClasses);
  EXPECT_THAT(refusal({}, all), HasSubstr("weight 0"));
}

TEST(Logistic, refuses_values_that_do_not_go_together) {
  EXPECT_THAT(logistic().check({{"penalty", "l2"}, {"l1_ratio", 0.5}}),
              ElementsAre(HasSubstr("the penalty l2 has none")));
  EXPECT_THAT(logistic().check({{"l1_ratio", 0.5}}), ElementsAre(HasSubstr("l1_ratio is for the penalty elasticnet")));
  EXPECT_THAT(logistic().check({{"penalty", "none"}, {"C", 2.0}}), ElementsAre(HasSubstr("leave C out")));
  EXPECT_THAT(logistic().check({{"penalty", core::Value()}, {"C", 2.0}}), ElementsAre(HasSubstr("leave C out")));
  EXPECT_THAT(logistic().check({{"penalty", "elasticnet"}, {"l1_ratio", 0.5}, {"C", 2.0}}), ElementsAre());
  EXPECT_THAT(logistic().check({{"class_weight", core::ValueMapping{{"a", -1}}}}), ElementsAre(HasSubstr(">= 0")));
  const MadeUp made = make_up(40, 3, 2);
  const core::Dataset data = made.full(kClasses);
  EXPECT_EQ(logistic().check_data({{"penalty", "elasticnet"}}, data).size(), 1U);
  EXPECT_EQ(logistic().check_data({{"class_weight", core::ValueMapping{{"a", 1}}}}, data).size(), 1U);
}

TEST(Logistic, ends_where_a_line_separates_the_classes) {
  MadeUp made = make_up(60, 4, 2);
  for (std::size_t i = 0; i < 60; ++i) made.x(0, i) = made.y[i] == 1 ? 1.0 + made.x(1, i) / 4 : -1.0;
  const core::Dataset data = made.full(kClasses);
  const std::vector<core::Index> all = rows_but(60, 60, 60);
  const Prediction at = fitted(data, {{"penalty", "none"}}, all, all);
  EXPECT_EQ(at.value, made.y);
  EXPECT_TRUE(at.probability.is_finite());
}

}  // namespace
}  // namespace gridmill::models::linear::test
