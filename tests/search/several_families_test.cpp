// Candidates of several families in one plan.
#include <array>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/border_warnings.hpp"
#include "search/cv_results.hpp"
#include "search/evaluate.hpp"
#include "search/fakes.hpp"
#include "search/family_shares.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::search {
namespace {

using testing::ElementsAre;

class Several : public testing::Test {
 protected:
  Several() {
    data.x = core::MatrixView(x.data(), 1, x.size());
    data.y = y;
    data.classes = {"low", "high"};
    plan.families = {&one, &other};
    plan.folds = make_folds(data, {.n_folds = 2}).folds;
    plan.scorers = {&accuracy};
    plan.error_score = std::numeric_limits<double>::quiet_NaN();
    plan.candidates = expand_grid({{{"model", {"one"}}, {"C", {1, 2}}}, {{"model", {"other", "one"}}, {"gamma", {3}}}});
  }

  std::vector<double> x{0, 1, 10, 11, 0.5, 9, 10.5, 1.5};
  std::vector<double> y{0, 0, 1, 1, 0, 0, 1, 1};
  core::Dataset data;
  FakeFamily one{"one"};
  FakeFamily other{"other"};
  FakeAccuracy accuracy;
  SearchPlan plan;
};

TEST_F(Several, each_candidate_is_of_the_family_it_names) {
  EXPECT_EQ(&family_of(plan, 0), &one);
  EXPECT_EQ(&family_of(plan, 2), &other);
  EXPECT_EQ(&family_of(plan, 3), &one);
  EXPECT_EQ(params_of(plan, 2), (core::Params{{"gamma", 3}}));  // the name is no hyperparameter
  EXPECT_NE(sharing_key_of(plan, 2), sharing_key_of(plan, 3));
  plan.candidates = {{{"C", 1}}};
  EXPECT_EQ(&family_of(plan, 0), &one);
}

TEST_F(Several, what_is_fixed_holds_for_families_that_have_it) {
  plan.families = {models::find_family("svc"), models::find_family("nu_svc")};
  plan.candidates = {{{"model", "svc"}, {"C", 5}}, {{"model", "nu_svc"}}, {{"model", "svc"}}};
  plan.fixed = {{"C", 2}, {"tol", 0.1}, {"preprocessing", "minmax"}};
  EXPECT_EQ(params_of(plan, 0), (core::Params{{"C", 5}, {"tol", 0.1}, {"preprocessing", "minmax"}}));
  EXPECT_EQ(params_of(plan, 1), (core::Params{{"tol", 0.1}, {"preprocessing", "minmax"}}));
  EXPECT_EQ(params_of(plan, 2).at("C"), core::Value(2));
}

TEST_F(Several, each_trainer_is_told_its_own_candidates_and_fits_them) {
  Evaluator evaluator(plan, data, {});
  EXPECT_EQ(one.work.n_told, 3U);
  EXPECT_EQ(other.work.n_told, 1U);
  std::vector<FitRecord> records;
  for (const Bundle& bundle : make_bundles(plan, data)) {
    for (FitRecord& record : evaluator.evaluate(bundle)) records.push_back(std::move(record));
  }
  EXPECT_EQ(one.work.n_fits, 6);
  EXPECT_EQ(other.work.n_fits, 2);
  EXPECT_EQ(records.size(), 8U);
}

TEST_F(Several, bundles_of_a_family_follow_each_other_and_the_one_before_lets_go) {
  std::vector<const models::Family*> order;
  Evaluator evaluator(plan, data, {});
  for (const Bundle& bundle : make_bundles(plan, data)) {
    std::set<const models::Family*> families;
    for (const SharedFit& fit : bundle.fits) families.insert(&family_of(plan, fit.trials[0].candidate));
    ASSERT_EQ(families.size(), 1U);
    if (order.empty() || order.back() != *families.begin()) order.push_back(*families.begin());
    (void)evaluator.evaluate(bundle);
  }
  EXPECT_THAT(order, ElementsAre(&one, &other));  // the costlier first
  EXPECT_EQ(one.work.n_forgotten, 1);
  EXPECT_EQ(other.work.n_forgotten, 0);
}

TEST_F(Several, memory_is_shared_out) {
  const auto shared_out = [&](std::size_t limit) {
    std::vector<std::size_t> bytes;
    std::size_t sum = 0;
    for (const FamilyShare& share : shares_of(plan, data, {.memory_bytes = limit})) {
      bytes.push_back(share.memory_bytes);
      sum += share.use.bytes;
    }
    EXPECT_EQ(memory_use(plan, data, {.memory_bytes = limit}).bytes, sum);
    EXPECT_LE(sum, limit == 0 ? 420U : std::max<std::size_t>(limit, 120));
    return bytes;
  };
  one.wanted = {.bytes = 300, .least_bytes = 100, .words = "matrices"};
  other.wanted = {.bytes = 120, .least_bytes = 20, .words = "rows"};
  EXPECT_THAT(shared_out(0), ElementsAre(0, 0));
  EXPECT_THAT(shared_out(1000), ElementsAre(300, 120));  // what each would take alone
  EXPECT_THAT(shared_out(270), ElementsAre(194, 75));    // alone 270 and 120: the least, and five ninths of the rest
  EXPECT_THAT(shared_out(50), ElementsAre(100, 20));
  EXPECT_EQ(memory_use(plan, data, {}).words, "one: matrices; other: rows");
  Evaluator evaluator(plan, data, {.memory_bytes = 270});
  EXPECT_EQ(one.work.memory_bytes, 194U);
  plan.families = {&one};
  plan.candidates = {{}};
  EXPECT_THAT(shared_out(1000), ElementsAre(1000));
  EXPECT_EQ(memory_use(plan, data, {}).words, "matrices");
}

TEST_F(Several, the_models_name_comes_first_or_drawn_from_lists_last) {
  const core::Params params{{"C", 1}, {"model", "one"}, {"zeta", 2}};
  const auto names = [&](ParamOrder order) {
    std::vector<std::string> all;
    for (const auto& [name, value] : ordered(params, order)) all.push_back(name);
    return all;
  };
  EXPECT_THAT(names(ParamOrder::by_name), ElementsAre("model", "C", "zeta"));
  EXPECT_THAT(names(ParamOrder::by_name_reversed), ElementsAre("zeta", "C", "model"));
}

TEST_F(Several, borders_are_those_of_the_best_ones_own_model) {
  const std::vector<core::Params> candidates{{{"model", "one"}, {"C", 1}},   {{"model", "one"}, {"C", 2}},
                                             {{"model", "one"}, {"C", 3}},   {{"model", "other"}, {"C", 4}},
                                             {{"model", "other"}, {"C", 5}}, {{"model", "other"}, {"C", 6}}};
  EXPECT_EQ(border_warnings(candidates, candidates[2], {}).size(), 1U);
  EXPECT_EQ(border_warnings(candidates, candidates[4], {}).size(), 0U);
}

}  // namespace
}  // namespace gridmill::search
