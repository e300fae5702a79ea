#include "jobs/search/search_progress.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "search/fakes.hpp"

namespace gridmill::jobs {
namespace {

/// Two candidates of two families on ten folds, a bundle each; a fit takes one second, and costs 1 or a million.
class SearchProgressTest : public testing::Test {
 protected:
  SearchProgressTest() {
    search::SearchPlan& plan = planned_.plan;
    plan.families = {&cheap_, &dear_};
    plan.candidates = {{{"model", "cheap"}}, {{"model", "dear"}}};
    plan.folds.resize(10);
    plan.rounds = {{.n_candidates = 2, .n_folds = 10}};
    plan.scorers = {&accuracy_};
    for (std::size_t candidate = 0; candidate < 2; ++candidate) {
      for (std::size_t fold = 0; fold < 10; ++fold) {
        planned_.bundles.push_back(search::bundle_of({candidate, fold}));
        planned_.bundles.back().cost = candidate == 0 ? 1 : 1e6;
        planned_.cost += planned_.bundles.back().cost;
      }
    }
    planned_.n_trials = 20;
  }

  void add(SearchProgress& progress, std::size_t bundle) const {
    const search::Trial trial = planned_.bundles[bundle].fits.front().trials.front();
    const search::FitRecord record{
        .candidate = trial.candidate, .fold = trial.fold, .test_scores = {0.5}, .start_s = 100, .end_s = 101};
    progress.add(std::vector{record}, planned_.bundles[bundle]);
  }

  /// Seconds left, as a share of those gone.
  static double left(const SearchProgress& progress) {
    const Progress now = progress.now();
    return *now.seconds_left * now.per_second / static_cast<double>(now.done);
  }

  search::FakeFamily cheap_{"cheap"};
  search::FakeFamily dear_{"dear"};
  search::FakeAccuracy accuracy_;
  PlannedSearch planned_;
};

TEST_F(SearchProgressTest, foretells_each_family_by_its_own_fits) {
  SearchProgress progress(planned_);
  EXPECT_FALSE(progress.now().seconds_left.has_value());
  for (std::size_t bundle = 0; bundle < 5; ++bundle) add(progress, bundle);
  for (std::size_t bundle = 10; bundle < 12; ++bundle) add(progress, bundle);
  EXPECT_NEAR(left(progress), 13.0 / 7, 1e-9);
  for (std::size_t bundle = 5; bundle < 10; ++bundle) add(progress, bundle);
  EXPECT_NEAR(left(progress), 8.0 / 12, 1e-9);
  for (std::size_t bundle = 12; bundle < 20; ++bundle) add(progress, bundle);
  EXPECT_NEAR(left(progress), 0, 1e-9);
}

TEST_F(SearchProgressTest, takes_what_an_earlier_run_did_for_done) {
  SearchProgress progress(planned_);
  for (std::size_t bundle = 0; bundle < 9; ++bundle) progress.add_earlier(planned_.bundles[bundle]);
  for (std::size_t bundle = 10; bundle < 19; ++bundle) add(progress, bundle);
  EXPECT_LT(left(progress), 0.2);  // one of each is left, of which one costs next to nothing in the other's unit
}

}  // namespace
}  // namespace gridmill::jobs
