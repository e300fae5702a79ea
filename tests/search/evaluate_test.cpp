#include "search/evaluate.hpp"

#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/fakes.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::search {
namespace {

class Search : public testing::Test {
 protected:
  Search() {
    data.x = core::MatrixView(x.data(), 1, x.size());
    data.y = y;
    data.classes = {"low", "high"};
    plan.families = {&family};
    plan.folds = make_folds(data, {.n_folds = 2}).folds;
    plan.scorers = {&accuracy};
    plan.error_score = std::numeric_limits<double>::quiet_NaN();
  }

  FitRecord evaluate_one(std::size_t candidate = 0, std::size_t fold = 0) {
    return Evaluator(plan, data, {}).evaluate(bundle_of({candidate, fold})).at(0);
  }

  // The last of each class lies with the other class.
  std::vector<double> x{0, 1, 10, 11, 0.5, 9, 10.5, 1.5};
  std::vector<double> y{0, 0, 1, 1, 0, 0, 1, 1};
  core::Dataset data;
  FakeFamily family;
  FakeAccuracy accuracy;
  FakeRanking ranking;
  SearchPlan plan;
};

TEST_F(Search, scores_test_and_training_rows_of_the_fold) {
  plan.candidates = {{}};
  plan.train_scores = true;
  const FitRecord record = evaluate_one(0, 0);  // tests rows 0 to 3
  EXPECT_EQ(record.status, models::FitStatus::ok);
  EXPECT_EQ(record.test_scores, std::vector<double>{1.0});
  EXPECT_EQ(record.train_scores, std::vector<double>{0.5});
  EXPECT_EQ(record.details.at(0), 4);
  EXPECT_EQ(record.message, "");
  EXPECT_TRUE(record.prediction.value.empty());
  EXPECT_LE(record.start_s + record.fit_time_s, record.end_s + 1e-3);
}

TEST_F(Search, takes_fixed_parameters_unless_the_candidate_has_its_own) {
  plan.fixed = {{"shift", 100.0}};
  plan.candidates = {{}, {{"shift", 0.0}}};
  EXPECT_EQ(evaluate_one(0).test_scores, std::vector<double>{0.5});  // all are called high
  EXPECT_EQ(evaluate_one(1).test_scores, std::vector<double>{1.0});
}

TEST_F(Search, a_failed_fit_is_a_record) {
  plan.candidates = {{{"mode", "fails"}}};
  plan.scorers = {&accuracy, &ranking};
  plan.error_score = -7;
  plan.train_scores = true;
  const FitRecord record = evaluate_one();
  EXPECT_EQ(record.status, models::FitStatus::failed);
  EXPECT_EQ(record.message, "one class only");
  EXPECT_EQ(record.test_scores, (std::vector<double>{-7, -7}));
  EXPECT_EQ(record.train_scores, (std::vector<double>{-7, -7}));
  EXPECT_EQ(record.score_time_s, 0);
  EXPECT_TRUE(record.details.empty());
}

TEST_F(Search, a_fit_stopped_by_the_time_limit_has_no_score) {
  plan.candidates = {{{"mode", "slow"}}};
  EXPECT_EQ(evaluate_one().test_scores, std::vector<double>{1.0});
  plan.fit_time_limit_s = 2.5;
  const FitRecord record = evaluate_one();
  EXPECT_EQ(record.status, models::FitStatus::time_limit);
  EXPECT_EQ(record.message, "stopped at the time limit of 2.5 s a fit");
  EXPECT_TRUE(std::isnan(record.test_scores.at(0)));
}

TEST_F(Search, a_metric_without_a_value_leaves_the_others_alone) {
  plan.candidates = {{}};
  plan.scorers = {&ranking, &accuracy};
  plan.error_score = -1;
  plan.folds = {{.train = {0, 1, 4}, .test = {2, 5}}};
  const FitRecord record = evaluate_one();
  EXPECT_EQ(record.status, models::FitStatus::ok);
  EXPECT_EQ(record.test_scores, (std::vector<double>{-1, 0.5}));
  EXPECT_EQ(record.message, "ranking: a class is missing");
}

TEST_F(Search, weights_count_in_the_fit_and_in_the_score) {
  const std::vector<double> weight{1, 1, 1, 1, 1, 0, 1, 3};
  data.weight = weight;
  plan.candidates = {{}};
  plan.train_scores = true;
  // Trained on rows 4 to 7: the means are 0.5 and (10.5 + 3 * 1.5) / 4 = 3.75, so x = 1.5 is called low.
  const FitRecord record = evaluate_one(0, 0);
  EXPECT_EQ(record.train_scores, std::vector<double>{(1.0 + 1.0) / 5.0});
}

TEST_F(Search, keeps_predictions_of_the_test_rows_if_asked) {
  plan.candidates = {{}};
  plan.keep_predictions = true;
  plan.scorers = {&accuracy, &ranking};
  const FitRecord record = evaluate_one(0, 0);
  EXPECT_EQ(record.prediction.value, (std::vector<double>{0, 0, 1, 1}));
  EXPECT_EQ(record.prediction.decision.n_cols, 4U);
}

TEST_F(Search, remembers_the_predictions_it_has_scored) {
  plan.candidates = {{{"shift", 1.0}}, {{"mode", "fails"}}};
  plan.scorers = {&ranking};
  Evaluator used(plan, data, {});
  EXPECT_FALSE(used.remembers(0, 1));
  (void)used.evaluate({.fits = {{.trials = {{0, 1}}}, {.trials = {{1, 1}}}}});
  EXPECT_TRUE(used.remembers(0, 1));
  EXPECT_FALSE(used.remembers(0, 0));
  EXPECT_FALSE(used.remembers(1, 1));
  const models::Prediction again = Evaluator(plan, data, {}).predict_fold(0, 1);
  family.work.n_fits = 0;
  EXPECT_EQ(used.predict_fold(0, 1).value, again.value);
  EXPECT_TRUE(arma::approx_equal(used.predict_fold(0, 1).decision, again.decision, "absdiff", 0.0));
  EXPECT_EQ(family.work.n_fits, 0);
  std::vector<double> dual;
  (void)used.predict_fold(0, 1, &dual);
  EXPECT_EQ(family.work.n_fits, 1);
}

TEST_F(Search, remembers_nothing_where_another_fit_would_differ) {
  plan.candidates = {{}};
  plan.mode = models::FitMode::converged;
  Evaluator used(plan, data, {});
  (void)used.evaluate(bundle_of({0, 0}));
  EXPECT_FALSE(used.remembers(0, 0));
}

TEST_F(Search, one_fit_serves_all_trials_with_the_same_training_rows) {
  plan.candidates = {{}};
  plan.folds = {{.train = {4, 6}, .test = {0, 1}}, {.train = {4, 6}, .test = {2, 3}}};
  Evaluator evaluator(plan, data, {});
  family.work.n_fits = 0;
  const std::vector<FitRecord> records = evaluator.evaluate({.fits = {{.trials = {{0, 0}, {0, 1}}}}});
  EXPECT_EQ(family.work.n_fits, 1);
  ASSERT_EQ(records.size(), 2U);
  for (std::size_t fold : {0U, 1U}) {
    EXPECT_EQ(records[fold].fold, fold);
    EXPECT_EQ(records[fold].test_scores, evaluate_one(0, fold).test_scores);
    EXPECT_EQ(records[fold].details.at(0), evaluate_one(0, fold).details.at(0));
  }
}

/// Fits tell what they may go on from; the trainer keeps what it was given of that.
class Resuming final : public FakeFamily {
 public:
  class ResumingFit final : public FakeFit {
   public:
    ResumingFit(const core::Dataset& data, const models::FitRequest& request)
        : FakeFit(data, request), state_("of " + request.params.at("n").python_repr()) {}
    [[nodiscard]] std::string state() const override { return state_; }

   private:
    std::string state_;
  };
  class ResumingTrainer final : public models::Trainer {
   public:
    ResumingTrainer(const core::Dataset& data, std::vector<std::string>& given) : data_(data), given_(given) {}
    [[nodiscard]] std::unique_ptr<models::Fit> fit(const models::FitRequest& request) override {
      given_.emplace_back(request.resume);
      return std::make_unique<ResumingFit>(data_, request);
    }

   private:
    const core::Dataset& data_;
    std::vector<std::string>& given_;
  };
  [[nodiscard]] std::string_view free_axis(const core::Params& /*params*/) const override { return "n"; }
  [[nodiscard]] std::unique_ptr<models::Trainer> trainer(const core::Dataset& data,
                                                         const models::Resources& /*resources*/) const override {
    return std::make_unique<ResumingTrainer>(data, given);
  }

  mutable std::vector<std::string> given;
};

TEST_F(Search, fits_go_on_between_rounds_that_ration_their_free_axis) {
  const Resuming resuming;
  plan.families = {&resuming};
  plan.candidates = {{{"n", 2}}, {{"n", 2}, {"C", 3}}, {{"n", 6}, {"C", 3}}};
  plan.number = {0, 1, 1};
  for (const std::string rationed : {"n", "C", ""}) {
    resuming.given.clear();
    plan.rationed = rationed;
    Evaluator evaluator(plan, data, {});
    for (const std::size_t candidate : {0U, 1U}) (void)evaluator.evaluate(bundle_of({candidate, 0}));
    for (const std::size_t fold : {0U, 1U, 0U}) (void)evaluator.evaluate(bundle_of({2, fold}));
    const bool goes_on = rationed == "n";
    EXPECT_THAT(resuming.given, testing::ElementsAre("", "", goes_on ? "of 2" : "", "", goes_on ? "of 6" : ""));
  }
}

TEST_F(Search, fits_go_on_from_what_was_kept_of_them) {
  class Kept final : public KeptFits {
   public:
    std::string find(std::size_t candidate, std::optional<std::size_t> fold) override {
      return fold ? "kept of " + std::to_string(candidate) + " on " + std::to_string(*fold) : "kept of all rows";
    }
    [[nodiscard]] bool is_due(double /*seconds*/) const override { return false; }
    void keep(std::size_t, std::optional<std::size_t>, std::string_view) override {}
  };
  const Resuming resuming;
  plan.families = {&resuming};
  plan.candidates = {{{"n", 2}}, {{"n", 3}}};
  Evaluator evaluator(plan, data, {});
  Kept kept;
  evaluator.keep_long_fits(&kept);
  (void)evaluator.evaluate(bundle_of({1, 0}));
  (void)evaluator.refit(0, false);
  evaluator.keep_long_fits(nullptr);
  (void)evaluator.evaluate(bundle_of({1, 0}));
  EXPECT_THAT(resuming.given, testing::ElementsAre("kept of 1 on 0", "kept of all rows", ""));
}

TEST_F(Search, a_failed_fit_fails_all_its_trials) {
  plan.candidates = {{{"mode", "fails"}}};
  const auto records = Evaluator(plan, data, {}).evaluate({.fits = {{.trials = {{0, 0}, {0, 1}}}}});
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].fold, 1U);
  EXPECT_EQ(records[1].status, models::FitStatus::failed);
  EXPECT_EQ(records[1].message, "one class only");
  EXPECT_TRUE(std::isnan(records[1].test_scores.at(0)));
}

TEST_F(Search, refits_on_all_samples_without_a_time_limit) {
  plan.candidates = {{}, {{"mode", "slow"}}};
  plan.fit_time_limit_s = 1;
  Evaluator evaluator(plan, data, {});
  const auto fit = evaluator.refit(1, false).fit;
  EXPECT_EQ(fit->details().at(0), 8);
  EXPECT_EQ(fit->status(), models::FitStatus::ok);
}

class Preparation : public Search {
 protected:
  Preparation() {
    x[5] = std::numeric_limits<double>::quiet_NaN();
    data.x = core::MatrixView(x.data(), 1, x.size());
    plan.fixed = {{"impute", "mean"}};
    plan.candidates = {{}, {{"shift", 0.5}}, {{"impute", "zero"}}, {{"impute", "none"}}};
  }

  [[nodiscard]] const core::PreparedSamples& given(std::size_t fit) const { return family.work.given.at(fit); }
};

TEST_F(Preparation, is_learnt_once_a_fold_and_setting_and_shared_by_all_candidates) {
  Evaluator evaluator(plan, data, {});
  (void)evaluator.evaluate({.fits = {{.trials = {{0, 0}}}, {.trials = {{1, 0}}}}});
  EXPECT_EQ(given(0).x, given(1).x);
  EXPECT_EQ(given(0).x->at(5), (0.5 + 10.5 + 1.5) / 3);
  EXPECT_EQ(given(0).x->at(0), 0);
  (void)evaluator.evaluate(bundle_of({0, 1}));
  EXPECT_NE(given(2).key, given(0).key);
  EXPECT_EQ(given(2).x->at(5), (0.0 + 1 + 10 + 11) / 4);
  (void)evaluator.evaluate(bundle_of({1, 0}));
  EXPECT_EQ(given(3).key, given(0).key);
}

TEST_F(Preparation, gives_the_samples_as_they_are_where_there_are_no_steps) {
  Evaluator evaluator(plan, data, {});
  (void)evaluator.evaluate(bundle_of({3, 0}));
  EXPECT_EQ(given(0).x, nullptr);
  EXPECT_EQ(given(0).key, 0U);
  EXPECT_EQ(family.work.n_forgotten, 0);
}

TEST_F(Preparation, lets_go_of_the_last_samples_before_it_makes_others) {
  Evaluator evaluator(plan, data, {});
  (void)evaluator.evaluate(
      {.fits = {{.trials = {{0, 0}}}, {.trials = {{1, 0}}}, {.trials = {{2, 0}}}, {.trials = {{3, 0}}}}});
  EXPECT_EQ(family.work.n_forgotten, 3);
  EXPECT_EQ(given(0).x, nullptr);  // the trainer was told in time
  EXPECT_NE(given(0).key, given(2).key);
  EXPECT_EQ(given(3).key, 0U);
}

TEST_F(Preparation, tells_the_trainer_who_is_prepared) {
  const std::vector<models::Candidate> told = told_candidates(plan, *plan.families.front());
  EXPECT_TRUE(told[0].is_prepared && told[2].is_prepared);
  EXPECT_FALSE(told[3].is_prepared);
  EXPECT_EQ(told[1].params, params_of(plan, 1));
}

TEST_F(Preparation, of_a_refit_is_learnt_from_all_samples_and_comes_with_it) {
  Evaluator evaluator(plan, data, {});
  const Refit refit = evaluator.refit(2, false);
  EXPECT_EQ(refit.steps.apply({.numbers = data.x}).at(5), 0);
  EXPECT_TRUE(evaluator.refit(3, false).steps.empty());
}

TEST_F(Preparation, keeps_candidates_of_different_settings_in_different_bundles) {
  for (const Bundle& bundle : make_bundles(plan, data)) {
    const std::size_t first = bundle.fits[0].trials[0].candidate;
    for (const SharedFit& fit : bundle.fits) {
      EXPECT_EQ(prepare::setting_of(params_of(plan, fit.trials[0].candidate)),
                prepare::setting_of(params_of(plan, first)));
    }
  }
}

TEST(Hyperparameters, are_those_of_the_family_and_of_the_steps) {
  const models::Family& svc = *models::find_family("svc");
  const std::vector<core::OptionSpec> all = hyperparameters(svc);
  for (const char* name : {"C", "class_weight", "impute", "preprocessing"}) {
    EXPECT_NE(core::find_option(all, name), nullptr) << name;
  }
  EXPECT_EQ(core::find_option(svc.options(), "impute"), nullptr);
  EXPECT_NE(sharing_key(svc, {{"preprocessing", "standardize"}}), sharing_key(svc, {}));
  EXPECT_EQ(sharing_key(svc, {{"preprocessing", "none"}, {"C", 2.0}}), sharing_key(svc, {}));
  EXPECT_FALSE(takes_missing(svc, {{"preprocessing", "standardize"}}, "a"));
  EXPECT_TRUE(takes_missing(svc, {{"impute", "zero"}}, "a"));
}

/// As boosted trees do.
class TakesMissing : public FakeFamily {
 public:
  [[nodiscard]] models::Abilities abilities() const override { return {.missing = true}; }
};

TEST(Hyperparameters, need_no_imputation_where_the_family_takes_missing_values) {
  EXPECT_TRUE(takes_missing(TakesMissing(), {}, "a"));
  EXPECT_FALSE(takes_missing(FakeFamily(), {}, "a"));
}

TEST(fit_seed, differs_by_root_candidate_and_fold) {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t root = 0; root < 4; ++root) {
    for (std::size_t candidate = 0; candidate < 50; ++candidate) {
      for (std::size_t fold = 0; fold < 10; ++fold) seeds.insert(fit_seed(root, candidate, fold));
    }
  }
  EXPECT_EQ(seeds.size(), 2000U);
}

class Bundles : public Search {
 protected:
  void grid(std::size_t n_gamma, std::size_t n_cost) {
    for (std::size_t c = n_cost; c > 0; --c) {
      for (std::size_t gamma = 0; gamma < n_gamma; ++gamma) {
        plan.candidates.push_back({{"C", static_cast<double>(c)}, {"gamma", static_cast<double>(gamma)}});
      }
    }
  }
};

TEST_F(Bundles, cover_each_candidate_and_fold_once) {
  grid(7, 30);
  std::multiset<std::pair<std::size_t, std::size_t>> covered;
  for (const Bundle& bundle : make_bundles(plan, data)) {
    for (const SharedFit& fit : bundle.fits) {
      for (const Trial& trial : fit.trials) covered.emplace(trial.candidate, trial.fold);
    }
  }
  EXPECT_EQ(covered.size(), 420U);
  EXPECT_EQ((std::set<std::pair<std::size_t, std::size_t>>(covered.begin(), covered.end()).size()), 420U);
}

TEST_F(Bundles, share_one_key_and_run_from_cheap_to_costly) {
  grid(200, 3);
  for (const Bundle& bundle : make_bundles(plan, data)) {
    ASSERT_EQ(bundle.fits.size(), 3U);
    double last = 0;
    for (const SharedFit& fit : bundle.fits) {
      const std::size_t candidate = fit.trials[0].candidate;
      EXPECT_EQ(fit.trials[0].fold, bundle.fits[0].trials[0].fold);
      EXPECT_EQ(plan.candidates[candidate].at("gamma"),
                plan.candidates[bundle.fits[0].trials[0].candidate].at("gamma"));
      EXPECT_LE(last, plan.candidates[candidate].at("C").number());
      last = plan.candidates[candidate].at("C").number();
    }
  }
}

TEST_F(Bundles, of_a_key_come_side_by_side_costliest_first) {
  grid(5, 100);
  plan.candidates.push_back({{"C", 1e6}, {"gamma", 3.0}});
  const auto gamma_of = [&](const Bundle& bundle) {
    return plan.candidates[bundle.fits[0].trials[0].candidate].at("gamma").number();
  };
  const std::vector<Bundle> bundles = make_bundles(plan, data);
  EXPECT_EQ(gamma_of(bundles.front()), 3.0);
  std::set<double> left_behind;
  for (std::size_t i = 1; i < bundles.size(); ++i) {
    if (gamma_of(bundles[i]) == gamma_of(bundles[i - 1])) {
      EXPECT_GE(bundles[i - 1].cost, bundles[i].cost);
    } else {
      left_behind.insert(gamma_of(bundles[i - 1]));
    }
    EXPECT_FALSE(left_behind.contains(gamma_of(bundles[i]))) << i;
  }
  EXPECT_EQ(left_behind.size(), 4U);
}

TEST_F(Bundles, are_cut_to_a_share_of_the_whole) {
  grid(2, 100);
  const std::vector<Bundle> bundles = make_bundles(plan, data);
  const double total =
      std::accumulate(bundles.begin(), bundles.end(), 0.0, [](double sum, const Bundle& b) { return sum + b.cost; });
  EXPECT_EQ(total, 2 * 2 * 4 * 5050.0);
  for (const Bundle& bundle : bundles) {
    if (bundle.fits.size() > 1) {
      EXPECT_LE(bundle.cost, total / 64);
    }
  }
  EXPECT_GE(bundles.size(), 64U);
  EXPECT_LE(bundles.size(), 96U);
}

TEST_F(Bundles, fit_once_what_several_folds_learn_from) {
  plan.candidates = {{{"C", 1.0}}, {{"C", 2.0}}, {{"C", 1.0}}, {{"C", 2.0}}};
  plan.number = {0, 1, 0, 1};
  plan.folds = {{.train = {4, 6}, .test = {0, 1}}, {.train = {4, 6}, .test = {2, 3}}};
  plan.fold_number = {0, 0};
  plan.rounds = {{.n_candidates = 2, .first_fold = 0, .n_folds = 1},
                 {.study = 1, .first_candidate = 2, .n_candidates = 2, .first_fold = 1, .n_folds = 1}};
  std::vector<std::vector<Trial>> served;
  for (const Bundle& bundle : make_bundles(plan, data)) {
    for (const SharedFit& fit : bundle.fits) served.emplace_back().assign({fit.trials[0], fit.trials[1]});
  }
  std::sort(served.begin(), served.end());
  EXPECT_EQ(served, (std::vector<std::vector<Trial>>{{{0, 0}, {2, 1}}, {{1, 0}, {3, 1}}}));
}

TEST_F(Bundles, of_nothing_are_none) { EXPECT_TRUE(make_bundles(plan, data).empty()); }

}  // namespace
}  // namespace gridmill::search
