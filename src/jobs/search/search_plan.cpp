#include "jobs/search/search_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/at_place.hpp"
#include "config/search_size.hpp"
#include "core/counted.hpp"
#include "core/error.hpp"
#include "core/memory_size.hpp"
#include "core/option.hpp"
#include "core/percent.hpp"
#include "jobs/dataset/dataset_builder.hpp"
#include "models/boosting/boosting_options.hpp"
#include "models/family/model.hpp"
#include "models/scorer.hpp"
#include "prepare/column_exceptions.hpp"
#include "prepare/dates.hpp"
#include "prepare/encode.hpp"
#include "prepare/idle_options.hpp"
#include "prepare/steps.hpp"
#include "search/candidates.hpp"
#include "search/early_stopping.hpp"
#include "search/folds.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::jobs {

namespace {

/// Metrics for any number of classes that are near to one for two: those whose names go on after it.
std::string hint_for_several_classes(const std::string& name) {
  std::vector<std::string> near;
  for (const std::string& other : models::scorer_names()) {
    if (other.starts_with(name + "_") && !models::find_scorer(other)->binary_only()) near.push_back(other);
  }
  if (name == "average_precision") near = {"roc_auc_ovr", "f1_macro"};
  if (name == "neg_brier_score") near = {"neg_log_loss"};
  return fmt::format("for several classes there are {}", fmt::join(near, ", "));
}

/// A quantity of whole numbers passes for labels, of which there are strangely many.
std::optional<std::string> warning_of_many_classes(const core::Dataset& data) {
  const std::size_t n_classes = data.classes.size();
  if (data.task != core::Task::classification || 2 * n_classes <= data.n_samples()) return std::nullopt;
  return fmt::format("'{}' has {} classes in {} rows: if it is a quantity, search with model: svr", data.target_name,
                     n_classes, data.n_samples());
}

void check_metrics_fit(const config::SearchJob& job, const core::Dataset& data) {
  std::vector<core::Problem> problems;
  for (const std::string& name : job.search.scoring) {
    const models::Scorer* scorer = models::find_scorer(name);
    if (scorer->binary_only() && data.classes.size() != 2) {
      problems.push_back({.where = {},
                          .what = fmt::format("search.scoring: {} needs two classes, but '{}' has {}", name,
                                              data.target_name, data.classes.size()),
                          .hint = hint_for_several_classes(name)});
    }
  }
  if (!problems.empty()) throw core::UserError(std::move(problems));
}

/// Whether there is a feature that is known of some row.
bool has_values(const core::Dataset& data) {
  if (!data.words.empty()) return true;
  if (data.is_sparse()) return data.sparse.n_entries() > 0;
  const std::span<const double> values(data.x.data, data.x.n_samples * data.x.n_features);
  return !std::ranges::all_of(values, [](double value) { return std::isnan(value); });
}

void check_columns_fit(const config::SearchJob& job, const core::Dataset& data) {
  using search::FoldKind;
  if (!has_values(data)) {
    throw core::UserError(core::Problem{
        {job.data.source.file.string()}, "no feature has a value in any row: there is nothing to learn from", {}});
  }
  const FoldKind kind = job.search.folds.kind;
  if (kind == FoldKind::predefined && data.test_fold.empty()) {
    throw core::UserError("search.cv: predefined folds need the column that holds them: data: {fold: ...}");
  }
  const bool grouped = kind == FoldKind::group || kind == FoldKind::stratified_group;
  if (job.data.holdout.deals_rows() && (grouped || kind == FoldKind::time_series)) {
    throw core::UserError(fmt::format("data.holdout: deals single rows, which puts {} on both sides",
                                      grouped ? "members of one group" : "the future of what is learnt from"),
                          grouped ? "hold whole groups out: data: {holdout: {groups: 0.2}}"
                                  : "hold the last rows out: data: {holdout: {last: 0.2}}");
  }
  if (grouped && data.group.empty()) {
    throw core::UserError("search.cv: folds by group need the column that holds the groups: data: {group: ...}");
  }
}

/// Before candidates and folds are made: leaving one of a million rows out would take a million lists of a million.
void check_size_fits(const config::SearchJob& job, const core::Dataset& data) {
  const search::PlanSize size = config::search_size(job, &data);
  core::require_memory(size.bytes(), {}, fmt::format("search: {} of {} rows", size.text(), data.n_samples()),
                       job.search.folds.kind == search::FoldKind::leave_one_out
                           ? "take folds of several rows: 'cv: 10'"
                           : "ask for fewer candidates, folds or repeats");
}

/// Says once what several candidates have wrong.
void check_candidates_fit(const config::SearchJob& job, const search::SearchPlan& plan, const core::Dataset& data) {
  std::vector<core::Problem> problems;
  for (const core::Params& candidate : search::listed_candidates(plan)) {
    const models::Family& family = search::family_in(plan.families, candidate);
    for (models::DataProblem& problem :
         family.check_data(search::hyperparameters_of(candidate, family, plan.fixed), data)) {
      const bool known = std::any_of(problems.begin(), problems.end(),
                                     [&](const core::Problem& other) { return other.what == problem.what; });
      if (known) continue;
      problems.push_back(
          {.where = problem.option.empty() ? job.place("data.target") : job.place_of_hyperparameter(problem.option),
           .what = std::move(problem.what),
           .hint = std::move(problem.hint)});
    }
  }
  if (!problems.empty()) throw core::UserError(std::move(problems));
}

/// Whether a metric that fits are watched by is for data with so many classes.
bool fits_classes(const models::WatchMetric& metric, std::size_t n_classes) {
  switch (metric.classes) {
    case models::WatchMetric::Classes::two: return n_classes == 2;
    case models::WatchMetric::Classes::more: return n_classes > 2;
    case models::WatchMetric::Classes::any: return true;
  }
  return true;
}

/// Before every fit fails of it.
void check_watched_metric(const search::SearchPlan& plan, const core::Dataset& data) {
  if (!plan.early_stopping) return;
  for (const models::Family* family : plan.families) {
    const auto metrics = family->watch_metrics({});
    const auto metric = std::ranges::find(metrics, plan.early_stopping->metric, &models::WatchMetric::name);
    if (metric == metrics.end()) continue;
    if (auto problem = models::boosting::check_watched_targets(metric->name, data)) {
      throw core::UserError(std::move(*problem));
    }
    if (fits_classes(*metric, data.classes.size())) continue;
    std::vector<std::string_view> others;
    for (const models::WatchMetric& other : metrics) {
      if (fits_classes(other, data.classes.size())) others.push_back(other.name);
    }
    throw core::UserError(fmt::format("{} watches by the metric {}: {}; '{}' has {} classes", family->name(),
                                      metric->name, metric->meaning, data.target_name, data.classes.size()),
                          fmt::format("take one of {}", fmt::join(others, ", ")));
  }
}

/// Says which candidates go on to their end though their model can be watched: dart, a linear booster.
std::optional<std::string> warning_of_unwatched(const search::SearchPlan& plan) {
  if (!plan.early_stopping) return std::nullopt;
  std::size_t n_unwatched = 0;
  std::size_t n_told = 0;
  for (const models::Family* family : plan.families) {
    if (family->watch_metrics({}).empty()) continue;
    for (const models::Candidate& candidate : search::told_candidates(plan, *family)) {
      ++n_told;
      if (!search::is_watched(plan.early_stopping, *family, candidate.params)) ++n_unwatched;
    }
  }
  if (n_unwatched == 0) return std::nullopt;
  return fmt::format("{} of {} candidates cannot be watched, with this booster, and take all their rounds", n_unwatched,
                     n_told);
}

std::optional<std::string> wanted_positive(const config::SearchJob& job) {
  const core::Value& positive = job.data.positive;
  if (positive.is_null()) return std::nullopt;
  return positive.python_str();
}

/// "18 candidates of 199 rows, 6 of 597, 2 of 1791".
std::string rounds_words(const search::HalvingOptions& halving, const std::vector<search::Rung>& schedule) {
  std::string words;
  std::size_t bracket = 0;
  for (const search::Rung& rung : schedule) {
    const char* separator = words.empty() ? "" : rung.bracket != bracket ? "; " : ", ";
    bracket = rung.bracket;
    words += fmt::format("{}{}{} of {}{}", separator, rung.n_candidates, words.empty() ? " candidates" : "",
                         rung.n_resources,
                         !words.empty()           ? ""
                         : halving.rations_rows() ? " rows"
                                                  : " " + halving.resource);
  }
  return words;
}

/// Where only the data tells how many are drawn, and it is not there (null), many are: what they ask of columns is what
/// any of the axes asks.
std::vector<core::Params> candidates_of(const config::SearchJob& job, const core::Dataset* data) {
  constexpr std::size_t kMany = 10'000;
  if (!job.search.random) return search::expand_grid(job.search.grids);
  const std::size_t n = config::count_draws(job, data);
  return search::sample_candidates(job.search.random->axes, n == 0 ? kMany : n, job.search.random->seed);
}

/// Says whether it holds for each candidate's family and all its hyperparameters; before the data is read.
template <class Holds>
bool all_candidates(const config::SearchJob& job, Holds holds) {
  const std::vector<const models::Family*> families = job.families();
  const std::vector<core::Params> candidates = candidates_of(job, nullptr);
  return std::ranges::all_of(candidates, [&](const core::Params& candidate) {
    const models::Family& family = search::family_in(families, candidate);
    return holds(family, search::hyperparameters_of(candidate, family, job.fixed));
  });
}

std::string model_words(const search::SearchPlan& plan) {
  std::string words;
  for (const models::Family* family : plan.families)
    words += fmt::format("{}{}", words.empty() ? "" : ", ", family->name());
  return words;
}

}  // namespace

double cost_of_family(const PlannedSearch& planned, const models::Family& family) {
  double all = 0;
  double own = 0;
  for (const search::Bundle& bundle : planned.bundles) {
    all += bundle.cost;
    if (&search::family_of(planned.plan, bundle) == &family) own += bundle.cost;
  }
  return all > 0 ? planned.cost * own / all : 0;
}

FeatureUse feature_use(const config::SearchJob& job) {
  // Candidates differ in little else than their model: each kind once.
  struct Kind {
    const models::Family* family = nullptr;
    core::Params params;
  };
  std::map<std::string, Kind> by_setting;
  all_candidates(job, [&](const models::Family& family, const core::Params& params) {
    by_setting.try_emplace(fmt::format("{} {}", family.name(), prepare::setting_of(params)),
                           Kind{.family = &family, .params = params});
    return true;
  });
  std::set<std::string> exceptions;
  all_candidates(job, [&](const models::Family&, const core::Params& params) {
    for (const auto& [pattern, options] : prepare::exceptions_of(params)) exceptions.insert(pattern);
    return true;
  });
  const auto all = [by_setting](const auto& holds) {
    return std::ranges::all_of(by_setting, [&](const auto& each) { return holds(each.second); });
  };
  return {.may_miss =
              [all](const std::string& column) {
                return all([&](const Kind& kind) { return search::takes_missing(*kind.family, kind.params, column); });
              },
          .takes_words =
              [all](const std::string& column) {
                return all([&](const Kind& kind) { return prepare::takes_words(kind.params, column); });
              },
          .takes_dates =
              [all](const std::string& column) {
                return all([&](const Kind& kind) { return prepare::takes_dates(kind.params, column); });
              },
          .may_miss_dates =
              [all](const std::string& column) {
                return all([&](const Kind& kind) {
                  return std::ranges::all_of(prepare::names_of_parts(column), [&](const std::string& part) {
                    return search::takes_missing(*kind.family, kind.params, part);
                  });
                });
              },
          .as_words =
              [all](const std::string& column) {
                return !all([&](const Kind& kind) { return !prepare::wants_words(kind.params, column); });
              },
          .exceptions = {exceptions.begin(), exceptions.end()}};
}

std::vector<Fact> plan_facts(const config::SearchJob& job, const PlannedSearch& planned, const core::Dataset& data,
                             const models::Resources& resources, const mpi::Place& place) {
  const search::SearchPlan& plan = planned.plan;
  const auto count = [](std::size_t n) { return core::Value(static_cast<std::int64_t>(n)); };
  const SearchMemory memory(job, data, plan, planned.preparation);
  const models::MemoryUse use = memory.of_fits(resources);
  std::vector<Fact> facts{{"data", data_words(data)},
                          {plan.families.size() > 1 ? "models" : "model", model_words(plan)},
                          {"candidates", count(planned.studies->candidates().size())},
                          {"folds", count(planned.first.front().n_folds)}};
  if (job.data.sample) facts.push_back({"sample", fmt::format("{} rows, not the whole data", *job.data.sample)});
  if (job.search.halving) facts.push_back({"rounds", rounds_words(*job.search.halving, planned.studies->schedule())});
  if (const std::size_t n = planned.studies->n_outer_folds(); n > 0) facts.push_back({"outer folds", count(n)});
  const std::vector<Fact> more{
      {"fits", count(planned.n_trials)},
      {"bundles", count(planned.bundles.size())},
      {"ranks", count(static_cast<std::size_t>(place.n_ranks))},
      {"nodes", count(place.n_nodes)},
      {"memory per node",
       fmt::format("{} of {}", core::size_text(memory.whole(resources.n_ranks_on_node(), use, use.bytes)),
                   core::size_text(memory_limit_here(job)))}};
  facts.insert(facts.end(), more.begin(), more.end());
  if (!use.words.empty()) facts.push_back({"kept in memory", use.words});
  return facts;
}

std::string data_words(const core::Dataset& data) {
  std::string shape = fmt::format("{} x {}", core::counted(data.n_samples(), "row"),
                                  core::counted(data.n_features() + data.words.size(), "feature"));
  const auto n_times = std::ranges::count(data.words, core::ColumnType::datetime, &core::Words::type);
  const auto n_words = static_cast<std::ptrdiff_t>(data.words.size()) - n_times;
  if (n_words > 0) shape += fmt::format(", {} of words", n_words);
  if (n_times > 0) shape += fmt::format(", {} of times", n_times);
  if (!data.is_sparse()) return shape;
  const double share = static_cast<double>(data.sparse.n_entries()) /
                       (static_cast<double>(data.n_samples()) * static_cast<double>(data.n_features()));
  return fmt::format("{}, sparse ({} are not 0)", shape, core::percent_text(share));
}

bool absent_is_missing(const config::SearchJob& job) {
  return std::ranges::all_of(job.families(),
                             [](const models::Family* family) { return family->abilities().absent_is_missing; });
}

bool all_candidates_leave_features(const config::SearchJob& job) {
  return all_candidates(
      job, [](const models::Family&, const core::Params& params) { return prepare::Steps(params).empty(); });
}

bool wants_probability(const search::SearchPlan& plan, std::size_t candidate) {
  const models::Family& family = search::family_of(plan, candidate);
  return search::outputs_of(plan, family).probability || family.abilities().free_probability;
}

namespace {

/// Says which options of the steps do nothing, or nothing in some candidates, which are fitted all the same.
void warn_of_idle_options(const config::SearchJob& job, const search::SearchPlan& plan, const core::Dataset& data,
                          std::vector<std::string>& warnings) {
  constexpr std::size_t kMost = 1000;  // candidates that are looked at
  const std::span<const core::Params> listed = search::listed_candidates(plan);
  const std::size_t stride = listed.size() / kMost + 1;
  std::map<prepare::IdleOption, std::size_t> idle;
  std::size_t n = 0;
  for (std::size_t c = 0; c < listed.size(); c += stride) {
    const models::Family& family = search::family_in(plan.families, listed[c]);
    const core::Params params = search::hyperparameters_of(listed[c], family, plan.fixed);
    for (auto& each : prepare::idle_options(params, core::frame_of(data), data.feature_names)) ++idle[std::move(each)];
    ++n;
  }
  for (const auto& [each, count] : idle) {
    const std::string name = each.option.substr(0, each.option.find('.'));
    const bool is_fixed = job.fixed.contains(name);
    if (count == n) {
      warnings.push_back(
          fmt::format("{}{} has no effect: {}", is_fixed ? "model." : "search.grid: ", each.option, each.why));
    } else {
      warnings.push_back(fmt::format("{}{} has no effect in {} {} candidates, which are fitted all the same: {}",
                                     is_fixed ? "model." : "search.grid: ", each.option,
                                     stride > 1 ? "some of the" : fmt::format("{} of", count), n, each.why));
    }
  }
}

}  // namespace

PlannedSearch plan_search(const config::SearchJob& job, const core::Dataset& data) {
  config::at_place(job, "search.cv", [&] {
    check_metrics_fit(job, data);
    check_columns_fit(job, data);
  });
  check_size_fits(job, data);
  PlannedSearch planned;
  search::SearchPlan& plan = planned.plan;
  plan.families = job.families();
  plan.fixed = job.fixed;
  if (job.search.random) plan.param_order = search::sampled_param_order(job.search.random->axes);
  for (const std::string& name : job.search.scoring) plan.scorers.push_back(models::find_scorer(name));
  plan.named_scores = job.search.scoring_is_list;
  plan.positive = config::at_place(job, "data.positive", [&] { return positive_class(data, wanted_positive(job)); });
  plan.train_scores = job.search.train_scores;
  plan.keep_predictions = config::keeps_all_predictions(job, data);
  plan.fit_time_limit_s = job.search.fit_time_limit_s;
  plan.mode = job.search.mode;
  plan.error_score = job.search.error_score.value_or(std::numeric_limits<double>::quiet_NaN());
  plan.seed = job.seed;
  plan.early_stopping = job.search.early_stopping;
  plan.curves = !job.search.learning_curves.empty();
  if (plan.curves && !plan.early_stopping) {
    plan.early_stopping = {.rounds = 0, .metric = job.search.learning_curves};
  }

  if (job.search.halving && !job.search.halving->rations_rows()) plan.rationed = job.search.halving->resource;

  config::at_place(job, "search.cv", [&] {
    planned.studies.emplace(
        candidates_of(job, &data), data,
        search::StudyOptions{.folds = job.search.folds, .halving = job.search.halving, .nested = job.search.nested});
  });
  if (job.search.halving && job.search.halving->brackets == search::Brackets::all) {
    plan.listed = planned.studies->candidates();  // the first round has those of the first bracket only
  }
  planned.first = planned.studies->advance(plan, {}, {});
  check_candidates_fit(job, plan, data);
  config::at_place(job, job.search.early_stopping ? "search.early_stopping" : "search.learning_curves",
                   [&] { check_watched_metric(plan, data); });
  planned.warnings = planned.studies->warnings();
  if (auto warning = warning_of_many_classes(data)) planned.warnings.push_back(std::move(*warning));
  if (auto warning = warning_of_unwatched(plan)) planned.warnings.push_back(std::move(*warning));
  warn_of_idle_options(job, plan, data, planned.warnings);
  planned.preparation = preparation_memory(plan, data);
  planned.bundles = search::make_bundles(plan, planned.first, data);
  planned.n_trials = planned.studies->n_trials();
  planned.cost = planned.studies->cost_after_first(plan, data);
  for (const search::Bundle& bundle : planned.bundles) planned.cost += bundle.cost;

  const auto& scoring = job.search.scoring;
  const auto chosen = std::find(scoring.begin(), scoring.end(), job.search.refit.metric);
  planned.chosen_by = chosen == scoring.end() ? 0 : static_cast<std::size_t>(chosen - scoring.begin());
  return planned;
}

}  // namespace gridmill::jobs
