#include "report/tracking/mlflow.hpp"

#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace gridmill::report {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

MlflowRun large_run() {
  MlflowRun run{.id = "0123456789abcdef0000000000000001", .name = "candidate 0"};
  for (int i = 0; i < 250; ++i) run.params.emplace_back("p" + std::to_string(i), std::to_string(i));
  for (int i = 0; i < 2100; ++i) run.metrics.push_back({"watched", 0.5 + i, 1700000000000, i});
  return run;
}

TEST(MlflowBatches, KeepToTheLimitsAndHoldEverythingOnce) {
  const MlflowRun run = large_run();
  std::size_t n_params = 0;
  std::size_t n_metrics = 0;
  for (const std::string& batch : mlflow_batches(run, "their id")) {
    const auto json = nlohmann::json::parse(batch);
    EXPECT_EQ(json["run_id"], "their id");
    EXPECT_LE(json["params"].size(), 100U);
    EXPECT_LE(json["params"].size() + json["metrics"].size(), 1000U);
    EXPECT_LT(batch.size(), 1000000U);
    for (const auto& each : json["params"]) EXPECT_EQ(each["key"], run.params[n_params++].first);
    for (const auto& each : json["metrics"]) EXPECT_EQ(each["step"], run.metrics[n_metrics++].step);
  }
  EXPECT_EQ(n_params, run.params.size());
  EXPECT_EQ(n_metrics, run.metrics.size());
}

TEST(MlflowBatches, AreNoneOfARunThatHoldsNothing) { EXPECT_THAT(mlflow_batches({.id = "x"}, "y"), SizeIs(0)); }

TEST(MlflowRuns, PutTheWholeFirstAndCandidatesBelowIt) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  TrackedSearch search{.name = "grid", .identity = "0123456789abcdef", .metrics = {"accuracy"}, .best = 0};
  search.trials.push_back({.params = {{"C", 1.5}},
                           .means = {0.75},
                           .deviations = {0.25},
                           .folds = {{0.5, none}},
                           .start_s = 10,
                           .end_s = 12.5});
  const std::vector<MlflowRun> runs = mlflow_runs(search);
  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_EQ(runs[0].parent, "");
  EXPECT_EQ(runs[0].start_ms, 10000);
  EXPECT_EQ(runs[1].parent, runs[0].id);
  EXPECT_EQ(runs[1].end_ms, 12500);
  std::vector<std::string> keys;
  for (const MlflowMetric& each : runs[1].metrics) keys.push_back(each.key);
  EXPECT_THAT(keys, ElementsAre("mean_test_accuracy", "std_test_accuracy", "test_accuracy"));  // a NaN is left out
  const auto body = nlohmann::json::parse(mlflow_creation(runs[1], "7", "the server's id"));
  std::vector<std::string> parents;
  for (const auto& tag : body["tags"]) {
    if (tag["key"] == "mlflow.parentRunId") parents.push_back(tag["value"]);
  }
  EXPECT_THAT(parents, ElementsAre("the server's id"));
}

TEST(MlflowRequests, TakeAnyName) {
  EXPECT_EQ(mlflow_encoded("a b/\xc3\xa4&'?"), "a%20b%2F%C3%A4%26%27%3F");
  const MlflowRun run{.id = "0123456789abcdef0000000000000001", .name = "\xff \"", .tags = {{"k", "\xff"}}};
  EXPECT_EQ(nlohmann::json::parse(mlflow_creation(run, "1", ""))["run_name"], "\xef\xbf\xbd \"");
}

}  // namespace
}  // namespace gridmill::report
