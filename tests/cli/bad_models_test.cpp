// What the program says of models and data that do not go together: boosted trees and linear models.
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"
#include "io/hdf5/array_file.hpp"

namespace gridmill::cli {
namespace {

using testing::HasSubstr;

constexpr const char* kWords = "a,b,y\n1,2,x\n3,1,z\n5,1,x\n2,2,z\n4,1,x\n6,3,z\n";
constexpr const char* kNumbers = "a,b,y\n1,2,3\n3,1,-2\n5,1,0\n2,2,4\n4,1,7\n6,3,1\n";

/// A search that is refused.
struct Refused {
  const char* name;
  const char* csv;
  const char* model;
  const char* search;
  const char* words;  // that the user reads
};

class BadModels : public FilesTest, public testing::WithParamInterface<Refused> {};

TEST_P(BadModels, are_refused_in_words_before_any_fit) {
  const std::string data = write("m.csv", GetParam().csv);
  const bool folds = std::string_view(GetParam().search).find("cv:") != std::string_view::npos;
  const std::string config =
      write("c.yaml", "output: " + at("run") + "\ndata: {source: " + data + ", target: y}\nmodel: " + GetParam().model +
                          "\nsearch: {" + GetParam().search + (folds ? "" : ", cv: 2") + "}\n");
  const Outcome outcome = run_program(GRIDMILL_PROGRAM, {"search", config, "--ranks", "1", "--quiet"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr(GetParam().words));
  EXPECT_EQ(outcome.out, "");
  EXPECT_FALSE(std::filesystem::exists(at("run/cv_results.csv")));
}

INSTANTIATE_TEST_SUITE_P(
    searches, BadModels,
    testing::Values(
        Refused{"an_objective_of_regression_for_classes", kWords, "xgb_classifier",
                "grid: {objective: ['reg:squarederror']}",
                "search.grid.objective: unknown value 'reg:squarederror'; known: binary:logistic"},
        Refused{"an_objective_of_classes_for_numbers", kNumbers, "{name: xgb_regressor, objective: 'binary:logistic'}",
                "grid: {max_depth: [2]}",
                "c.yaml:3:41: model.objective: unknown value 'binary:logistic'; known: reg:squarederror"},
        Refused{"an_objective_of_more_classes_for_two", kWords, "xgb_classifier",
                "grid: {objective: ['multi:softprob']}",
                "c.yaml:4:28: objective multi:softprob is for more than two classes, but 'y' has 2 classes\n  leave it "
                "out: "
                "binary:logistic is taken\n"},
        Refused{"words_as_numbers", kWords, "xgb_regressor", "grid: {max_depth: [2]}",
                "m.csv: target 'y' is of type categorical; a regressor needs numbers\n"},
        Refused{"poisson_targets_below_0", kNumbers, "{name: xgb_regressor, objective: 'count:poisson'}",
                "grid: {max_depth: [2]}", "c.yaml:3:41: objective count:poisson needs targets >= 0; the data has -2\n"},
        Refused{"gamma_targets_of_0", "a,y\n1,0\n2,3\n3,1\n4,2\n", "xgb_regressor", "grid: {objective: ['reg:gamma']}",
                "c.yaml:4:28: objective reg:gamma needs targets > 0; the data has 0\n"},
        Refused{"a_constraint_of_no_feature", kWords, "xgb_classifier", "grid: {monotone_constraints: [{aa: 1}]}",
                "c.yaml:4:39: monotone_constraints names the feature 'aa', which the data does not have\n  did you "
                "mean 'a'? "
                "known: a, b\n"},
        Refused{
            "a_constraint_of_words", "a,b,y\n1,u,x\n2,v,z\n3,u,x\n4,v,z\n5,u,x\n6,v,z\n",
            "{name: xgb_classifier, categories: ordinal, monotone_constraints: {b: 1}}", "grid: {max_depth: [2]}",
            "c.yaml:3:74: monotone_constraints names 'b', a column of words; only columns of numbers can be named\n"},
        Refused{"interactions_of_no_feature", kWords, "{name: xgb_classifier, interaction_constraints: [[a, c]]}",
                "grid: {max_depth: [2]}",
                "c.yaml:3:56: interaction_constraints names the feature 'c', which the data does not have\n"},
        Refused{"a_weight_of_one_of_three_classes", "a,y\n1,u\n2,v\n3,w\n4,u\n5,v\n6,w\n", "xgb_classifier",
                "grid: [{max_depth: [2]}, {scale_pos_weight: [1, 4]}]",
                "c.yaml:4:54: scale_pos_weight weighs one of two classes, but 'y' has 3\n  class_weight takes"},
        Refused{"a_first_prediction_that_is_no_probability", kWords, "{name: xgb_classifier, base_score: 2}",
                "grid: {max_depth: [2]}",
                "c.yaml:3:43: base_score is a probability here: it must lie between 0 and 1, not be 2\n"},
        Refused{"more_folds_than_rows", kNumbers, "ridge", "grid: {alpha: [1]}, cv: 40",
                "c.yaml:4:34: cannot make 40 folds of 6 samples\n"},
        Refused{"a_metric_of_two_classes_for_three", "a,y\n1,u\n2,v\n3,w\n4,u\n5,v\n6,w\n", "svc",
                "grid: {C: [1]}, scoring: roc_auc",
                "c.yaml:4:35: search.scoring: roc_auc needs two classes, but 'y' has 3\n"},
        Refused{"one_bin", kWords, "xgb_classifier", "grid: {max_bin: [16, 1]}",
                "c.yaml:4:31: search.grid.max_bin: must be whole number >= 2, not 1\n"},
        Refused{"no_round", kWords, "xgb_classifier", "grid: {n_estimators: [10, 0]}",
                "c.yaml:4:36: search.grid.n_estimators: must be whole number >= 1, not 0\n"},
        Refused{"no_round_for_all", kWords, "{name: xgb_classifier, n_estimators: 0}", "grid: {max_depth: [2]}",
                "c.yaml:3:45: model.n_estimators: must be whole number >= 1, not 0\n"},
        Refused{"early_stopping_by_nothing", kWords, "xgb_classifier",
                "grid: {max_depth: [2]}, early_stopping: {rounds: 3}",
                "c.yaml:4:50: search.early_stopping.metric is missing: in which the watched rows are scored"},
        Refused{"early_stopping_of_what_has_no_rounds", kWords, "logistic",
                "grid: {C: [1]}, early_stopping: {metric: logloss}",
                "search.early_stopping.metric: logistic has no rounds to watch\n  boosted trees have: "},
        Refused{"a_parameter_of_later_versions", kWords, "{name: xgb_classifier, device: cuda}",
                "grid: {max_depth: [2]}", "c.yaml:3:31: model.device: xgb_classifier has no such hyperparameter\n"},
        Refused{"a_parameter_with_a_letter_missing", kWords, "xgb_classifier", "grid: {max_dept: [2]}",
                "search.grid.max_dept: xgb_classifier has no such hyperparameter\n  did you mean 'max_depth'?"},
        Refused{"a_ridge_penalty_below_0", kNumbers, "ridge", "grid: {alpha: [1, -0.5]}",
                "c.yaml:4:28: search.grid.alpha: must be number >= 0, not -0.5\n"},
        Refused{"a_net_penalty_below_0", kNumbers, "{name: elastic_net, alpha: -1}", "grid: {l1_ratio: [0.5]}",
                "c.yaml:3:35: model.alpha: must be number >= 0, not -1\n"},
        Refused{"a_net_share_above_1", kNumbers, "elastic_net", "grid: {l1_ratio: [0.5, 1.5]}",
                "c.yaml:4:33: search.grid.l1_ratio: must be number in [0, 1], not 1.5\n"},
        Refused{"a_logistic_share_below_0", kWords, "{name: logistic, penalty: elasticnet}", "grid: {l1_ratio: [-0.1]}",
                "search.grid.l1_ratio: must be number in [0, 1], or null, not -0.1\n"},
        Refused{"a_share_of_a_penalty_that_has_none", kWords, "logistic", "grid: {l1_ratio: [0.5]}",
                "c.yaml:4:16: search.grid: l1_ratio is for the penalty elasticnet; the penalty l2 has none\n"},
        Refused{"a_share_of_the_penalty_l1", kWords, "{name: logistic, penalty: l1}", "grid: {l1_ratio: [0.5], C: [1]}",
                "search.grid: l1_ratio is for the penalty elasticnet; the penalty l1 has none\n"},
        Refused{"a_ridge_penalty_of_one_of_two_models", kNumbers, "ridge",
                "grid: [{alpha: [1]}, {model: [elastic_net], l1_ratio: [2]}]",
                "search.grid[1].l1_ratio: must be number in [0, 1], not 2\n"},
        Refused{"one_class_for_trees", "a,y\n1,x\n2,x\n3,x\n4,x\n", "xgb_classifier", "grid: {max_depth: [2]}",
                "m.csv: target 'y' has one class only ('x'); a classifier needs two\n"},
        Refused{"one_class_for_a_line", "a,y\n1,x\n2,x\n3,x\n4,x\n", "logistic", "grid: {C: [1]}",
                "m.csv: target 'y' has one class only ('x'); a classifier needs two\n"},
        Refused{"no_value_for_trees", "a,b,y\n,,x\n,,z\n,,x\n,,z\n", "xgb_classifier", "grid: {max_depth: [2]}",
                "m.csv: no feature has a value in any row: there is nothing to learn from\n"},
        Refused{"no_value_for_a_line", "a,b,y\n,,x\n,,z\n,,x\n,,z\n", "logistic", "grid: {C: [1]}",
                "m.csv:2: feature 'a' is missing (in 4 of 4 rows, first here)\n"},
        Refused{"no_value_for_a_line_that_imputes", "a,b,y\n,,x\n,,z\n,,x\n,,z\n", "{name: logistic, impute: mean}",
                "grid: {C: [1]}", "m.csv: no feature has a value in any row: there is nothing to learn from\n"},
        Refused{"shuffles_below_0", kWords, "xgb_classifier", "grid: {max_depth: [2]}, permutation_importance: -1",
                "search.permutation_importance: must be whole number in [0, 1000], not -1\n"}),
    [](const auto& refused) { return refused.param.name; });

class OddLabels : public FilesTest {};

TEST_F(OddLabels, with_holes_are_classes_like_others) {
  std::vector<std::vector<double>> scores;
  for (const int step : {1, 5}) {
    std::string csv = "a,b,y\n";
    for (int i = 0; i < 60; ++i) {
      csv +=
          std::to_string(i * 7 % 13) + "," + std::to_string(i * 5 % 11) + "," + std::to_string(i % 3 * step - 3) + "\n";
    }
    const std::string run = at("run" + std::to_string(step));
    const std::string config =
        write("c.yaml", "output: " + run + "\ndata: {source: " + write("m.csv", csv) +
                            ", target: y}\nmodel: xgb_classifier\nsearch: {grid: {n_estimators: [2, 4]}, cv: 3, "
                            "scoring: neg_log_loss}\n");
    const Outcome outcome = run_program(GRIDMILL_PROGRAM, {"search", config, "--ranks", "1", "--quiet"});
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    const io::ArrayFile results = io::read_array_file(run + "/results.h5");
    scores.push_back(std::get<std::vector<double>>(results.find("scores/test")->values));
  }
  EXPECT_EQ(scores[0], scores[1]);
  EXPECT_EQ(scores[0].size(), 6U);
}

}  // namespace
}  // namespace gridmill::cli
