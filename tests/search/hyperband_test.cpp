#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "search/halving.hpp"
#include "search/plan.hpp"

namespace gridmill::search {
namespace {

using testing::ElementsAre;

using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;  // candidates, resources

Pairs bracket(const HalvingOptions& options, std::size_t which) {
  Pairs rungs;
  for (const Rung& rung : hyperband_schedule(options)) {
    if (rung.bracket == which) rungs.emplace_back(rung.n_candidates, rung.n_resources);
  }
  return rungs;
}

// Table 1 of the paper: R = 81, eta = 3.
TEST(hyperband_schedule, is_that_of_the_paper) {
  const HalvingOptions options{.factor = 3, .max_resources = 81};
  EXPECT_EQ(bracket(options, 0), (Pairs{{81, 1}, {27, 3}, {9, 9}, {3, 27}, {1, 81}}));
  EXPECT_EQ(bracket(options, 1), (Pairs{{34, 3}, {11, 9}, {3, 27}, {1, 81}}));
  EXPECT_EQ(bracket(options, 2), (Pairs{{15, 9}, {5, 27}, {1, 81}}));
  EXPECT_EQ(bracket(options, 3), (Pairs{{8, 27}, {2, 81}}));
  EXPECT_EQ(bracket(options, 4), (Pairs{{5, 81}}));
  EXPECT_EQ(n_candidates_of(hyperband_schedule(options)), 81U + 34 + 15 + 8 + 5);
}

TEST(hyperband_schedule, counts_brackets_exactly) {
  // log(243) / log(3) is 4.999...: a floor of it would lose a bracket.
  EXPECT_EQ(hyperband_schedule({.factor = 3, .max_resources = 243}).front().n_candidates, 243U);
  EXPECT_EQ(hyperband_schedule({.factor = 10, .max_resources = 1000}).front().n_candidates, 1000U);
  EXPECT_EQ(hyperband_schedule({.factor = 3, .max_resources = 242}).front().n_candidates, 81U);
}

TEST(hyperband_schedule, begins_with_the_least_that_is_of_use) {
  const HalvingOptions options{.factor = 3, .min_resources = 100, .max_resources = 1000};
  EXPECT_EQ(bracket(options, 0), (Pairs{{9, 111}, {3, 333}, {1, 1000}}));
  EXPECT_EQ(bracket(options, 2), (Pairs{{3, 1000}}));
  EXPECT_EQ(hyperband_schedule({.factor = 3, .max_resources = 2}).size(), 1U);
  EXPECT_THROW(hyperband_schedule({.min_resources = 5, .max_resources = 4}), core::UserError);
}

TEST(hyperband, begins_each_bracket_with_candidates_of_its_own) {
  const auto strategy = halving(hyperband_schedule({.factor = 2, .max_resources = 4}));  // 4@1 2@2 1@4, 3@2 1@4, 3@4
  std::vector<std::vector<std::size_t>> rounds;
  std::vector<std::size_t> given;
  std::vector<double> scores;
  while (const auto proposal = strategy->next(scores)) {
    rounds.push_back(proposal->candidates);
    given.push_back(proposal->n_resources);
    scores.clear();
    for (const std::size_t candidate : proposal->candidates) scores.push_back(-static_cast<double>(candidate));
  }
  EXPECT_THAT(given, ElementsAre(1, 2, 4, 2, 4, 4));
  EXPECT_THAT(rounds, ElementsAre(ElementsAre(0, 1, 2, 3), ElementsAre(1, 0), ElementsAre(0), ElementsAre(4, 5, 6),
                                  ElementsAre(4), ElementsAre(7, 8, 9)));
}

TEST(hyperband, chooses_among_the_last_rounds_of_all_brackets) {
  SearchPlan plan;
  plan.rounds = {{.first_candidate = 0, .n_candidates = 4, .bracket = 0},
                 {.first_candidate = 4, .n_candidates = 2, .bracket = 0},
                 {.study = 1, .first_candidate = 6, .n_candidates = 1, .bracket = 0},
                 {.first_candidate = 7, .n_candidates = 3, .bracket = 1}};
  EXPECT_THAT(final_rounds(plan), ElementsAre(plan.rounds[1], plan.rounds[3]));
}

}  // namespace
}  // namespace gridmill::search
