// What the program says of models and data that do not go together: boosted trees and linear models.
#include <filesystem>
#include <string>
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
  const std::string config =
      write("c.yaml", "output: " + at("run") + "\ndata: {source: " + data + ", target: y}\nmodel: " + GetParam().model +
                          "\nsearch: {" + GetParam().search + ", cv: 2}\n");
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
                "grid: {objective: ['reg:squarederror']}", "@"},
        Refused{"an_objective_of_classes_for_numbers", kNumbers, "{name: xgb_regressor, objective: 'binary:logistic'}",
                "grid: {max_depth: [2]}", "@"},
        Refused{"an_objective_of_more_classes_for_two", kWords, "xgb_classifier",
                "grid: {objective: ['multi:softprob']}", "@"},
        Refused{"words_as_numbers", kWords, "xgb_regressor", "grid: {max_depth: [2]}", "@"},
        Refused{"poisson_targets_below_0", kNumbers, "{name: xgb_regressor, objective: 'count:poisson'}",
                "grid: {max_depth: [2]}", "@"},
        Refused{"gamma_targets_of_0", "a,y\n1,0\n2,3\n3,1\n4,2\n", "xgb_regressor", "grid: {objective: ['reg:gamma']}",
                "@"},
        Refused{"a_constraint_of_no_feature", kWords, "xgb_classifier", "grid: {monotone_constraints: [{aa: 1}]}", "@"},
        Refused{"interactions_of_no_feature", kWords, "{name: xgb_classifier, interaction_constraints: [[a, c]]}",
                "grid: {max_depth: [2]}", "@"},
        Refused{"one_bin", kWords, "xgb_classifier", "grid: {max_bin: [16, 1]}", "@"},
        Refused{"no_round", kWords, "xgb_classifier", "grid: {n_estimators: [10, 0]}", "@"},
        Refused{"no_round_for_all", kWords, "{name: xgb_classifier, n_estimators: 0}", "grid: {max_depth: [2]}", "@"},
        Refused{"early_stopping_by_nothing", kWords, "xgb_classifier",
                "grid: {max_depth: [2]}, early_stopping: {rounds: 3}", "@"},
        Refused{"early_stopping_of_what_has_no_rounds", kWords, "logistic",
                "grid: {C: [1]}, early_stopping: {metric: logloss}", "@"},
        Refused{"a_parameter_of_later_versions", kWords, "{name: xgb_classifier, device: cuda}",
                "grid: {max_depth: [2]}", "@"},
        Refused{"a_parameter_with_a_letter_missing", kWords, "xgb_classifier", "grid: {max_dept: [2]}", "@"},
        Refused{"a_ridge_penalty_below_0", kNumbers, "ridge", "grid: {alpha: [1, -0.5]}", "@"},
        Refused{"a_net_penalty_below_0", kNumbers, "{name: elastic_net, alpha: -1}", "grid: {l1_ratio: [0.5]}", "@"},
        Refused{"a_net_share_above_1", kNumbers, "elastic_net", "grid: {l1_ratio: [0.5, 1.5]}", "@"},
        Refused{"a_logistic_share_below_0", kWords, "{name: logistic, penalty: elasticnet}", "grid: {l1_ratio: [-0.1]}",
                "@"},
        Refused{"a_share_of_a_penalty_that_has_none", kWords, "logistic", "grid: {l1_ratio: [0.5]}", "@"},
        Refused{"a_share_of_the_penalty_l1", kWords, "{name: logistic, penalty: l1}", "grid: {l1_ratio: [0.5], C: [1]}",
                "@"},
        Refused{"a_ridge_penalty_of_one_of_two_models", kNumbers, "ridge",
                "grid: [{alpha: [1]}, {model: [elastic_net], l1_ratio: [2]}]", "@"},
        Refused{"one_class_for_trees", "a,y\n1,x\n2,x\n3,x\n4,x\n", "xgb_classifier", "grid: {max_depth: [2]}", "@"},
        Refused{"one_class_for_a_line", "a,y\n1,x\n2,x\n3,x\n4,x\n", "logistic", "grid: {C: [1]}", "@"},
        Refused{"no_value_for_trees", "a,b,y\n,,x\n,,z\n,,x\n,,z\n", "xgb_classifier", "grid: {max_depth: [2]}", "@"},
        Refused{"no_value_for_a_line", "a,b,y\n,,x\n,,z\n,,x\n,,z\n", "logistic", "grid: {C: [1]}", "@"},
        Refused{"no_value_for_a_line_that_imputes", "a,b,y\n,,x\n,,z\n,,x\n,,z\n", "{name: logistic, impute: mean}",
                "grid: {C: [1]}", "@"},
        Refused{"shuffles_below_0", kWords, "xgb_classifier", "grid: {max_depth: [2]}, permutation_importance: -1",
                "@"}),
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
