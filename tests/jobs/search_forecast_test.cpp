#include "jobs/search/search_forecast.hpp"

#include <cstdint>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "config/run_file.hpp"
#include "core/dataset.hpp"
#include "jobs/dataset/dataset_block.hpp"
#include "models/family/model.hpp"

namespace gridmill::jobs {
namespace {

/// 600 rows of two classes, one feature.
core::Dataset two_classes() {
  constexpr std::size_t kRows = 600;
  DatasetArrays arrays;
  arrays.x.set_size(1, kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    arrays.x(0, i) = static_cast<double>(i);
    arrays.y.push_back(static_cast<double>(i % 2));
    arrays.row.push_back(static_cast<std::int64_t>(i));
  }
  core::Dataset data = own(std::move(arrays));
  data.task = core::Task::classification;
  data.classes = {"a", "b"};
  data.feature_names = {"x"};
  data.target_name = "y";
  return data;
}

class SearchForecastTest : public testing::Test {
 protected:
  config::SearchJob job(const std::string& search) const {
    return config::RunFile("output: run\ndata: {source: x.csv, target: y}\nmodel: svc\nsearch: {" + search + "}\n",
                           "a.yaml")
        .search_job();
  }

  /// Each candidate was timed at `a_fit_s` with 400 rows; what a key shares took `shared_s`.
  JobForecast forecast(const std::string& search, double a_fit_s, double shared_s = 0) const {
    const config::SearchJob asked = job(search);
    PlannedSearch planned = plan_search(asked, data_);
    SearchTrial trial{.n_rows = 600, .n_fits = 1, .tried_share = 1, .seconds = 1};
    FamilyTrial& own = trial.families[planned.plan.families.front()];
    own.shared_s = shared_s;
    own.predict_row_s = 0.01;
    own.pace.add_level(400);
    for (const search::Bundle& bundle : planned.bundles) {
      for (const search::SharedFit& fit : bundle.fits) own.pace.add(paced_fit(planned.plan, fit, 400, data_), a_fit_s);
    }
    return foresee_search(asked, std::move(planned), data_, trial);
  }

  /// Without what files take, and what the one fit at the end does.
  static double farms_s(JobForecast forecast, std::size_t n_ranks) {
    forecast.after_s = 0;
    return forecast.seconds({.ranks_per_node = n_ranks}) - (n_ranks > 1 ? kStart_s : 0);
  }

  core::Dataset data_ = two_classes();
};

TEST_F(SearchForecastTest, has_each_candidate_fitted_on_each_fold) {
  const JobForecast found = forecast("grid: {C: [1, 2, 3, 4]}, cv: 3, predictions: best", 1);
  EXPECT_NEAR(farms_s(found, 1), 12, 1e-6);
  EXPECT_NEAR(farms_s(found, 1000), 12.0 / static_cast<double>(found.farms.front().tasks.size()), 3);
  EXPECT_GT(found.after_s, 1) << "the refit has half as many rows more";
}

TEST_F(SearchForecastTest, makes_what_fits_share_once_for_a_key) {
  const JobForecast found = forecast("grid: {C: [1, 2, 3, 4], gamma: [0.1, 0.2]}, cv: 3, predictions: best", 1, 10);
  EXPECT_NEAR(farms_s(found, 1), 24 + 20, 1e-6);
}

TEST_F(SearchForecastTest, adds_the_predictions_of_shuffled_features) {
  const std::string plain = "grid: {C: [1, 2]}, cv: 3, predictions: best";
  const JobForecast with = forecast(plain + ", permutation_importance: 5", 1);
  const double found_s = farms_s(with, 1) - farms_s(forecast(plain, 1), 1);
  EXPECT_NEAR(found_s, 3 * (1 + 5 * 200 * 0.01), 1e-6)
      << "each fold is fitted again, and tests 200 rows of one feature";
}

TEST_F(SearchForecastTest, adds_the_rounds_of_halving) {
  const JobForecast found =
      forecast("grid: {C: [1, 2, 3, 4]}, cv: 3, predictions: best, halving: {factor: 2, min_resources: 150}", 1);
  ASSERT_GE(found.farms.size(), 3U);
  EXPECT_GT(found.farms[0].tasks.size(), 0U);
  EXPECT_GT(found.farms[2].tasks.size(), 0U);
  EXPECT_LT(farms_s(found, 1), farms_s(forecast("grid: {C: [1, 2, 3, 4]}, cv: 3, predictions: best", 1), 1))
      << "fits of few rows take less";
}

TEST_F(SearchForecastTest, adds_the_searches_of_outer_folds) {
  const double plain = farms_s(forecast("grid: {C: [1, 2]}, cv: 3, predictions: best", 1), 1);
  const double nested = farms_s(forecast("grid: {C: [1, 2]}, cv: 3, nested: 5, predictions: best", 1), 1);
  EXPECT_GT(nested, 3.5 * plain);
  EXPECT_LT(nested, 8 * plain);
}

TEST_F(SearchForecastTest, says_what_was_measured) {
  EXPECT_EQ(
      forecast("grid: {C: [1, 2]}, cv: 3, refit: false, predictions: best", 5).text({.ranks_per_node = 2}).substr(0, 5),
      "some ");
  EXPECT_EQ(forecast("grid: {C: [1, 2]}, cv: 3", 1).measured_by, "1 fit of 600 rows, in 1 s");
}

}  // namespace
}  // namespace gridmill::jobs
