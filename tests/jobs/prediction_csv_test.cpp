#include "jobs/predict/prediction_csv.hpp"

#include <gtest/gtest.h>

namespace gridmill::jobs {
namespace {

TEST(prediction_csv, writes_label_and_decision_of_two_classes) {
  const PipelineInfo info{.classes = {"no", "yes, \"sir\""}};
  const models::Prediction prediction{.value = {1, 0}, .decision = core::Matrix("0.5 -0.25"), .probability = {}};
  EXPECT_EQ(prediction_header(info, {.decision = true}), "prediction,decision");
  EXPECT_EQ(prediction_lines(info, prediction), "\"yes, \"\"sir\"\"\",0.5\nno,-0.25\n");
}

TEST(prediction_csv, writes_a_column_a_class) {
  const PipelineInfo info{.classes = {"0", "1", "2"}};
  const models::Prediction prediction{
      .value = {2}, .decision = core::Matrix("1; 2; 3"), .probability = core::Matrix("0.125; 0.25; 0.625")};
  EXPECT_EQ(prediction_header(info, {.decision = true, .probability = true}),
            "prediction,decision_0,decision_1,decision_2,probability_0,probability_1,probability_2");
  EXPECT_EQ(prediction_lines(info, prediction), "2,1.0,2.0,3.0,0.125,0.25,0.625\n");
}

TEST(prediction_csv, writes_values_of_a_regression_exactly) {
  const PipelineInfo info{.task = core::Task::regression};
  const models::Prediction prediction{.value = {0.1, -3}, .decision = {}, .probability = {}};
  EXPECT_EQ(prediction_header(info, {}), "prediction");
  EXPECT_EQ(prediction_lines(info, prediction), "0.1\n-3.0\n");
}

}  // namespace
}  // namespace gridmill::jobs
