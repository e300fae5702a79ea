#include "search/studies.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "search/fakes.hpp"

namespace gridmill::search {
namespace {

using testing::ElementsAre;

class StudiesTest : public testing::Test {
 protected:
  StudiesTest() {
    for (std::size_t i = 0; i < 40; ++i) y.push_back(static_cast<double>(i % 2));
    data.x = core::MatrixView(y.data(), 1, y.size());
    data.y = y;
    data.classes = {"no", "yes"};
    plan.families = {&family};
    for (int c = 1; c <= 4; ++c) candidates.push_back({{"C", static_cast<double>(c)}});
  }

  /// Lets the candidate with the greatest number be the best everywhere; returns the rounds of each step.
  std::vector<std::vector<Round>> run(Studies& studies) {
    std::vector<std::vector<Round>> steps;
    std::vector<double> means;
    const auto choose = [&](std::size_t study) -> std::optional<std::size_t> {
      const Round last = rounds_of(plan, study).back();
      std::size_t best = last.first_candidate;
      for (std::size_t i = 0; i < last.n_candidates; ++i) {
        if (means[last.first_candidate + i] > means[best]) best = last.first_candidate + i;
      }
      if (std::isnan(means[best])) return std::nullopt;
      return best;
    };
    while (true) {
      std::vector<Round> rounds = studies.advance(plan, means, choose);
      if (rounds.empty()) return steps;
      for (std::size_t c = means.size(); c < plan.candidates.size(); ++c) {
        means.push_back(no_scores ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(plan.number[c]));
      }
      steps.push_back(std::move(rounds));
    }
  }

  std::vector<double> y;
  core::Dataset data;
  FakeFamily family;
  SearchPlan plan;
  std::vector<core::Params> candidates;
  bool no_scores = false;
};

TEST_F(StudiesTest, a_grid_is_one_round_of_all) {
  Studies studies(candidates, data, {.folds = {.n_folds = 5}});
  EXPECT_EQ(studies.n_trials(), 20U);
  const auto steps = run(studies);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0], (std::vector<Round>{{.n_candidates = 4, .n_folds = 5}}));
  EXPECT_EQ(plan.candidates, candidates);
}

TEST_F(StudiesTest, halving_draws_rows_for_each_round) {
  Studies studies(candidates, data, {.folds = {.n_folds = 2}, .halving = HalvingOptions{.factor = 2}});
  const auto steps = run(studies);
  ASSERT_EQ(steps.size(), 3U);  // 4 candidates of 10 rows, 2 of 20, 1 of 40
  EXPECT_EQ(steps[1].at(0),
            (Round{.first_candidate = 4, .n_candidates = 2, .first_fold = 2, .n_folds = 2, .n_resources = 20}));
  EXPECT_EQ(plan.folds[0].train.size(), 5U);
  EXPECT_EQ(plan.folds[2].train.size(), 10U);
  EXPECT_EQ(plan.folds[4].test.size(), 20U);
  EXPECT_THAT(plan.number, ElementsAre(0, 1, 2, 3, 2, 3, 3));
  EXPECT_EQ(studies.n_trials(), 14U);
}

TEST_F(StudiesTest, halving_may_ration_a_hyperparameter) {
  Studies studies(
      candidates, data,
      {.folds = {.n_folds = 2}, .halving = HalvingOptions{.factor = 2, .resource = "n", .max_resources = 8}});
  const auto steps = run(studies);
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(plan.folds.size(), 2U);
  EXPECT_EQ(steps[2].at(0).first_fold, 0U);
  EXPECT_EQ(plan.candidates.front(), (core::Params{{"C", 1.0}, {"n", 2}}));
  EXPECT_EQ(plan.candidates.back(), (core::Params{{"C", 4.0}, {"n", 8}}));
}

TEST_F(StudiesTest, halving_refuses_rations_of_which_a_fold_gets_nothing) {
  const StudyOptions options{.folds = {.n_folds = 8}, .halving = HalvingOptions{.min_resources = 7}};
  try {
    const Studies studies(candidates, data, options);
    FAIL() << "did not throw";
  } catch (const core::UserError& error) {
    EXPECT_STREQ(error.problems().front().what.c_str(), "search.halving: 7 of 40 rows leave fold 0 none to test");
  }
}

TEST_F(StudiesTest, nested_searches_go_forward_together_and_judge_their_choices_last) {
  Studies studies(candidates, data, {.folds = {.n_folds = 2}, .nested = NestedOptions{.n_folds = 4}});
  EXPECT_EQ(studies.n_trials(), 4U * 2 + 4 * 4 * 2 + 4);
  const auto steps = run(studies);
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].size(), 5U);
  ASSERT_EQ(steps[1].size(), 4U);
  for (std::size_t k = 0; k < 4; ++k) {
    const Round& judged = steps[1][k];
    EXPECT_EQ(judged.study, 5 + k);
    EXPECT_EQ(judged.n_candidates, 1U);
    EXPECT_EQ(plan.number[judged.first_candidate], 3U);
    EXPECT_EQ(plan.folds[judged.first_fold].test.size(), 10U);
  }
}

TEST_F(StudiesTest, what_two_outer_folds_learn_from_is_fitted_once) {
  Studies studies(candidates, data,
                  {.folds = {.n_folds = 4}, .nested = NestedOptions{.n_folds = 4, .inner = InnerFolds::outer}});
  const auto steps = run(studies);
  const auto n_fits = [&](const std::vector<Round>& rounds) {
    std::size_t n = 0;
    for (const Bundle& bundle : make_bundles(plan, rounds, data)) n += bundle.fits.size();
    return n;
  };
  EXPECT_EQ(n_fits(steps[0]), 4U * 4 + 4 * 4 * 3 / 2);
  // The outer folds are the search's own: their rows are known by the number of the fold.
  EXPECT_EQ(plan.fold_number[steps[1][2].first_fold], 2U);
}

TEST_F(StudiesTest, judge_nothing_where_no_candidate_has_a_score) {
  no_scores = true;
  Studies studies(candidates, data, {.folds = {.n_folds = 2}, .nested = NestedOptions{.n_folds = 4}});
  EXPECT_EQ(run(studies).size(), 1U);
}

}  // namespace
}  // namespace gridmill::search
