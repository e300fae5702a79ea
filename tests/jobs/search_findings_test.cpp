#include "jobs/search/search_findings.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace gridmill::jobs {
namespace {

TEST(SearchFindings, read_back_as_written) {
  SearchFindings findings{.n_fits = 54, .n_failed = 2, .warnings = {"2 of 54 fits failed"}, .best = 3};
  findings.best_params = {{"C", 1.0}, {"class_weight", core::Value()}};
  findings.best_score = 0.25;
  findings.leaderboard = {.metrics = {"accuracy"},
                          .chosen_by = "accuracy",
                          .rows = {{.rank = 1, .candidate = 3, .means = {0.25}, .stds = {0.5}, .params = {{"C", 1.0}}}},
                          .n_candidates = 18,
                          .chosen = std::nullopt};
  findings.leaderboard.baselines = {BaselineRow{.rule = "always the mean",
                                                .means = {std::numeric_limits<double>::quiet_NaN()},
                                                .stds = {0.125},
                                                .held_out = core::ValueMapping{{"accuracy", 0.5}}},
                                    BaselineRow{.rule = "the label one day before",
                                                .means = {0.5},
                                                .stds = {0.25},
                                                .held_out = core::ValueMapping{{"accuracy", 0.25}}}};
  findings.blocks = {{.title = "On 5 held-out rows", .text = "r2 0.5\n"}};
  const SearchFindings again = findings_from(to_value(findings));
  EXPECT_EQ(again.n_fits, 54U);
  EXPECT_EQ(again.n_failed, 2U);
  EXPECT_EQ(again.warnings, findings.warnings);
  EXPECT_EQ(again.best, findings.best);
  EXPECT_EQ(again.best_params, findings.best_params);
  EXPECT_EQ(again.best_score, 0.25);
  ASSERT_EQ(again.leaderboard.rows.size(), 1U);
  EXPECT_EQ(again.leaderboard.rows[0].params, findings.leaderboard.rows[0].params);
  EXPECT_EQ(again.leaderboard.n_candidates, 18U);
  EXPECT_FALSE(again.leaderboard.chosen.has_value());
  ASSERT_EQ(again.leaderboard.baselines.size(), 2U);
  EXPECT_EQ(again.leaderboard.baselines.back().rule, "the label one day before");
  EXPECT_EQ(again.leaderboard.baselines.front().rule, "always the mean");
  EXPECT_EQ(again.leaderboard.baselines.front().means.size(), 1U);
  EXPECT_EQ(again.leaderboard.baselines.front().stds, std::vector<double>{0.125});
  EXPECT_EQ(again.leaderboard.baselines.front().held_out, findings.leaderboard.baselines.front().held_out);
  ASSERT_EQ(again.blocks.size(), 1U);
  EXPECT_EQ(again.blocks[0].text, "r2 0.5\n");
}

TEST(SearchFindings, refuse_what_no_search_has_written) {
  EXPECT_THROW(findings_from(core::ValueMapping{{"n_fits", 1}}), core::UserError);
  EXPECT_THROW(findings_from(core::Value("text")), core::UserError);
}

}  // namespace
}  // namespace gridmill::jobs
