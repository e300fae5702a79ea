#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/search_size.hpp"
#include "config_text.hpp"

namespace gridmill::config {
namespace {

using core::Value;
using core::ValueList;
using search::FoldKind;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(grid, keeps_values_as_written) {
  const auto grids = search_of("{grid: {C: [1e-4, 1, 1e4], class_weight: [null, balanced, {0: 1, 1: 2.5}]}}").grids;
  ASSERT_EQ(grids.size(), 1U);
  EXPECT_EQ(grids[0].at("C"), (ValueList{1e-4, 1, 1e4}));
  EXPECT_EQ(grids[0].at("class_weight"), (ValueList{Value(), "balanced", core::ValueMapping{{"0", 1}, {"1", 2.5}}}));
}

TEST(grid, may_be_a_list_of_mappings) {
  const auto grids = search_of("{grid: [{kernel: [linear]}, {kernel: [rbf], gamma: [0.1, scale]}]}").grids;
  ASSERT_EQ(grids.size(), 2U);
  EXPECT_EQ(grids[1].at("gamma"), (ValueList{0.1, "scale"}));
}

TEST(grid, names_each_wrong_value_with_its_place) {
  EXPECT_THAT(
      search_problems("{grid: {C: [1, -1, big], kernal: [rbf], kernel: [rfb], class_weight: [None]}}"),
      ElementsAre(
          HasSubstr("a.yaml:3:24: search.grid.C: must be number > 0, not -1"),
          HasSubstr("a.yaml:3:28: search.grid.C: must be number > 0, not 'big'"),
          HasSubstr("a.yaml:3:34: search.grid.kernal: svc has no such hyperparameter\n  did you mean 'kernel'?"),
          HasSubstr("search.grid.kernel: unknown value 'rfb'; did you mean 'rbf'?"),
          HasSubstr("None is written null in YAML")));
}

TEST(grid, refuses_what_is_no_list_and_says_how_to_write_one) {
  EXPECT_THAT(search_problems("{grid: {C: 1}}"),
              ElementsAre("a.yaml:3:20: search.grid.C: must be a list of values to try, not 1\n  write [1]"));
  EXPECT_THAT(search_problems("{grid: {C: []}}"), ElementsAre(HasSubstr("search.grid.C: is an empty list")));
  EXPECT_THAT(search_problems("{grid: []}"), ElementsAre(HasSubstr("search.grid: is an empty list")));
  EXPECT_THAT(search_problems("{grid: [1]}"), ElementsAre(HasSubstr("search.grid[0] must be a mapping")));
}

TEST(random, draws_from_lists_and_distributions) {
  const auto random =
      search_of(
          "{grid: {C: {loguniform: [1e-3, 1e3]}, degree: {randint: [2, 5]}, gamma: {uniform: [0.1, 1]}, "
          "kernel: [rbf, poly]}, random: {n: 7, seed: 3}}")
          .random;
  ASSERT_TRUE(random.has_value());
  EXPECT_EQ(random->n, 7U);
  EXPECT_EQ(random->seed, 3U);
  const search::RandomAxes& axes = random->axes.at(0);
  EXPECT_EQ(std::get<search::LogUniform>(axes.at("C")).high, 1e3);
  EXPECT_EQ(std::get<search::RandomInteger>(axes.at("degree")).low, 2);
  EXPECT_EQ(std::get<search::Uniform>(axes.at("gamma")).low, 0.1);
  EXPECT_EQ(std::get<ValueList>(axes.at("kernel")), (ValueList{"rbf", "poly"}));
}

TEST(random, refuses_bounds_that_cannot_be_drawn_from) {
  EXPECT_THAT(
      search_problems("{random: {n: 2}, grid: {C: {uniform: [2, 1]}, gamma: {loguniform: [0, 1]}, degree: {randint: "
                      "[0.5, 2]}}}"),
      ElementsAre(HasSubstr("search.grid.C.uniform: must be two numbers, [low, high] with low < high"),
                  HasSubstr("search.grid.gamma.loguniform: the lower bound of loguniform must be > 0"),
                  HasSubstr("search.grid.degree.randint: must be two whole numbers")));
  EXPECT_THAT(search_problems("{random: {n: 2}, grid: {C: {uniform: [-1, 1]}}}"),
              ElementsAre(HasSubstr("search.grid.C.uniform: must be number > 0, not -1.0")));
  EXPECT_THAT(search_problems("{random: {n: 2}, grid: {degree: {uniform: [1, 3]}}}"),
              ElementsAre(HasSubstr("must be whole number")));
  EXPECT_THAT(search_problems("{random: {n: 2}, grid: {C: {lognorm: [1, 3]}}}"),
              ElementsAre(HasSubstr("must be a list of values to try, or one distribution")));
  EXPECT_THAT(search_problems("{random: {n: 0}}"),
              ElementsAre(HasSubstr("search.random draws from the axes of search.grid"),
                          HasSubstr("search.random.n: must be whole number >= 1")));
}

TEST(random, a_grid_cannot_try_a_distribution) {
  EXPECT_THAT(search_problems("{grid: {C: {uniform: [1, 2]}}}"),
              ElementsAre(HasSubstr("add 'random: {n: 20}' to search")));
}

TEST(cv, is_a_number_a_kind_or_a_mapping) {
  EXPECT_EQ(search_of("{cv: 3}").folds.n_folds, 3U);
  EXPECT_EQ(search_of("{cv: leave_one_out}").folds.kind, FoldKind::leave_one_out);
  const auto folds = search_of("{cv: {kind: k_fold, folds: 4, shuffle: true, seed: 9}}").folds;
  EXPECT_EQ(folds.kind, FoldKind::k_fold);
  EXPECT_EQ(folds.n_folds, 4U);
  EXPECT_TRUE(folds.shuffle);
  EXPECT_EQ(folds.seed, 9U);
}

TEST(cv, repeats_imply_shuffling) {
  EXPECT_TRUE(search_of("{cv: {repeats: 2}}").folds.shuffle);
  EXPECT_THAT(search_problems("{cv: {repeats: 2, shuffle: false}}"),
              ElementsAre(HasSubstr("repeated folds are shuffled")));
}

TEST(cv, a_seed_needs_shuffling) {
  EXPECT_THAT(search_problems("{cv: {folds: 3, seed: 4}}"),
              ElementsAre("a.yaml:3:25: search.cv.seed does nothing for folds that are not shuffled\n"
                          "  add shuffle: true"));
  EXPECT_THAT(search_problems("{cv: {seed: 4, shuffle: false}}"), ElementsAre(HasSubstr("add shuffle: true")));
  EXPECT_THAT(search_problems("{cv: {kind: group, seed: 4}}"), ElementsAre(HasSubstr("means nothing for group folds")));
  EXPECT_EQ(search_of("{cv: {repeats: 2, seed: 4}}").folds.seed, 4U);
}

TEST(cv, refuses_options_that_mean_nothing_for_the_kind) {
  EXPECT_THAT(search_problems("{cv: {kind: group, shuffle: true, gap: 1}}"),
              ElementsAre(HasSubstr("search.cv.shuffle means nothing for group folds"),
                          HasSubstr("search.cv.gap means nothing for group folds")));
}

TEST(cv, names_the_column_that_is_missing) {
  EXPECT_THAT(search_problems("{cv: predefined}"), ElementsAre(HasSubstr("data.fold")));
  EXPECT_THAT(search_problems("{cv: group}"), ElementsAre());
  EXPECT_THAT(problems_of("data: {source: a.csv, target: y}\nmodel: svc\nsearch: {cv: group}"),
              ElementsAre(HasSubstr("data.group")));
}

TEST(cv, stratified_folds_need_classes) {
  EXPECT_THAT(search_problems("{cv: stratified}", "svr"), ElementsAre(HasSubstr("svr predicts numbers")));
}

TEST(scoring, takes_one_metric_or_a_list) {
  EXPECT_THAT(search_of("{scoring: f1_macro}").scoring, ElementsAre("f1_macro"));
  const auto options = search_of("{scoring: [accuracy, f1_macro], refit: f1_macro}");
  EXPECT_THAT(options.scoring, ElementsAre("accuracy", "f1_macro"));
  EXPECT_EQ(options.refit.metric, "f1_macro");
}

TEST(scoring, hints_at_what_metrics_are_called_elsewhere) {
  const auto hint = [](const std::string& word, std::string_view model = "svc") {
    return search_problems("{scoring: " + word + "}", model).at(0);
  };
  EXPECT_THAT(hint("auc"), HasSubstr("did you mean 'roc_auc'?"));
  EXPECT_THAT(hint("AUC"), HasSubstr("did you mean 'roc_auc'?"));
  EXPECT_THAT(hint("mcc"), HasSubstr("did you mean 'matthews_corrcoef'?"));
  EXPECT_THAT(hint("kappa"), HasSubstr("there is no such metric; would 'matthews_corrcoef' do?"));
  EXPECT_THAT(hint("pr_auc"), HasSubstr("did you mean 'average_precision'?"));
  EXPECT_THAT(hint("logloss"), HasSubstr("did you mean 'neg_log_loss'?"));
  EXPECT_THAT(hint("r2_score", "svr"), HasSubstr("did you mean 'r2'?"));
  EXPECT_THAT(hint("rmse"), HasSubstr("'rmse' is a metric for regression, but svc is a model for classification"));
  EXPECT_THAT(hint("auc", "svr"), testing::Not(HasSubstr("roc_auc")));
}

TEST(grid, hints_at_hyperparameters_behind_the_name_of_a_step) {
  EXPECT_THAT(search_problems("{grid: {svc__C: [1]}}"),
              ElementsAre(HasSubstr("did you mean 'C'? a model's hyperparameters have no name of a step in front")));
  EXPECT_THAT(search_problems("{grid: {estimator__clf__gamma: [1]}}"), ElementsAre(HasSubstr("did you mean 'gamma'?")));
  EXPECT_THAT(search_problems("{grid: {clf__gama: [1]}}"), ElementsAre(HasSubstr("did you mean 'gamma'?")));
  EXPECT_THAT(search_problems("{grid: {svc__random_state: [1]}}"),
              ElementsAre(HasSubstr("scikit-learn's random_state")));
  EXPECT_THAT(search_problems("{grid: {__: [1]}}"), ElementsAre(HasSubstr("no such hyperparameter")));
}

TEST(scoring, refuses_unknown_twice_and_other_tasks_metrics) {
  EXPECT_THAT(search_problems("{scoring: acuracy}"), ElementsAre(HasSubstr("did you mean 'accuracy'?")));
  EXPECT_THAT(search_problems("{scoring: [accuracy, accuracy], refit: accuracy}"),
              ElementsAre(HasSubstr("listed twice")));
  EXPECT_THAT(search_problems("{scoring: r2}"),
              ElementsAre(HasSubstr("'r2' is a metric for regression, but svc is a model for classification")));
}

TEST(abilities, what_a_model_cannot_do_is_refused_where_it_is_asked_for) {
  EXPECT_THAT(search_problems("{fit_time_limit: 3}", "nu_svc"),
              ElementsAre(HasSubstr("search.fit_time_limit: nu_svc knows no time limit")));
  EXPECT_THAT(search_problems("{fit_time_limit: 0}", "nu_svc"), ElementsAre());
  EXPECT_THAT(search_problems("{fit_time_limit: 3}", "svc"), ElementsAre());
  EXPECT_THAT(search_problems("{scoring: neg_log_loss}", "nu_svc"),
              ElementsAre(HasSubstr("'neg_log_loss' needs probabilities, which nu_svc does not give")));
  EXPECT_THAT(search_problems("{scoring: neg_log_loss}", "one_class"),
              ElementsAre(HasSubstr("one_class does not give")));
  EXPECT_THAT(problems_of("data: {source: a.csv, target: y, weight: w}\nmodel: nu_svr\nsearch: {grid: {nu: [0.5]}}\n"),
              ElementsAre(HasSubstr("a.yaml:1:42: data.weight: nu_svr takes no sample weights")));
}

TEST(boosted_trees, bad_values_are_refused_where_they_stand) {
  const auto in_grid = [](std::string_view grid) {
    return search_problems("{grid: {" + std::string(grid) + "}}", "xgb_classifier");
  };
  EXPECT_THAT(in_grid("n_estimators: [0]"),
              ElementsAre(HasSubstr("a.yaml:3:32: search.grid.n_estimators: must be whole number >= 1, not 0")));
  EXPECT_THAT(in_grid("max_bin: [1]"), ElementsAre(HasSubstr("must be whole number >= 2, not 1")));
  EXPECT_THAT(in_grid("subsample: [0]"), ElementsAre(HasSubstr("must be number in (0, 1], not 0")));
  EXPECT_THAT(in_grid("objective: ['reg:gamma']"),
              ElementsAre(HasSubstr("unknown value 'reg:gamma'; known: binary:logistic")));
  EXPECT_THAT(in_grid("max_dept: [3]"), ElementsAre(HasSubstr("did you mean 'max_depth'?")));
  EXPECT_THAT(in_grid("eta: [0.3]"), ElementsAre(HasSubstr("eta")));
  EXPECT_THAT(in_grid("booster: [gblinear], max_depth: [3]"),
              ElementsAre(HasSubstr("means nothing with booster: gblinear")));
}

TEST(boosted_trees, names_of_xgboost_itself_are_told_what_they_are_called_here) {
  const auto grid = [](std::string_view axis, std::string_view model = "xgb_classifier") {
    return search_problems("{grid: {" + std::string(axis) + "}}", model);
  };
  for (const auto& [theirs, ours] : {std::pair{"eta: [0.1, 0.3]", "learning_rate"},
                                     {"lambda: [1, 2]", "reg_lambda"},
                                     {"alpha: [1, 2]", "reg_alpha"},
                                     {"min_split_loss: [1]", "gamma"},
                                     {"num_round: [10, 20]", "n_estimators"}}) {
    EXPECT_THAT(grid(theirs), ElementsAre(HasSubstr("did you mean '" + std::string(ours) + "'? XGBoost calls it")));
  }
  EXPECT_THAT(search_problems("{grid: {max_depth: [2]}}", "{name: xgb_regressor, eta: 0.3}"),
              ElementsAre(HasSubstr("did you mean 'learning_rate'?")));
  EXPECT_THAT(grid("alpha: [1, 2]", "ridge"), testing::IsEmpty());
  EXPECT_THAT(grid("eta: [0.1]", "svc"), ElementsAre(testing::Not(HasSubstr("XGBoost"))));
}

TEST(boosted_trees, a_depth_without_limit_is_taken_where_xgboost_takes_it) {
  const auto problems = [](std::string_view more) {
    return search_problems("{grid: {max_depth: [0, 3]}}", "{name: xgb_classifier" + std::string(more) + "}");
  };
  EXPECT_THAT(problems(""), testing::IsEmpty());
  EXPECT_THAT(problems(", tree_method: approx, grow_policy: lossguide"), testing::IsEmpty());
  for (const char* method : {"exact", "auto"}) {
    EXPECT_THAT(problems(", tree_method: " + std::string(method)),
                ElementsAre(HasSubstr("max_depth: 0 needs tree_method hist or approx")));
  }
}

TEST(early_stopping, wants_a_metric_that_the_model_is_watched_by) {
  const auto stopping = [](std::string_view options, std::string_view model = "xgb_classifier") {
    return search_problems("{early_stopping: " + std::string(options) + "}", model);
  };
  EXPECT_THAT(stopping("{rounds: 5, metric: logloss, watch: inner, refit: scaled}"), ElementsAre());
  EXPECT_THAT(stopping("{rounds: 5}"), ElementsAre(HasSubstr("search.early_stopping.metric is missing")));
  EXPECT_THAT(stopping("{rounds: 0, metric: logloss}"),
              ElementsAre(HasSubstr("rounds: must be whole number >= 1, not 0")));
  EXPECT_THAT(stopping("{metric: loglos}"), ElementsAre(HasSubstr("did you mean 'logloss'?")));
  EXPECT_THAT(stopping("{metric: rmse}"), ElementsAre(HasSubstr("no model here is watched by the metric 'rmse'")));
  EXPECT_THAT(stopping("{metric: logloss}", "svc"), ElementsAre(HasSubstr("svc has no rounds to watch")));
  EXPECT_THAT(stopping("{metric: logloss}", "{name: xgb_classifier, booster: dart}"),
              ElementsAre(HasSubstr("has no rounds to watch")));
  EXPECT_THAT(search_problems("{early_stopping: {metric: logloss}, learning_curves: auc}", "xgb_classifier"),
              ElementsAre(HasSubstr("is not the metric of early_stopping")));
}

TEST(scoring, suggests_short_names_and_lists_them) {
  EXPECT_THAT(search_problems("{scoring: neg_rmse}", "svr"), ElementsAre(HasSubstr("did you mean 'rmse'? known: ")));
  EXPECT_THAT(search_problems("{scoring: brier_score}"), ElementsAre(HasSubstr("did you mean 'neg_brier_score'?")));
  EXPECT_THAT(search_problems("{scoring: rsme}", "svr"), ElementsAre(HasSubstr("did you mean 'rmse'?")));
  EXPECT_THAT(search_problems("{scoring: quality}"), ElementsAre(HasSubstr("known: brier, log_loss, matthews, acc")));
  // A loss of regression is no suggestion for a classifier.
  EXPECT_THAT(search_problems("{scoring: neg_rmse}"), ElementsAre(testing::Not(HasSubstr("did you mean 'rmse'"))));
}

TEST(refit, several_metrics_need_one_that_chooses) {
  EXPECT_THAT(search_problems("{scoring: [accuracy, f1_macro]}"), ElementsAre(HasSubstr("write 'refit: accuracy'")));
  EXPECT_EQ(search_of("{scoring: [accuracy, f1_macro], refit: false}").refit.rule, RefitOptions::Rule::none);
  EXPECT_THAT(search_problems("{scoring: [accuracy, f1_macro], refit: f1}"),
              ElementsAre(HasSubstr("'f1' is not among the metrics of search.scoring")));
}

TEST(scoring, is_checked_even_if_refit_is_wrong) {
  EXPECT_THAT(search_problems("{scoring: acuracy, refit: [accuracy]}"),
              ElementsAre(HasSubstr("unknown metric 'acuracy'"), HasSubstr("search.refit: must be")));
}

TEST(refit, one_standard_error_replaces_it) {
  const RefitOptions refit = search_of("{one_standard_error: accuracy}").refit;
  EXPECT_EQ(refit.rule, RefitOptions::Rule::one_standard_error);
  EXPECT_EQ(refit.metric, "accuracy");
  EXPECT_EQ(search_of("{one_standard_error: accuracy, refit: true}").refit.rule,
            RefitOptions::Rule::one_standard_error);
  for (const char* both : {"{one_standard_error: accuracy, refit: false}", "{one_standard_error: accuracy, refit: f1}",
                           "{one_standard_error: accuracy, refit: accuracy}"}) {
    EXPECT_THAT(search_problems(both), ElementsAre(HasSubstr("both say which candidate is fitted again")));
  }
}

std::string list_of(std::size_t n) {
  std::string list = "[1";
  for (std::size_t i = 1; i < n; ++i) list += ", " + std::to_string(i + 1);
  return list + "]";
}

TEST(search_size, is_refused_where_it_is_asked_for_before_any_of_it_is_made) {
  EXPECT_THAT(search_problems("{grid: {C: [1, 2, 3]}, cv: {folds: 2, repeats: 4294967296}}"),
              ElementsAre(AllOf(
                  HasSubstr("a.yaml:3:36: search: 3 candidates x 8.59 billion folds = 25.8 billion fits would take "),
                  HasSubstr(" TiB of memory, and there are "), HasSubstr("\n  ask for fewer cv.folds or cv.repeats"))));
  EXPECT_THAT(search_problems("{cv: 9223372036854775807}"), ElementsAre(HasSubstr("9.22e+18 folds")));
  // A thousand values on each of four axes; also as one of several grids.
  const std::string axes =
      "{C: " + list_of(1000) + ", gamma: " + list_of(1000) + ", coef0: " + list_of(1000) + ", degree: " + list_of(1000);
  EXPECT_THAT(search_problems("{grid: " + axes + "}}"),
              ElementsAre(HasSubstr("search: 1 trillion candidates x 5 folds")));
  EXPECT_THAT(search_problems("{grid: [{C: [1]}, " + axes + "}]}"), ElementsAre(HasSubstr("1 trillion candidates")));
}

TEST(search_size, counts_what_is_drawn_and_what_it_is_drawn_from) {
  EXPECT_THAT(search_problems("{grid: {C: {loguniform: [0.1, 10]}}, random: {n: 1000000000}}"),
              ElementsAre(AllOf(HasSubstr("search: 1 billion candidates x 5 folds = 5 billion fits would take "),
                                HasSubstr("ask for fewer values, or draw some: 'random: {n: 60}'"))));
  const std::string axes = "{C: " + list_of(1000) + ", gamma: " + list_of(1000) + ", coef0: " + list_of(1000) + "}";
  EXPECT_THAT(search_problems("{grid: " + axes + ", random: {n: 1000000000}}"),
              ElementsAre(HasSubstr("1 billion cand")));
  EXPECT_THAT(search_problems("{grid: " + axes + ", random: {n: 60}}"), ElementsAre());
  EXPECT_THAT(search_problems("{grid: {C: [1, 2]}, random: {n: 1000000000}}"), ElementsAre()) << "there are two";
}

TEST(halving, has_the_defaults_of_scikit_learn) {
  const SearchOptions options = search_of("{grid: {C: [1, 2]}, halving: {}}");
  ASSERT_TRUE(options.halving);
  EXPECT_EQ(options.halving->factor, 3);
  EXPECT_EQ(options.halving->first, search::FirstRation::exhaust);
  EXPECT_FALSE(options.halving->max_resources);
  EXPECT_TRUE(options.train_scores);
  EXPECT_FALSE(search_of("{halving: {}, train_scores: false}").train_scores);
  EXPECT_FALSE(search_of("{}").halving);
  const auto random = search_of("{grid: {C: {loguniform: [1, 2]}}, random: {n: 9}, halving: {factor: 2.5}}").halving;
  EXPECT_EQ(random->first, search::FirstRation::smallest);
  EXPECT_EQ(random->factor, 2.5);
  EXPECT_EQ(search_of("{halving: {min_resources: 40, max_resources: 80}}").halving->min_resources, 40U);
}

TEST(halving, says_what_cannot_be_rationed) {
  EXPECT_THAT(search_problems("{halving: {factor: 1}}"), ElementsAre(HasSubstr("factor: must be number > 1")));
  EXPECT_THAT(search_problems("{halving: {resource: n_sample}}"), ElementsAre(HasSubstr("did you mean 'n_samples'?")));
  EXPECT_THAT(search_problems("{halving: {resource: C, max_resources: 9}}"),
              ElementsAre(HasSubstr("'C' is no hyperparameter of svc that is a whole number")));
  EXPECT_THAT(search_problems("{halving: {resource: max_iter}}"), ElementsAre(HasSubstr("max_resources must say")));
  EXPECT_THAT(search_problems("{grid: {max_iter: [10]}, halving: {resource: max_iter, max_resources: 9}}"),
              ElementsAre(HasSubstr("nothing else may set it\n  leave 'max_iter' out of search.grid")));
  EXPECT_THAT(search_problems("{halving: {min_resources: 90, max_resources: 80}}"),
              ElementsAre(HasSubstr("90 is more than max_resources, 80")));
  EXPECT_THAT(search_problems("{halving: {min_resources: exhausted}}"),
              ElementsAre(HasSubstr("did you mean 'exhaust'?")));
}

TEST(random, draws_as_many_as_halving_has_resources_for) {
  const std::string grid = "{grid: {C: {loguniform: [1, 2]}}, random: {n: exhaust}, ";
  const SearchOptions options = search_of(grid + "halving: {max_resources: 90}}");
  ASSERT_TRUE(options.random);
  EXPECT_FALSE(options.random->n);
  EXPECT_THAT(search_problems("{grid: {C: {loguniform: [1, 2]}}, random: {n: exhaust}}"),
              ElementsAre(HasSubstr("shares out what search.halving rations, which is missing")));
  EXPECT_THAT(search_problems(grid + "halving: {min_resources: exhaust}}"),
              ElementsAre(HasSubstr("cannot both be 'exhaust'")));
  EXPECT_THAT(search_problems(grid + "halving: {}, nested: 5}"),
              ElementsAre(HasSubstr("another number of candidates")));
  EXPECT_THAT(search_problems("{grid: {C: {loguniform: [1, 2]}}, random: {n: all}, halving: {}}"),
              ElementsAre(HasSubstr("exhaust")));
}

TEST(random, draws_as_many_as_scikit_learn_would_with_exhaust) {
  // HalvingRandomSearchCV(factor=3, cv=StratifiedKFold(3)) of scikit-learn 1.2.1 on load_digits().
  SearchJob job;
  job.search.folds.n_folds = 3;
  job.search.random = RandomOptions{.axes = {{}}, .n = std::nullopt};
  job.search.halving = search::HalvingOptions{.first = search::FirstRation::smallest};
  std::vector<double> digits(1797);
  for (std::size_t i = 0; i < digits.size(); ++i) digits[i] = static_cast<double>(i % 10);
  core::Dataset data;
  data.x.n_samples = digits.size();
  data.y = digits;
  data.task = core::Task::classification;
  EXPECT_EQ(count_draws(job, &data), 29U);
  job.search.halving->min_resources = 100;
  EXPECT_EQ(count_draws(job, &data), 17U);
  job.search.halving->min_resources.reset();
  job.search.halving->max_resources = 900;
  EXPECT_EQ(count_draws(job, &data), 15U);
  EXPECT_EQ(count_draws(job, nullptr), 0U) << "only the data tells";
  job.search.halving =
      search::HalvingOptions{.resource = "n_estimators", .first = search::FirstRation::smallest, .max_resources = 40};
  EXPECT_EQ(count_draws(job, nullptr), 40U);
}

TEST(nested, is_a_number_of_folds_or_a_mapping) {
  EXPECT_EQ(search_of("{nested: 4}").nested->n_folds, 4U);
  const auto nested = search_of("{nested: {folds: 3, inner: outer}}").nested;
  EXPECT_EQ(nested->n_folds, 3U);
  EXPECT_EQ(nested->inner, search::InnerFolds::outer);
  EXPECT_FALSE(search_of("{nested: null}").nested);
  EXPECT_THAT(search_problems("{nested: 1}"), ElementsAre(HasSubstr("search.nested: must be")));
  EXPECT_THAT(search_problems("{nested: {folds: 2, inner: outer}}"), ElementsAre(HasSubstr("use at least 3 folds")));
  EXPECT_THAT(search_problems("{cv: {kind: time_series}, nested: {inner: outer}}"),
              ElementsAre(HasSubstr("learn from what comes after")));
  EXPECT_THAT(search_problems("{nested: 4294967296}"), ElementsAre(HasSubstr("would take ")));
}

TEST(error_score, is_a_number_nan_or_raise) {
  EXPECT_EQ(search_of("{error_score: 0}").error_score, 0.0);
  EXPECT_EQ(search_of("{error_score: raise}").error_score, std::nullopt);
  EXPECT_TRUE(std::isnan(*search_of("{error_score: nan}").error_score));
  EXPECT_TRUE(std::isnan(*search_of("{error_score: .nan}").error_score));
  EXPECT_THAT(search_problems("{error_score: rise}"), ElementsAre(HasSubstr("did you mean 'raise'?")));
}

}  // namespace
}  // namespace gridmill::config
