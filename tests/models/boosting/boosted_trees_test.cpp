// What xgb_classifier and xgb_regressor promise as families. That their scores are those of Python's xgboost is shown
// by the goldens of whole searches (tests/jobs/golden/boosting).
#include "models/boosting/boosted_trees.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "models/boosting/booster.hpp"
#include "models/boosting/boosting_options.hpp"
#include "models/boosting/monotone_check.hpp"
#include "models/family/model.hpp"

namespace gridmill::models::boosting {
namespace {

namespace fs = std::filesystem;
using core::Index;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kSamples = 120;

/// Rows with three features, of which two matter; owns what the dataset views.
struct Sample {
  core::Matrix x;
  std::vector<double> y;
  core::Dataset data;

  explicit Sample(core::Task task, std::size_t n_classes = 2) : x(3, kSamples), y(kSamples) {
    std::mt19937 random(1);
    std::normal_distribution<double> normal;
    for (double& value : x) value = std::round(normal(random) * 1000) / 1000;
    for (std::size_t i = 0; i < kSamples; ++i) {
      const double sum = x(0, i) + 0.5 * x(1, i) + 0.3 * normal(random);
      y[i] = task == core::Task::regression ? sum
                                            : std::clamp(std::floor(sum + 0.5 * static_cast<double>(n_classes)), 0.0,
                                                         static_cast<double>(n_classes - 1));
    }
    data.task = task;
    data.feature_names = {"a", "b", "c"};
    data.target_name = "y";
    if (task == core::Task::classification) {
      for (std::size_t c = 0; c < n_classes; ++c) data.classes.push_back(std::to_string(c));
    }
    refresh();
  }
  void refresh() {
    data.x = core::MatrixView(x);
    data.y = y;
  }
};

const Family& family_of(const core::Dataset& data) {
  return data.task == core::Task::regression ? xgb_regressor_family() : xgb_classifier_family();
}

std::vector<Index> rows(std::size_t first, std::size_t end) {
  std::vector<Index> out;
  for (std::size_t i = first; i < end; ++i) out.push_back(static_cast<Index>(i));
  return out;
}

std::string saved(const Fit& fit) {
  const fs::path folder = fs::path(testing::TempDir()) / "boosted_model";
  fs::create_directories(folder);
  fit.model()->save(folder);
  std::ifstream in(folder / "model.json", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<double> predicted(const Fit& fit, const std::vector<Index>& of) {
  const Prediction prediction = fit.predict(of, {.probability = true});
  return prediction.probability.empty()
             ? prediction.value
             : std::vector<double>(prediction.probability.begin(), prediction.probability.end());
}

TEST(BoostedTrees, going_on_gives_the_bits_of_a_fit_from_nothing) {
  for (const auto task : {core::Task::classification, core::Task::regression}) {
    const Sample sample(task, 3);
    const core::Params base{{"max_depth", 3}, {"subsample", 0.7}, {"colsample_bynode", 0.5}};
    const auto with = [&](std::int64_t n) {
      core::Params params = base;
      params["n_estimators"] = n;
      return params;
    };
    const auto train = rows(0, 80);
    const auto test = rows(80, kSamples);
    const auto trainer = family_of(sample.data).trainer(sample.data, {});
    const core::Params first = with(3);
    const auto fit = trainer->fit({.params = first, .train = train, .job_seed = 5});
    std::vector<std::string> models;
    for (const std::int64_t n : {3, 7, 12}) {
      fit->go_on(with(n));
      (void)predicted(*fit, test);
      (void)predicted(*fit, train);
      models.push_back(saved(*fit));
    }
    for (const std::size_t i : {0U, 1U, 2U}) {
      const auto alone = family_of(sample.data).trainer(sample.data, {});
      const core::Params params = with(std::vector<std::int64_t>{3, 7, 12}[i]);
      EXPECT_EQ(saved(*alone->fit({.params = params, .train = train, .job_seed = 5})), models[i]);
    }
  }
}

TEST(BoostedTrees, a_fit_that_is_resumed_has_the_bits_of_one_from_nothing) {
  const std::vector<core::Params> settings{{},
                                           {{"max_bin", 8}, {"grow_policy", "lossguide"}, {"max_leaves", 5}},
                                           {{"tree_method", "exact"}},
                                           {{"tree_method", "approx"}, {"num_parallel_tree", 2}},
                                           {{"scale_pos_weight", 2.0}, {"reg_alpha", 0.1}}};
  for (const std::size_t n_classes : {2U, 3U}) {
    const Sample sample(core::Task::classification, n_classes);
    const auto train = rows(0, 80);
    const auto trainer = xgb_classifier_family().trainer(sample.data, {});
    for (core::Params params : settings) {
      params["n_estimators"] = 3;
      const std::string state = trainer->fit({.params = params, .train = train})->state();
      ASSERT_FALSE(state.empty());
      params["n_estimators"] = 9;
      (void)trainer->fit({.params = {{"max_depth", 2}}, .train = rows(20, 90)});  // others come between
      const auto resumed = trainer->fit({.params = params, .train = train, .resume = state});
      const auto alone = trainer->fit({.params = params, .train = train});
      EXPECT_EQ(saved(*resumed), saved(*alone));
      EXPECT_EQ(predicted(*resumed, train), predicted(*alone, train));
      EXPECT_EQ(predicted(*resumed, rows(80, kSamples)), predicted(*alone, rows(80, kSamples)));
      EXPECT_EQ(resumed->details()[0], 9);
      params["n_estimators"] = 2;
      EXPECT_EQ(trainer->fit({.params = params, .train = train, .resume = state})->details()[0], 2);
    }
    for (const core::Params& drawn : {core::Params{{"subsample", 0.8}}, core::Params{{"colsample_bynode", 0.8}},
                                      core::Params{{"booster", "gblinear"}}}) {
      EXPECT_EQ(trainer->fit({.params = drawn, .train = train})->state(), "");
    }
  }
}

TEST(BoostedTrees, a_fit_that_takes_long_is_kept_as_often_as_that_is_due) {
  const Sample sample(core::Task::classification, 2);
  const auto train = rows(0, 80);
  const auto trainer = xgb_classifier_family().trainer(sample.data, {});
  std::vector<std::string> kept;
  std::size_t n_asked = 0;
  const FitKeeper keeper{.is_due = [&](double /*seconds*/) { return ++n_asked % 2 == 0; },
                         .keep = [&](std::string_view state) { kept.emplace_back(state); }};
  const core::Params params{{"n_estimators", 9}};
  const auto whole = trainer->fit({.params = params, .train = train, .keeper = &keeper});
  ASSERT_EQ(kept.size(), 4U);  // after 2, 4, 6, 8 rounds
  for (const std::size_t last : {1U, 3U}) {
    n_asked = 0;
    const std::string state = kept[last];
    kept.resize(last + 1);
    const auto resumed = trainer->fit({.params = params, .train = train, .resume = state, .keeper = &keeper});
    EXPECT_EQ(n_asked, 9 - 2 * (last + 1)) << "only what was missing is learnt";
    EXPECT_EQ(saved(*resumed), saved(*whole));
  }
  n_asked = 0;
  const core::Params drawn{{"n_estimators", 9}, {"subsample", 0.8}};
  (void)trainer->fit({.params = drawn, .train = train, .keeper = &keeper});
  EXPECT_EQ(n_asked, 0U) << "where rows are drawn a fit begins anew";
}

TEST(BoostedTrees, bins_know_nothing_of_rows_that_are_not_trained_on) {
  Sample sample(core::Task::classification);
  const core::Params params{{"n_estimators", 8}, {"max_bin", 16}};
  const auto train = rows(0, 80);
  const auto before = xgb_classifier_family().trainer(sample.data, {})->fit({.params = params, .train = train});
  const std::string expected = saved(*before);
  for (std::size_t i = 80; i < kSamples; ++i) sample.x.col(i).fill(1e6);
  const auto after = xgb_classifier_family().trainer(sample.data, {})->fit({.params = params, .train = train});
  EXPECT_EQ(saved(*after), expected);
}

TEST(BoostedTrees, bins_alone_teach_the_same_bits_as_values) {
  Sample sample(core::Task::classification);
  for (std::size_t i = 0; i < kSamples; i += 5) sample.x(i % 3, i) = kNaN;
  core::SparseMatrix sparse{.n_features = 3};
  std::vector<float> labels;
  std::vector<float> weights;
  for (std::size_t i = 0; i < kSamples; ++i) {
    std::vector<Index> features;
    std::vector<double> values;
    for (std::size_t f = 0; f < 3; ++f) {
      if (std::isnan(sample.x(f, i)) || (i + f) % 2 == 0) continue;
      features.push_back(static_cast<Index>(f));
      values.push_back(sample.x(f, i));
    }
    sparse.add({features, values});
    labels.push_back(static_cast<float>(sample.y[i]));
    weights.push_back(static_cast<float>(i % 4));
  }
  const auto some = rows(10, 100);
  const std::span<const float> all_weights(weights);
  const std::span<const float> all_labels(labels);
  for (const std::size_t n_bins : {4U, 40U, 1000U}) {
    for (const bool is_sparse : {false, true}) {
      for (const bool all : {false, true}) {
        SampleChoice choice{.x = {}, .sparse = {}, .rows = some, .all = all};
        if (is_sparse) choice.sparse = sparse.view();
        if (!is_sparse) choice.x = sample.data.x;
        const SampleInfo info{.labels = all ? all_labels : all_labels.subspan(10, 90),
                              .weights = all ? all_weights : all_weights.subspan(10, 90)};
        const SampleMatrix bins = SampleMatrix::binned(choice, info, n_bins);
        SampleMatrix values(choice);
        values.set_labels(info.labels);
        values.set_weights(info.weights);
        std::vector<std::string> models;
        for (const SampleMatrix* matrix : {&bins, static_cast<const SampleMatrix*>(&values)}) {
          Booster booster({{"objective", "binary:logistic"},
                           {"tree_method", "hist"},
                           {"nthread", "1"},
                           {"subsample", "0.7"},
                           {"max_bin", std::to_string(n_bins)}},
                          *matrix);
          for (std::size_t round = 0; round < 4; ++round) booster.learn(round, *matrix);
          models.push_back(booster.json());
          EXPECT_EQ(booster.predict(*matrix, Predicted::value).numbers,
                    booster.predict(values, Predicted::value).numbers);
        }
        EXPECT_EQ(models[0], models[1]) << n_bins << (is_sparse ? " sparse" : "") << (all ? " all" : "");
      }
    }
  }
}

TEST(BoostedTrees, candidates_with_other_bins_or_rows_do_not_see_the_last_ones_matrix) {
  const Sample sample(core::Task::regression);
  const auto shared = xgb_regressor_family().trainer(sample.data, {});
  const std::vector<core::Params> candidates{
      {{"max_bin", 4}}, {{"max_bin", 64}}, {{"max_bin", 4}}, {{"tree_method", "exact"}}, {{"booster", "gblinear"}}};
  for (const auto& train : {rows(0, 80), rows(40, kSamples)}) {
    for (core::Params params : candidates) {
      params["n_estimators"] = 4;
      const auto alone = xgb_regressor_family().trainer(sample.data, {});
      EXPECT_EQ(saved(*shared->fit({.params = params, .train = train})),
                saved(*alone->fit({.params = params, .train = train})));
    }
  }
}

TEST(BoostedTrees, a_class_that_is_not_trained_on_has_probability_0) {
  Sample sample(core::Task::classification, 3);
  std::vector<Index> train;
  for (const Index row : rows(0, kSamples)) {
    if (sample.y[row] != 1) train.push_back(row);
  }
  const core::Params params{{"n_estimators", 3}};
  const auto trainer = xgb_classifier_family().trainer(sample.data, {});
  const auto fit = trainer->fit({.params = params, .train = train});
  EXPECT_THAT(fit->classes(), ElementsAre(0, 2));
  const Prediction prediction = fit->predict(rows(0, kSamples), {.probability = true});
  for (std::size_t i = 0; i < kSamples; ++i) {
    EXPECT_EQ(prediction.probability(1, i), 0);
    EXPECT_NE(prediction.value[i], 1);
  }
}

TEST(BoostedTrees, a_saved_model_predicts_the_same_bits) {
  for (const std::size_t n_classes : {2U, 4U}) {
    Sample sample(core::Task::classification, n_classes);
    sample.x(0, 3) = kNaN;
    const auto trainer = xgb_classifier_family().trainer(sample.data, {});
    const core::Params params{{"n_estimators", 5}, {"max_depth", 3}};
    const auto fit = trainer->fit({.params = params, .train = rows(0, kSamples)});
    const auto model = fit->model();
    const fs::path folder = fs::path(testing::TempDir()) / "saved_booster";
    fs::create_directories(folder);
    model->save(folder);
    const auto loaded = xgb_classifier_family().load(folder, model->state());
    const Prediction a = fit->predict(rows(0, kSamples), {.probability = true});
    const Prediction b = loaded->predict(sample.data.x, {.probability = true});
    EXPECT_EQ(a.value, b.value);
    EXPECT_TRUE(std::ranges::equal(a.probability, b.probability));
  }
}

TEST(BoostedTrees, a_model_that_is_no_model_is_refused_in_words) {
  const Sample sample(core::Task::classification);
  const auto trainer = xgb_classifier_family().trainer(sample.data, {});
  const core::Params params{{"n_estimators", 2}};
  const auto model = trainer->fit({.params = params, .train = rows(0, kSamples)})->model();
  const fs::path folder = fs::path(testing::TempDir()) / "no_booster";
  fs::create_directories(folder);
  model->save(folder);
  std::ifstream in(folder / "model.json");
  const std::string json{std::istreambuf_iterator<char>(in), {}};
  for (const std::string& text :
       {std::string("{}"), std::string("no json"), json.substr(0, json.size() / 2), std::string()}) {
    std::ofstream(folder / "model.json") << text;
    EXPECT_THROW((void)xgb_classifier_family().load(folder, model->state()), core::UserError) << text.substr(0, 20);
  }
}

TEST(BoostedTrees, contributions_sum_to_the_margin) {
  const Sample sample(core::Task::regression);
  const auto trainer = xgb_regressor_family().trainer(sample.data, {});
  const core::Params params{{"n_estimators", 10}};
  const auto model = trainer->fit({.params = params, .train = rows(0, 80)})->model();
  const core::Matrix contributions = model->explain(sample.data.x, Explanation::contributions);
  const Prediction prediction = model->predict(sample.data.x, {});
  ASSERT_EQ(contributions.n_rows, 4U);
  for (std::size_t i = 0; i < kSamples; ++i) {
    EXPECT_NEAR(arma::accu(contributions.col(i)), prediction.value[i], 1e-4);
  }
  EXPECT_EQ(model->explain(sample.data.x, Explanation::leaf).n_rows, 10U);
}

TEST(BoostedTrees, importances_have_a_value_a_feature) {
  Sample sample(core::Task::regression);
  sample.x.row(2).zeros();  // tells nothing
  const auto trainer = xgb_regressor_family().trainer(sample.data, {});
  const core::Params params{{"n_estimators", 5}};
  const auto importances = trainer->fit({.params = params, .train = rows(0, 80)})->model()->importances();
  ASSERT_EQ(importances.size(), 3U);
  EXPECT_EQ(importances[0].name, "gain");
  for (const Importance& way : importances) {
    ASSERT_EQ(way.values.size(), 3U);
    EXPECT_GT(way.values[0], 0);
    EXPECT_EQ(way.values[2], 0);
  }
}

TEST(BoostedTrees, a_watched_fit_is_what_it_was_at_its_best_round) {
  const Sample sample(core::Task::classification);
  const auto train = rows(0, 60);
  const auto test = rows(60, kSamples);
  const auto trainer = xgb_classifier_family().trainer(sample.data, {});
  const core::Params params{{"n_estimators", 200}, {"learning_rate", 0.5}};
  std::vector<std::string> models;
  std::size_t best = 0;
  for (const std::size_t patience : {10U, 60U}) {
    const Watch watch{.rows = test, .metric = "logloss", .patience = patience};
    const auto fit = trainer->fit({.params = params, .train = train, .watch = &watch});
    const std::vector<double>& scores = fit->curve()->watched;
    best = static_cast<std::size_t>(std::ranges::min_element(scores) - scores.begin()) + 1;
    ASSERT_LT(best + 60, 200U) << "the test wants a fit that stops by itself";
    EXPECT_EQ(scores.size(), best + patience);
    EXPECT_EQ(fit->details()[1], static_cast<double>(best));
    models.push_back(saved(*fit));
  }
  EXPECT_EQ(models[0], models[1]);
  core::Params known = params;
  known["n_estimators"] = static_cast<std::int64_t>(best);
  const auto alone = trainer->fit({.params = known, .train = train});
  const Watch watch{.rows = test, .metric = "logloss", .patience = 10};
  const auto stopped = trainer->fit({.params = params, .train = train, .watch = &watch});
  EXPECT_EQ(predicted(*stopped, test), predicted(*alone, test));
}

TEST(BoostedTrees, are_watched_by_the_metric_of_two_classes_where_two_of_three_are_left) {
  const Sample sample(core::Task::classification, 3);
  const auto trainer = xgb_classifier_family().trainer(sample.data, {});
  std::vector<Index> train = rows(0, 80);
  std::erase_if(train, [&](Index row) { return sample.y[row] == 1; });
  const auto test = rows(80, kSamples);
  const core::Params params{{"n_estimators", 5}};
  for (const auto& [metric, of_two] : {std::pair{"mlogloss", "logloss"}, std::pair{"merror", "error"}}) {
    const Watch watch{.rows = test, .metric = metric, .patience = 3};
    const Watch other{.rows = test, .metric = of_two, .patience = 3};
    const auto fit = trainer->fit({.params = params, .train = train, .watch = &watch});
    EXPECT_EQ(fit->curve()->watched,
              trainer->fit({.params = params, .train = train, .watch = &other})->curve()->watched);
  }
}

TEST(BoostedTrees, are_watched_by_a_tweedie_distribution_of_their_own_power) {
  Sample sample(core::Task::regression);
  for (double& value : sample.y) value = std::abs(value);
  const auto trainer = xgb_regressor_family().trainer(sample.data, {});
  const auto train = rows(0, 80);
  const auto test = rows(80, kSamples);
  const Watch watch{.rows = test, .metric = "tweedie-nloglik", .patience = 3};
  std::vector<double> best;
  for (const double power : {1.2, 1.8}) {
    const core::Params params{{"n_estimators", 5}, {"objective", "reg:tweedie"}, {"tweedie_variance_power", power}};
    best.push_back(trainer->fit({.params = params, .train = train, .watch = &watch})->curve()->watched.front());
  }
  EXPECT_TRUE(std::isfinite(best[0]) && std::isfinite(best[1]));
  EXPECT_NE(best[0], best[1]);
}

TEST(BoostedTrees, whose_watched_metric_has_no_value_are_refused_by_their_targets_or_fail) {
  Sample sample(core::Task::regression);  // targets of both signs
  sample.y[7] = 0;
  for (const char* metric : {"rmsle", "mape", "gamma-deviance", "poisson-nloglik", "tweedie-nloglik"}) {
    const auto problem = check_watched_targets(metric, sample.data);
    ASSERT_TRUE(problem) << metric;
    EXPECT_THAT(problem->what, HasSubstr(std::string("watched by the metric ") + metric));
  }
  EXPECT_FALSE(check_watched_targets("rmse", sample.data));
  for (double& value : sample.y) value = std::abs(value) + 1;
  EXPECT_FALSE(check_watched_targets("gamma-deviance", sample.data));
  const Sample classes(core::Task::classification);
  const auto trainer = xgb_classifier_family().trainer(classes.data, {});
  std::vector<Index> test = rows(60, kSamples);
  std::erase_if(test, [&](Index row) { return classes.y[row] == 1; });
  const auto train = rows(0, 60);
  const Watch watch{.rows = test, .metric = "auc", .patience = 3};
  const core::Params params{{"n_estimators", 5}};
  std::string said;
  testing::internal::CaptureStderr();
  std::thread([&] {  // XGBoost has settings for each thread
    try {
      (void)trainer->fit({.params = params, .train = train, .watch = &watch});
    } catch (const FitError& error) {
      said = error.what();
    }
  })
      .join();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_THAT(said, HasSubstr("the metric auc that ends the fit is nan after its first round"));
}

TEST(BoostedTrees, monotone_constraints_are_kept_and_a_breach_is_found) {
  Sample sample(core::Task::regression);
  for (std::size_t i = 0; i < kSamples; ++i) sample.y[i] = std::sin(3 * sample.x(0, i));
  const auto trainer = xgb_regressor_family().trainer(sample.data, {});
  const core::Params constrained{{"n_estimators", 20}, {"monotone_constraints", core::ValueMapping{{"a", 1}}}};
  EXPECT_EQ(trainer->fit({.params = constrained, .train = rows(0, kSamples)})->remark(), "");

  const SampleMatrix all(sample.data.x);
  SampleMatrix labelled(sample.data.x);
  labelled.set_labels(std::vector<float>(sample.y.begin(), sample.y.end()));
  Booster free({{"objective", "reg:squarederror"}, {"tree_method", "hist"}, {"nthread", "1"}}, labelled);
  for (std::size_t round = 0; round < 20; ++round) free.learn(round, labelled);
  const std::vector<int> signs{1, 0, 0};
  EXPECT_EQ(broken_monotone_feature(free, sample.data.x, rows(0, kSamples), signs, sample.data.feature_names), "a");
  core::SparseMatrix kept{.n_features = sample.data.x.n_features};
  for (std::size_t i = 0; i < kSamples; ++i) {
    const std::vector<core::Index> some{0, 2};
    const std::vector<double> values{sample.x(0, i), sample.x(2, i)};
    kept.add({some, values});
  }
  EXPECT_EQ(broken_monotone_feature(free, kept.view(), rows(0, kSamples), signs, sample.data.feature_names), "a");
}

std::string fit_error(const core::Dataset& data, const core::Params& params, const std::vector<Index>& train) {
  try {
    const auto trainer = family_of(data).trainer(data, {});
    (void)trainer->fit({.params = params, .train = train});
  } catch (const FitError& error) {
    return error.what();
  }
  return "no error";
}

TEST(BoostedTrees, data_that_cannot_be_fitted_is_refused_in_words) {
  Sample sample(core::Task::classification);
  const core::Params params{{"n_estimators", 2}};
  std::vector<Index> one;
  for (const Index row : rows(0, kSamples)) {
    if (sample.y[row] == 1) one.push_back(row);
  }
  EXPECT_THAT(fit_error(sample.data, params, one), HasSubstr("all training samples are of class '1'"));
  sample.x(1, 7) = 1e300;
  EXPECT_THAT(fit_error(sample.data, params, rows(0, kSamples)), HasSubstr("feature 'b' has the value 1e+300"));
  sample.x(1, 7) = std::numeric_limits<double>::infinity();
  EXPECT_THAT(fit_error(sample.data, params, rows(0, kSamples)), HasSubstr("feature 'b' has the value inf"));
}

std::vector<std::string> problems(const core::Dataset& data, const core::Params& params) {
  std::vector<std::string> out = family_of(data).check(params);
  for (const DataProblem& problem : family_of(data).check_data(params, data)) out.push_back(problem.what);
  return out;
}

TEST(BoostedTrees, a_time_limit_ends_a_fit_between_rounds) {
  const Sample sample(core::Task::regression);
  const core::Params params{{"n_estimators", 1000}};
  const auto trainer = xgb_regressor_family().trainer(sample.data, {});
  const auto fit = trainer->fit({.params = params, .train = rows(0, kSamples), .time_limit_s = 1e-9});
  EXPECT_EQ(fit->status(), FitStatus::time_limit);
  EXPECT_EQ(fit->details()[0], 1);
}

TEST(BoostedTrees, options_that_do_not_fit_are_refused_in_words) {
  Sample counts(core::Task::regression);
  EXPECT_THAT(problems(counts.data, {{"objective", "count:poisson"}}), ElementsAre(HasSubstr("needs targets >= 0")));
  EXPECT_THAT(problems(counts.data, {{"objective", "reg:gamma"}}), ElementsAre(HasSubstr("needs targets > 0")));
  EXPECT_THAT(problems(counts.data, {{"huber_slope", 2.0}}), ElementsAre(HasSubstr("means nothing with objective")));
  const Sample two(core::Task::classification, 2);
  const Sample three(core::Task::classification, 3);
  EXPECT_THAT(problems(two.data, {{"objective", "multi:softprob"}}), ElementsAre(HasSubstr("more than two classes")));
  EXPECT_THAT(problems(three.data, {{"objective", "binary:hinge"}}), ElementsAre(HasSubstr("for two classes")));
  EXPECT_THAT(problems(two.data, {{"booster", "gblinear"}, {"max_depth", 3}}),
              ElementsAre(HasSubstr("max_depth means nothing with booster: gblinear")));
  EXPECT_THAT(problems(two.data, {{"rate_drop", 0.5}}), ElementsAre(HasSubstr("means nothing with booster: gbtree")));
  EXPECT_THAT(problems(two.data, {{"monotone_constraints", core::ValueMapping{{"d", 1}}}}),
              ElementsAre(HasSubstr("names the feature 'd'")));
  EXPECT_THAT(problems(two.data, {{"monotone_constraints", core::ValueMapping{{"a", 2}}}}),
              ElementsAre(HasSubstr("must be 1, -1 or 0")));
  EXPECT_THAT(problems(two.data, {{"class_weight", core::ValueMapping{{"7", 1.0}}}}),
              ElementsAre(HasSubstr("class '7'")));
  EXPECT_THAT(problems(three.data, {{"scale_pos_weight", 3.0}}), ElementsAre(HasSubstr("weighs one of two classes")));
  EXPECT_THAT(problems(two.data, {{"tree_method", "exact"}, {"max_bin", 64}}), ElementsAre(HasSubstr("makes no bins")));
  EXPECT_THAT(problems(two.data, {{"booster", "gblinear"}, {"top_k", 2}}),
              ElementsAre(HasSubstr("top_k means nothing with feature_selector: cyclic")));
  EXPECT_THAT(problems(two.data, {{"base_score", 1.0}}), ElementsAre(HasSubstr("must lie between 0 and 1")));
  EXPECT_THAT(problems(three.data, {{"base_score", 1.0}}), ElementsAre());
  Sample positive(core::Task::regression);
  for (double& y : positive.y) y = std::abs(y);
  EXPECT_THAT(problems(positive.data, {{"objective", "count:poisson"}, {"base_score", 0.0}}),
              ElementsAre(HasSubstr("must be above 0 with objective count:poisson")));
}

}  // namespace
}  // namespace gridmill::models::boosting
