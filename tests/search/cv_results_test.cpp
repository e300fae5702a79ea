#include "search/cv_results.hpp"

#include <bit>
#include <cmath>
#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/fakes.hpp"
#include "search/golden_case.hpp"

namespace gridmill::search {
namespace {

using core::Params;

double number_from(const nlohmann::json& text) { return std::strtod(text.get<std::string>().c_str(), nullptr); }

/// The same bits; every NaN is alike.
bool same_bits(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// A plan and its records as scikit-learn's search had them.
struct GoldenTable {
  explicit GoldenTable(const nlohmann::json& golden) {
    std::vector<GridAxes> grids;
    std::vector<RandomAxes> random_grids;
    for (const auto& grid : golden["grids"]) {
      grids.emplace_back();
      random_grids.emplace_back();
      for (const auto& [name, values] : grid.items()) {
        grids.back().emplace(name, value_from(values).list());
        random_grids.back().emplace(name, value_from(values).list());
      }
    }
    if (golden["sampled"].is_null()) {
      plan.candidates = expand_grid(grids);
    } else {
      plan.candidates = sample_candidates(random_grids, golden["sampled"]["n"], golden["sampled"]["seed"]);
      plan.param_order = sampled_param_order(random_grids);
    }
    for (const auto& name : golden["metrics"]) plan.scorers.push_back(&scorers.emplace_back(name.get<std::string>()));
    plan.folds.resize(golden["n_folds"].get<std::size_t>());
    plan.train_scores = golden["scores"].contains("train");
    // Backwards: the order of arrival must not matter.
    for (std::size_t i = plan.candidates.size() * plan.folds.size(); i-- > 0;) add_record(golden["scores"], i);
  }

  void add_record(const nlohmann::json& scores, std::size_t i) {
    FitRecord& record = records.emplace_back();
    record.candidate = i / plan.folds.size();
    record.fold = i % plan.folds.size();
    for (const auto& s : scores["test"][record.candidate][record.fold]) record.test_scores.push_back(number_from(s));
    if (!plan.train_scores) return;
    for (const auto& s : scores["train"][record.candidate][record.fold]) record.train_scores.push_back(number_from(s));
  }

  std::deque<NamedScorer> scorers;
  SearchPlan plan;
  std::vector<FitRecord> records;
};

TEST(assemble, equals_scikit_learn_bit_for_bit) {
  const auto cases = golden_json("tables.json");
  ASSERT_EQ(cases.size(), 11U);
  for (const auto& golden : cases) {
    SCOPED_TRACE(golden["name"].get<std::string>());
    const GoldenTable table(golden);
    const CvResults results = assemble(table.plan, table.records);
    for (const auto& [name, expected] : golden["numbers"].items()) {
      const CvColumn* column = results.find(name);
      ASSERT_NE(column, nullptr) << name;
      ASSERT_EQ(column->numbers.size(), expected.size());
      for (std::size_t row = 0; row < expected.size(); ++row) {
        EXPECT_TRUE(same_bits(column->numbers[row], number_from(expected[row])))
            << name << " " << row << ": " << column->numbers[row] << ", not " << expected[row];
      }
    }
    for (std::size_t m = 0; m < table.plan.scorers.size(); ++m) {
      const std::string metric = golden["metrics"].size() == 1 ? "score" : golden["metrics"][m].get<std::string>();
      EXPECT_EQ(best_candidate(results.find("mean_test_" + metric)->numbers), golden["best"][m].get<std::size_t>());
    }
    EXPECT_EQ(to_csv(results), golden["csv"].get<std::string>());
  }
}

TEST(assemble, marks_timings) {
  NamedScorer scorer("accuracy");
  SearchPlan plan{.candidates = {{}}, .folds = {{}, {}}, .scorers = {&scorer}};
  const std::vector<FitRecord> records{
      {.candidate = 0, .fold = 0, .test_scores = {1}, .fit_time_s = 1, .score_time_s = 4},
      {.candidate = 0, .fold = 1, .test_scores = {0}, .fit_time_s = 3, .score_time_s = 4}};
  const CvResults results = assemble(plan, records);
  std::vector<std::string> timings;
  for (const CvColumn& column : results.columns) {
    if (column.is_timing) timings.push_back(column.name);
  }
  EXPECT_THAT(timings, testing::ElementsAre("mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time"));
  EXPECT_EQ(results.find("mean_fit_time")->numbers, std::vector<double>{2});
  EXPECT_EQ(results.find("std_fit_time")->numbers, std::vector<double>{1});
}

TEST(one_standard_error_candidate, is_the_simplest_near_the_best) {
  // 0.90 - 0.04 / sqrt(4) = 0.88
  const std::vector<double> means{0.87, 0.881, 0.90, 0.89};
  const std::vector<double> deviations{0, 0, 0.04, 0};
  const auto pick = [&](const std::vector<double>& complexity) {
    return one_standard_error_candidate(means, deviations, complexity, 4);
  };
  EXPECT_EQ(pick({1, 2, 3, 4}), 1U);
  EXPECT_EQ(pick({1, 2, 3, 2}), 3U);  // equally simple: the better mean
  EXPECT_EQ(pick({1, 5, 3, 2}), 3U);
  EXPECT_EQ(pick({4, 3, 1, 2}), 2U);
}

}  // namespace
}  // namespace gridmill::search
