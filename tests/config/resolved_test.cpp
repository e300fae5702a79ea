#include "config/resolved.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config_text.hpp"

namespace gridmill::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kFull = R"(
output: runs/full
seed: 7
memory_limit: 1.5GiB
data:
  source: data/a.csv
  target: y
  ignore: [id, "null"]
  weight: w
  group: g
  test: b.csv
  positive: "1"
  types: {zip: categorical, "a b": text}
  delimiter: "\t"
  decimal: ","
  header: false
  encoding: latin-1
  missing: ["", "?"]
model: {name: svc, kernel: rbf, C: 1e-4}
search:
  grid: [{C: [1, 1e4, 0.1], class_weight: [null, balanced, {a: 1.5}]}, {gamma: [scale, 0.5]}]
  cv: {kind: stratified_group, folds: 4, shuffle: true, seed: 3}
  scoring: [accuracy, f1_macro]
  one_standard_error: f1_macro
  error_score: raise
  train_scores: true
  predictions: all
  fit_time_limit: 2.5
)";

SearchJob round_trip(const SearchJob& job) { return RunFile(resolved_yaml(job), "config.resolved.yaml").search_job(); }

TEST(resolved_yaml, reads_back_to_an_equal_job) {
  const SearchJob job = RunFile(kFull, "full.yaml").search_job();
  const SearchJob back = round_trip(job);
  EXPECT_EQ(back, job);
  // Equality compares echoes; what an echo could forget is compared here.
  EXPECT_EQ(back.data, job.data);
  EXPECT_EQ(back.fixed, job.fixed);
  EXPECT_EQ(back.search.grids, job.search.grids);
  EXPECT_EQ(back.search.scoring, job.search.scoring);
  EXPECT_EQ(back.search.refit, job.search.refit);
  EXPECT_EQ(back.search.error_score, job.search.error_score);
  EXPECT_EQ(back.search.folds.kind, job.search.folds.kind);
  EXPECT_EQ(back.search.folds.seed, job.search.folds.seed);
  EXPECT_EQ(back.search.fit_time_limit_s, job.search.fit_time_limit_s);
  EXPECT_EQ(back.memory_limit, job.memory_limit);
}

TEST(resolved_yaml, reads_back_for_each_kind_of_search) {
  for (const char* search :
       {"{}", "{cv: 3}", "{cv: leave_one_out}", "{cv: {kind: time_series, gap: 2}}", "{cv: {repeats: 3, seed: 5}}",
        "{grid: {C: [1]}, error_score: nan, refit: false}",
        "{random: {n: 3}, grid: {C: {loguniform: [0.1, 10]}, degree: {randint: [1, 4]}, gamma: {uniform: [0.5, 1]}}}",
        "{random: {n: 3, seed: 1}, grid: [{C: [1, 2]}, {gamma: [1]}]}"}) {
    const SearchJob job = RunFile(with_search(search), "a.yaml").search_job();
    EXPECT_EQ(resolved_yaml(round_trip(job)), resolved_yaml(job)) << search;
    EXPECT_EQ(round_trip(job).search.random.has_value(), job.search.random.has_value()) << search;
    EXPECT_EQ(round_trip(job).search.refit, job.search.refit) << search;
  }
}

TEST(resolved_yaml, writes_every_default_out) {
  const std::string text = resolved_yaml(RunFile(with_search("{cv: 3}"), "a.yaml").search_job());
  for (const char* line : {"output: \"runs/a\"\n", "  holdout: 0.0\n", "    folds: 3\n", "    kind: \"stratified\"\n",
                           "  scoring: \"accuracy\"\n", "  refit: \"accuracy\"\n", "  error_score: \"nan\"\n",
                           "memory_limit: \"80%\"\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(resolved_yaml, says_what_hyperparameters_are_that_nobody_gave) {
  const SearchJob job =
      RunFile("data: {source: a.csv, target: y}\nmodel: xgb_classifier\nsearch: {grid: {max_depth: [2]}}\n", "a.yaml")
          .search_job();
  const std::string text = resolved_yaml(job);
  EXPECT_NE(text.find("# xgb_classifier takes, where nothing else is said"), std::string::npos) << text;
  EXPECT_NE(text.find("\n#   tree_method: \"hist\"\n"), std::string::npos) << text;
  EXPECT_EQ(fingerprint(job).find("tree_method"), std::string::npos);
}

TEST(resolved_yaml, tells_one_metric_from_a_list_of_one) {
  for (const bool is_list : {false, true}) {
    const SearchJob job =
        RunFile(with_search(is_list ? "{scoring: [roc_auc]}" : "{scoring: roc_auc}"), "a.yaml").search_job();
    EXPECT_EQ(job.search.scoring_is_list, is_list);
    EXPECT_EQ(round_trip(job).search.scoring_is_list, is_list);
  }
}

TEST(resolved_by, knows_what_wrote_a_config) {
  EXPECT_EQ(resolved_by(resolved_yaml(RunFile(with_search("{}"), "a.yaml").search_job())), "search");
  EXPECT_EQ(resolved_by("output: runs/a\n"), std::nullopt);
  EXPECT_EQ(resolved_by(""), std::nullopt);
}

TEST(fingerprint, ignores_what_does_not_change_the_results) {
  const SearchJob job = RunFile(kFull, "full.yaml").search_job();
  SearchJob other = job;
  other.output = "elsewhere";
  other.memory_limit = {.bytes = 1};
  EXPECT_EQ(fingerprint(other), fingerprint(job));
  EXPECT_THAT(differences(job, other), ElementsAre());
  EXPECT_FALSE(other == job);
  other.seed = 8;
  EXPECT_NE(fingerprint(other), fingerprint(job));
}

TEST(differences, name_the_option_and_both_values) {
  const SearchJob before = RunFile(with_search("{grid: {C: [1, 10], gamma: [1]}, cv: 3}"), "a.yaml").search_job();
  const SearchJob now = RunFile(with_search("{grid: {C: [1, 100], degree: [2]}, cv: 4}"), "a.yaml").search_job();
  EXPECT_THAT(differences(before, now),
              ElementsAre("search.grid.C: [1, 10] -> [1, 100]", "search.grid.gamma: [1] -> (not given)",
                          "search.cv.folds: 3 -> 4", "search.grid.degree: (not given) -> [2]"));
}

}  // namespace
}  // namespace gridmill::config
