// That nothing before the model knows of held-out rows.
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/dataset.hpp"
#include "core/numpy_random.hpp"
#include "models/family/model.hpp"
#include "models/scorer.hpp"
#include "prepare/steps.hpp"
#include "search/evaluate.hpp"
#include "search/folds.hpp"
#include "search/model_importance.hpp"

namespace gridmill::search {
namespace {

constexpr std::size_t kRows = 120;
constexpr std::size_t kFeatures = 600;

/// Features and labels that have nothing to do with each other.
struct Noise {
  explicit Noise(std::uint32_t seed) : x(kFeatures, kRows, arma::fill::none) {
    core::NumpyRandom random(seed);
    for (double& value : x) value = random.normal();
    for (std::size_t i = 0; i < kRows; ++i) y.push_back(static_cast<double>(i % 2));
    random.shuffle(std::span(y));
  }
  [[nodiscard]] core::Dataset data() const {
    core::Dataset data;
    data.x = core::MatrixView(x);
    data.y = y;
    data.classes = {"no", "yes"};
    for (std::size_t j = 0; j < x.n_rows; ++j) data.feature_names.push_back(std::to_string(j));
    return data;
  }

  core::Matrix x;
  std::vector<double> y;
};

double auc_in_folds(const core::Dataset& data, const core::Params& candidate) {
  SearchPlan plan;
  plan.families = {models::find_family("logistic")};
  plan.candidates = {candidate};
  plan.folds = make_folds(data, {.n_folds = 3}).folds;
  plan.scorers = {models::find_scorer("roc_auc")};
  Evaluator evaluator(plan, data, {});
  double sum = 0;
  for (std::size_t fold = 0; fold < plan.folds.size(); ++fold) {
    const FitRecord record = evaluator.evaluate(bundle_of({0, fold})).at(0);
    EXPECT_EQ(record.message, "");
    sum += record.test_scores.at(0);
  }
  return sum / static_cast<double>(plan.folds.size());
}

TEST(Leak, features_kept_of_pure_noise_predict_nothing) {
  constexpr std::uint32_t kSeeds = 12;
  for (const char* measure : {"f_test", "mutual_information", "variance"}) {
    double within = 0;
    double outside = 0;
    for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
      const Noise noise(seed);
      const core::Dataset data = noise.data();
      const core::Params keep{{"keep_features", 20}, {"keep_by", measure}};
      within += auc_in_folds(data, keep) / kSeeds;
      if (std::string(measure) != "f_test") continue;
      // What this test would see if features were chosen before the folds.
      std::vector<core::Index> all(kRows);
      std::iota(all.begin(), all.end(), core::Index{0});
      const prepare::Labels labels{.task = core::Task::classification, .y = noise.y, .n_classes = 2};
      Noise chosen = noise;
      chosen.x =
          prepare::Steps(keep).fit({.numbers = noise.x}, {.rows = all, .labels = labels}).apply({.numbers = noise.x});
      outside += auc_in_folds(chosen.data(), {}) / kSeeds;
    }
    EXPECT_NEAR(within, 0.5, 0.04) << measure;
    EXPECT_TRUE(std::string(measure) != "f_test" || outside > 0.75) << outside;
  }
}

TEST(Leak, what_is_learnt_in_a_fold_knows_nothing_of_the_rows_that_it_tests) {
  Noise noise(1);
  noise.x = core::Matrix(noise.x.head_rows(60));
  for (std::size_t i = 0; i < noise.x.n_elem; i += 11) noise.x(i) = std::nan("");
  std::vector<core::Index> train(kRows / 2);
  std::iota(train.begin(), train.end(), core::Index{0});
  core::Matrix spoilt = noise.x;
  spoilt.tail_cols(kRows / 2).fill(1e6);
  const std::vector<double> y(noise.y.begin(), noise.y.begin() + kRows / 2);
  const prepare::Labels labels{.task = core::Task::classification, .y = y, .n_classes = 2, .seed = 3};
  const models::Family& model = *models::find_family("logistic");
  const core::Params params{{"C", 1.0}};
  core::Dataset like;
  like.classes = {"0", "1"};
  for (const std::string& way : core::find_option(prepare::step_options(), "preprocessing")->choices) {
    if (way == "log1p") continue;  // learns nothing
    for (const std::string& measure : core::find_option(prepare::step_options(), "keep_by")->choices) {
      prepare::Steps steps({{"missing_indicator", true},
                            {"impute", "median"},
                            {"preprocessing", way},
                            {"keep_features", 0.1},
                            {"keep_by", measure}});
      steps.measure_by(measure_by(model, params, like, 3), model.name());
      const prepare::Lesson lesson{.rows = train, .labels = labels};
      EXPECT_EQ(steps.fit({.numbers = noise.x}, lesson), steps.fit({.numbers = spoilt}, lesson)) << way << measure;
    }
  }
}

}  // namespace
}  // namespace gridmill::search
