// Whole searches of boosted trees: what early stopping, absent classes and importances come to in the files.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "config/run_file.hpp"
#include "io/files/atomic_file.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/import/table_file.hpp"
#include "jobs/search_job.hpp"

namespace gridmill::jobs {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const fs::path kGolden = fs::path(GRIDMILL_SOURCE_DIR) / "tests/jobs/golden";

class BoostedSearch : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    io::write_file(folder_ / "waves.csv", waves());
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// Two classes of 240 rows by features on very different scales, with noise that trees come to learn.
  static std::string waves() {
    std::string text = "x,big,small,y\n";
    std::uint64_t state = 7;
    const auto unit = [&] {
      state = state * 6364136223846793005U + 1442695040888963407U;
      return static_cast<double>(state >> 40U) / static_cast<double>(1U << 24U);
    };
    for (int i = 0; i < 240; ++i) {
      const double x = unit();
      const double big = unit();
      const double small = unit();
      const bool greater = std::sin(6 * x) + big + 0.2 * small + 0.8 * (unit() - 0.5) > 0.7;
      text += fmt::format("{:.4f},{:.1f},{:.7f},{}\n", x, 1000 * big, small / 1000, greater ? "up" : "down");
    }
    return text;
  }

  /// Runs a search into the folder `name`. `search`: entries of that section.
  fs::path run(const std::string& name, const std::string& search, const std::string& model = "xgb_classifier",
               const std::string& data = "source: waves.csv, target: y") {
    const fs::path output = folder_ / name;
    const std::string text = fmt::format("output: {}\nseed: 5\ndata: {{{}}}\nmodel: {}\nsearch: {{{}}}\n",
                                         output.string(), data, model, search);
    const config::SearchJob job = config::RunFile(text, folder_ / "search.yaml").search_job();
    mpi::Session session;
    SilentObserver observer;
    EXPECT_EQ(run_search(job, {}, session, observer), core::ExitCode::done);
    return output;
  }

  static std::string contents(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static nlohmann::json summary(const fs::path& run) { return nlohmann::json::parse(contents(run / "summary.json")); }
  static io::Array array(const fs::path& run, const std::string& name) {
    const io::ArrayFile file = io::read_array_file(run / "results.h5");
    const io::Array* found = file.find(name);
    EXPECT_NE(found, nullptr) << name;
    return found == nullptr ? io::Array{} : *found;
  }
  static std::vector<double> numbers(const fs::path& run, const std::string& name) {
    return std::get<std::vector<double>>(array(run, name).values);
  }
  static std::vector<std::int64_t> integers(const fs::path& run, const std::string& name) {
    return std::get<std::vector<std::int64_t>>(array(run, name).values);
  }

 private:
  fs::path folder_ = fs::path(testing::TempDir()) / "boosted_search_test";
};

// A watched part that missed the fold's steps would be far from all the trees have seen.
TEST_F(BoostedSearch, watched_rows_go_through_the_steps_that_the_fold_has_learnt) {
  constexpr std::size_t kMost = 40;
  std::string lengths;
  for (std::size_t n = 1; n <= kMost; ++n) lengths += fmt::format("{}{}", n == 1 ? "" : ", ", n);
  for (const std::string step : {"standardize", "minmax"}) {
    const std::string model = fmt::format("{{name: xgb_classifier, max_depth: 4, preprocessing: {}}}", step);
    const fs::path stopped = run("stopped_" + step,
                                 fmt::format("grid: {{n_estimators: [{}]}}, cv: 3, scoring: neg_log_loss, "
                                             "early_stopping: {{rounds: {}, metric: logloss}}",
                                             kMost, kMost),
                                 model);
    const fs::path whole =
        run("whole_" + step, fmt::format("grid: {{n_estimators: [{}]}}, cv: 3, scoring: neg_log_loss", lengths), model);
    const std::vector<double> scores = numbers(whole, "scores/test");  // by length, fold
    const std::vector<std::int64_t> best = integers(stopped, "fits/best_round");
    for (std::size_t k = 0; k < 3; ++k) {
      std::size_t greatest = 0;
      for (std::size_t n = 1; n < kMost; ++n) {
        if (scores[n * 3 + k] > scores[greatest * 3 + k]) greatest = n;
      }
      EXPECT_EQ(best[k], static_cast<std::int64_t>(greatest + 1)) << step << ", fold " << k;
      EXPECT_EQ(numbers(stopped, "scores/test")[k], scores[greatest * 3 + k]);
      EXPECT_LT(greatest + 1, kMost) << "the test wants fits that get worse";
    }
  }
}

TEST_F(BoostedSearch, more_patience_changes_no_byte_of_what_is_used) {
  for (const std::string watch : {"fold", "inner"}) {
    const auto search = [&](std::size_t rounds) {
      return run(fmt::format("{}_{}", watch, rounds),
                 fmt::format("grid: {{max_depth: [2, 5], n_estimators: [400]}}, cv: 3, scoring: [roc_auc, accuracy], "
                             "refit: roc_auc, predictions: all, train_scores: true, "
                             "early_stopping: {{rounds: {}, metric: logloss, watch: {}, refit: median_best}}",
                             rounds, watch));
    };
    const fs::path little = search(40);
    const fs::path much = search(100);
    EXPECT_EQ(contents(little / "best/model.json"), contents(much / "best/model.json"));
    for (const char* name : {"scores/test", "scores/train", "out_of_fold/value", "out_of_fold/probability",
                             "out_of_fold_all/0/probability", "out_of_fold_all/0/value"}) {
      EXPECT_EQ(numbers(little, name), numbers(much, name)) << name;
    }
    EXPECT_EQ(integers(little, "fits/best_round"), integers(much, "fits/best_round"));
    EXPECT_NE(integers(little, "fits/n_rounds"), integers(much, "fits/n_rounds"));
    EXPECT_EQ(summary(little).at("early_stopping").at("n_rounds"), summary(much).at("early_stopping").at("n_rounds"));
    EXPECT_EQ(summary(little).at("early_stopping").at("optimistic"), watch == "fold");
  }
}

// Seven rows of a class, all of them in fold 2; and labels with holes.
TEST_F(BoostedSearch, a_class_absent_from_training_rows_is_told_and_has_probability_0) {
  const fs::path run_folder =
      run("absent",
          "grid: {n_estimators: [4]}, cv: {kind: predefined}, scoring: [accuracy, f1_macro, neg_log_loss], "
          "refit: accuracy, predictions: all",
          "{name: xgb_classifier, max_depth: 2}",
          fmt::format("source: {}, target: target, fold: fold", (kGolden / "data/iris_rare.csv.gz").string()));
  const nlohmann::json found = summary(run_folder);
  EXPECT_THAT(found.at("warnings").dump(),
              HasSubstr("class '4' has no row to learn from in fold 2, where its probability is 0"));
  EXPECT_EQ(found.at("n_failed"), 0);
  EXPECT_THAT(std::get<std::vector<std::string>>(array(run_folder, "classes").values), ElementsAre("0", "2", "4"));
  // The loss has no value: the model or the tested rows of each fold lack a class; so it is with scikit-learn.
  const std::vector<double> scores = numbers(run_folder, "scores/test");  // by metric, fold
  for (const std::size_t score : {0U, 1U, 2U, 3U, 4U, 5U}) EXPECT_TRUE(std::isfinite(scores[score])) << score;
  for (const std::size_t score : {6U, 7U, 8U}) EXPECT_TRUE(std::isnan(scores[score])) << score;
  const std::vector<double> probability = numbers(run_folder, "out_of_fold/probability");
  const std::vector<std::int64_t> fold = integers(run_folder, "out_of_fold/fold");
  for (std::size_t i = 0; i < fold.size(); ++i) {
    EXPECT_NEAR(probability[3 * i] + probability[3 * i + 1] + probability[3 * i + 2], 1, 1e-6);
    EXPECT_EQ(probability[3 * i + 2] == 0, fold[i] == 2);
  }
}

TEST_F(BoostedSearch, importances_by_permutation_are_told_with_their_spread) {
  const std::string search = "grid: {n_estimators: [12]}, cv: 3, scoring: accuracy, permutation_importance: 4";
  for (const std::string& data :
       {std::string("source: waves.csv, target: y, holdout: 0.3"), std::string("source: waves.csv, target: y")}) {
    const bool held_out = data.find("holdout") != std::string::npos;
    const fs::path run_folder =
        run(held_out ? "held_out" : "folds", search, "{name: xgb_classifier, max_depth: 3}", data);
    const std::vector<double> mean = numbers(run_folder, "permutation/mean");
    const std::vector<double> deviation = numbers(run_folder, "permutation/std");
    ASSERT_EQ(mean.size(), 3U);
    EXPECT_GT(mean[0], 0.1);
    EXPECT_GT(mean[0], mean[2]);
    for (const double each : deviation) EXPECT_GE(each, 0);
    const nlohmann::json told = summary(run_folder).at("permutation_importance");
    EXPECT_EQ(told.at("rows"), held_out ? "held_out" : "out_of_fold");
    EXPECT_EQ(told.at("metric"), "accuracy");
    EXPECT_EQ(told.at("features").at("x").at("mean"), mean[0]);
    EXPECT_EQ(told.at("features").at("x").at("std"), deviation[0]);
  }
}

}  // namespace
}  // namespace gridmill::jobs
