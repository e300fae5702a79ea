#include "models/classification_report.hpp"

#include <gtest/gtest.h>

#include "metrics/golden.hpp"
#include "models/metrics/confusion.hpp"

namespace gridmill::models {
namespace {

testing::AssertionResult same_line(const ReportLine& ours, const nlohmann::json& expected) {
  return agree({ours.precision, ours.recall, ours.f1, ours.support},
               {number(expected["precision"]), number(expected["recall"]), number(expected["f1-score"]),
                number(expected["support"])},
               0);
}

TEST(classification_report, equals_scikit_learn_in_value_and_in_text) {
  for (const nlohmann::json& expected : golden("reports.json")) {
    const std::string text = expected["text"];
    SCOPED_TRACE(text);
    const auto classes = expected["classes"].get<std::vector<std::string>>();
    const ClassificationReport report = classification_report(
        numbers(expected["truth"]), numbers(expected["predicted"]), numbers(expected["weight"]), classes);
    EXPECT_EQ(report.text(), text);
    const nlohmann::json& value = expected["value"];
    EXPECT_EQ(report.classes.size() + 3, value.size());
    for (const ReportLine& line : report.classes) EXPECT_TRUE(same_line(line, value[line.name])) << line.name;
    EXPECT_TRUE(same_line(report.macro_average, value["macro avg"]));
    EXPECT_TRUE(same_line(report.weighted_average, value["weighted avg"]));
    EXPECT_TRUE(agrees(report.accuracy, number(value["accuracy"]), 0));
  }
}

TEST(confusion_matrix, equals_scikit_learn) {
  for (const nlohmann::json& expected : golden("reports.json")) {
    const ConfusionMatrix matrix =
        confusion_matrix(numbers(expected["truth"]), numbers(expected["predicted"]), numbers(expected["weight"]));
    std::vector<double> counts;
    for (const nlohmann::json& row : expected["confusion"]) {
      for (const double count : numbers(row)) counts.push_back(count);
    }
    EXPECT_TRUE(agree(matrix.counts, counts, 0));
  }
}

TEST(confusion_matrix, prints_names_over_counts) {
  const std::vector<std::string> classes{"cat", "dog", "zebra"};
  const ConfusionMatrix matrix =
      confusion_matrix(std::vector<double>{0, 0, 0, 2, 2}, std::vector<double>{0, 0, 2, 2, 2}, {});
  EXPECT_EQ(text(matrix, classes),
            "      | predicted\n"
            " true | cat zebra\n"
            "  cat |   2     1\n"
            "zebra |   0     2\n");
}

TEST(regression_report, prints_a_line_a_metric) {
  const RegressionReport report =
      regression_report(std::vector<double>{1, 2, 3, 4}, std::vector<double>{1, 2, 3, 6}, {});
  EXPECT_EQ(report.text(),
            "                     r2           0.2\n"
            "    mean absolute error           0.5\n"
            "  median absolute error             0\n"
            "root mean squared error             1\n"
            "              max error             2\n"
            "                support             4\n");
}

}  // namespace
}  // namespace gridmill::models
