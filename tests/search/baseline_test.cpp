#include "search/baseline.hpp"

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/scorer.hpp"
#include "search/folds.hpp"
#include "search/golden_case.hpp"

namespace gridmill::search {
namespace {

/// A case of golden/baselines.json: targets, folds and what scikit-learn's dummies score.
class BaselineCase {
 public:
  explicit BaselineCase(const nlohmann::json& json)
      : rule(json.at("rule") == "prior"  ? Baseline::prior
             : json.at("rule") == "mean" ? Baseline::mean
                                         : Baseline::median),
        y_(json.at("y").get<std::vector<double>>()),
        weight_(json.at("weight").get<std::vector<double>>()) {
    if (json.contains("held_out")) held_out_ = json.at("held_out").get<std::vector<double>>();
    train = dataset(y_, json.at("classes"));
    train.weight = weight_;
    held_out = dataset(held_out_, json.at("classes"));
    plan.folds = make_folds(train, {.kind = train.classes.empty() ? FoldKind::k_fold : FoldKind::stratified,
                                    .n_folds = json.at("k").get<std::size_t>()})
                     .folds;
    for (const auto& [name, scores] : json.at("scores").items()) plan.scorers.push_back(models::find_scorer(name));
    plan.candidates = {{}};
    round_ = rounds_of(plan).front();
  }

  [[nodiscard]] BaselinePlace place() const {
    return {.plan = plan, .round = round_, .data = train, .held_out = held_out_.empty() ? nullptr : &held_out};
  }

  Baseline rule;
  core::Dataset train;
  core::Dataset held_out;
  SearchPlan plan;

 private:
  static core::Dataset dataset(const std::vector<double>& y, std::size_t n_classes) {
    core::Dataset data;
    data.task = n_classes > 0 ? core::Task::classification : core::Task::regression;
    data.x = core::MatrixView(y.data(), 1, y.size());
    data.y = y;
    for (std::size_t code = 0; code < n_classes; ++code) data.classes.push_back(std::to_string(code));
    return data;
  }

  std::vector<double> y_;
  std::vector<double> weight_;
  std::vector<double> held_out_;
  Round round_;
};

void expect_near(double found, double expected, const std::string& where) {
  EXPECT_NEAR(found, expected, 1e-12 * std::max(1.0, std::abs(expected))) << where;
}

TEST(Baseline, scores_what_scikit_learns_dummies_score) {
  for (const auto& json : golden_json("baselines.json")) {
    const BaselineCase one(json);
    const BaselineScores scores = score_baseline(one.place(), one.rule);
    for (std::size_t id = 0; id < one.plan.scorers.size(); ++id) {
      const std::string metric(one.plan.scorers[id]->name());
      const auto expected = json.at("scores").at(metric).get<std::vector<double>>();
      const std::string where = json.at("name").get<std::string>() + " " + metric;
      ASSERT_EQ(scores.of_folds[id].size(), expected.size()) << where;
      for (std::size_t k = 0; k < expected.size(); ++k) expect_near(scores.of_folds[id][k], expected[k], where);
      expect_near(scores.means[id],
                  std::accumulate(expected.begin(), expected.end(), 0.0) / static_cast<double>(expected.size()), where);
    }
    if (!json.contains("held_out")) continue;
    for (std::size_t id = 0; id < one.plan.scorers.size(); ++id) {
      const std::string metric(one.plan.scorers[id]->name());
      expect_near(scores.held_out[id], json.at("held_out_scores").at(metric).get<double>(), metric);
    }
  }
}

TEST(Baseline, of_numbers_is_the_one_that_suits_the_metric) {
  for (const auto& json : golden_json("baselines.json")) {
    if (json.at("name") != "numbers_mean") continue;
    BaselineCase one(json);
    one.plan.scorers = {models::find_scorer("neg_mean_squared_error"), models::find_scorer("neg_mean_absolute_error")};
    EXPECT_EQ(all_baselines(one.place(), {}, 0).at(0).rule, "always the mean");
    EXPECT_EQ(all_baselines(one.place(), {}, 1).at(0).rule, "always the median");
  }
}

TEST(Baseline, gives_a_class_that_the_fold_lacks_no_probability) {
  std::vector<double> y{0, 0, 2, 2, 2, 1};
  core::Dataset data;
  data.x = core::MatrixView(y.data(), 1, y.size());
  data.y = y;
  data.classes = {"a", "b", "c"};
  std::vector<std::size_t> fitted;
  const std::vector<core::Index> train{0, 1, 2, 3, 4};
  const auto prediction = predict_baseline(Baseline::prior, data, train, 1, {.probability = true}, fitted);
  EXPECT_EQ(fitted, (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(prediction.value, std::vector<double>{2});
  EXPECT_EQ(prediction.probability(1, 0), 0);
  EXPECT_EQ(prediction.probability(2, 0), 0.6);
}

TEST(Baseline, of_earlier_labels_falls_back_on_the_rest_where_there_is_none) {
  const std::vector<double> y{0, 1, 1, 0, 1, 1};
  core::Dataset data;
  data.x = core::MatrixView(y.data(), 1, y.size());
  data.y = y;
  data.classes = {"a", "b"};
  SearchPlan plan;
  plan.folds = {{.train = {0, 1, 2}, .test = {3, 4, 5}}};
  plan.candidates = {{}};
  plan.scorers = {models::find_scorer("accuracy"), models::find_scorer("roc_auc"), models::find_scorer("neg_log_loss")};
  const Round round = rounds_of(plan).front();
  const double none = std::nan("");
  // Row 3 was b before, row 4 is not known and thus the majority b, row 5 was a.
  const EarlierLabels labels{.rule = "before", .of_train = {none, none, none, 1, none, 0}, .of_held_out = {}};
  const BaselinePlace place{.plan = plan, .round = round, .data = data};
  const auto all = all_baselines(place, std::vector{labels}, 0);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].rule, "always the most frequent class");  // 2 of 3 beats 1 of 3
  EXPECT_EQ(all[1].rule, "before");
  EXPECT_NEAR(all[1].means[0], 1.0 / 3, 1e-15);
  EXPECT_EQ(all[1].means[1], 0.0);  // the scores 1, 1/3, -1 rank the only a first
  EXPECT_LT(all[1].means[2], -10);  // two of three are wrong with certainty
  EXPECT_EQ(all_baselines(place, std::vector{labels}, 1)[0].rule, "always the most frequent class");
}

}  // namespace
}  // namespace gridmill::search
