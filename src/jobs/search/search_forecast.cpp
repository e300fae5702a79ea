#include "jobs/search/search_forecast.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/counted.hpp"
#include "jobs/run/job_forecast.hpp"
#include "jobs/run/processor_time.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::jobs {

namespace {

/// Seconds of fits, bundles and what they share.
class FitSeconds {
 public:
  FitSeconds(const PlannedSearch& planned, const core::Dataset& data, const SearchTrial& trial)
      : planned_(planned), data_(data), trial_(trial) {}

  /// Of one fit; 0 where none of its family can be made: it fails at once.
  [[nodiscard]] double of(const search::SharedFit& fit, std::size_t n_rows) const {
    const FamilyTrial* tried = trial_of(fit.trials.front().candidate);
    if (tried == nullptr) return 0;
    const double own_s = tried->pace.seconds(paced_fit(planned_.plan, fit, n_rows, data_));
    return own_s + (tried->makes_anew ? shared(*tried, n_rows, fit.trials.front().candidate) : 0);
  }

  [[nodiscard]] double of_candidate(std::size_t candidate, std::size_t n_rows) const {
    return of({.trials = search::Trials(search::Trial{candidate, 0})}, n_rows);
  }

  [[nodiscard]] double predict_row_s(std::size_t candidate) const {
    const FamilyTrial* tried = trial_of(candidate);
    return tried == nullptr ? 0 : tried->predict_row_s;
  }

  [[nodiscard]] mpi::ForeseenFarm of_bundles(std::span<const search::Bundle> bundles) const {
    mpi::ForeseenFarm farm;
    for (const search::Bundle& bundle : bundles) {
      mpi::ForeseenTask& task = farm.tasks.emplace_back();
      task.task = {.cost = bundle.cost, .affinity = bundle.shares, .held_by_rank = bundle.shares_rows};
      for (const search::SharedFit& fit : bundle.fits) {
        const std::size_t n_rows = planned_.plan.folds[fit.trials.front().fold].train.size();
        task.seconds += of(fit, n_rows) + static_cast<double>(fit.trials.size() - 1) * trial_.score_s;
      }
      const std::size_t first = bundle.fits.front().trials.front().candidate;
      const FamilyTrial* tried = trial_of(first);
      if (tried == nullptr || tried->makes_anew) continue;
      const std::size_t n_rows = planned_.plan.folds[bundle.fits.front().trials.front().fold].train.size();
      farm.shared_s.emplace(bundle.shares, bundle.shares_rows ? shared(*tried, n_rows, first) : tried->shared_s);
    }
    return farm;
  }

 private:
  [[nodiscard]] const FamilyTrial* trial_of(std::size_t candidate) const {
    const auto tried = trial_.families.find(&search::family_of(planned_.plan, candidate));
    return tried == trial_.families.end() ? nullptr : &tried->second;
  }

  /// What fits to so many rows share, where it is made of them alone.
  [[nodiscard]] double shared(const FamilyTrial& tried, std::size_t n_rows, std::size_t candidate) const {
    const models::Family& family = search::family_of(planned_.plan, candidate);
    const double all = family.shared_work(data_.n_samples(), data_.n_features()).cost;
    return all > 0 ? tried.shared_s * family.shared_work(n_rows, data_.n_features()).cost / all : 0;
  }

  const PlannedSearch& planned_;
  const core::Dataset& data_;
  const SearchTrial& trial_;
};

/// Scores as they were when candidates were tried; of those that were not, the mean of the others.
class ExpectedScores {
 public:
  explicit ExpectedScores(const SearchTrial& trial) {
    double n = 0;
    for (const auto& [number, score] : trial.score_of) {
      if (std::isnan(score)) continue;
      score_of_[number] = score;
      mean_ += score;
      n += 1;
    }
    if (n > 0) mean_ /= n;
  }

  [[nodiscard]] double of(std::size_t number) const {
    const auto score = score_of_.find(number);
    return score == score_of_.end() ? mean_ : score->second;
  }

  [[nodiscard]] std::vector<double> of_all(const search::SearchPlan& plan) const {
    std::vector<double> scores;
    for (std::size_t c = 0; c < plan.candidates.size(); ++c) scores.push_back(of(plan.number_of(c)));
    return scores;
  }

  /// The best of a study's last rounds.
  [[nodiscard]] std::size_t best(const search::SearchPlan& plan, std::size_t study) const {
    std::size_t best = 0;
    double score = -std::numeric_limits<double>::infinity();
    for (const search::Round& round : search::final_rounds(plan, study)) {
      for (std::size_t i = 0; i < round.n_candidates; ++i) {
        const double own = of(plan.number_of(round.first_candidate + i));
        if (own <= score) continue;
        score = own;
        best = round.first_candidate + i;
      }
    }
    return best;
  }

 private:
  std::map<std::size_t, double> score_of_;
  double mean_ = 0;
};

std::size_t n_tested(const search::SearchPlan& plan) {
  const search::Round round = search::rounds_of(plan).front();
  std::size_t n = 0;
  for (std::size_t k = 0; k < round.n_folds; ++k) n += plan.folds[round.first_fold + k].test.size();
  return n;
}

/// Drawing rows for the honest score: its own bounds, and rates as search/honest_score.cpp has them.
double honest_s(const config::SearchJob& job, const search::SearchPlan& plan) {
  if (!plan.keep_predictions || search::rounds_of(plan).size() > 1) return 0;
  const bool asked = job.search.predictions == config::KeepPredictions::all;
  const double patience_s = asked ? 30 : 2;
  const double n_draws = asked ? 1000 : 200;
  const auto entries = static_cast<double>(n_tested(plan));
  const double choosing_s = n_draws * entries * static_cast<double>(search::rounds_of(plan).front().n_candidates) / 5e9;
  const double judging_s = n_draws * 2 * entries * static_cast<double>(plan.scorers.size()) / 1e8;
  return std::min(choosing_s, patience_s) + std::min(judging_s, patience_s);
}

/// Fits of the folds for the out-of-fold predictions, unless those of their first time are remembered.
mpi::ForeseenFarm again_on_folds(const FitSeconds& seconds, const search::SearchPlan& plan, std::size_t chosen) {
  constexpr double kRemembered = 16 << 20U;  // bytes: see search::Evaluator
  const search::Round round = search::rounds_of(plan).back();
  const double bytes = 8.0 * static_cast<double>(n_tested(plan)) * static_cast<double>(round.n_candidates);
  mpi::ForeseenFarm farm;
  if (plan.keep_predictions || (plan.mode == models::FitMode::exact && bytes < kRemembered)) return farm;
  for (std::size_t k = 0; k < round.n_folds; ++k) {
    const std::size_t n_rows = plan.folds[round.first_fold + k].train.size();
    farm.tasks.push_back({.task = {.cost = 1}, .seconds = seconds.of_candidate(chosen, n_rows)});
  }
  return farm;
}

/// Predicting rows of which one feature at a time is shuffled [s].
double shuffled_s(const config::SearchJob& job, const core::Dataset& data, double predict_row_s, std::size_t n_rows) {
  const std::size_t n_predictions = job.search.n_permutations * data.n_features();
  return static_cast<double>(n_predictions) * static_cast<double>(n_rows) * predict_row_s;
}

/// The same on what folds test, with models that are fitted once more; a fold is one rank's.
mpi::ForeseenFarm shuffled_folds(const config::SearchJob& job, const search::SearchPlan& plan,
                                 const core::Dataset& data, const FitSeconds& seconds, std::size_t chosen) {
  mpi::ForeseenFarm farm;
  const search::Round round = search::rounds_of(plan).back();
  for (std::size_t k = 0; job.search.n_permutations > 0 && k < round.n_folds; ++k) {
    const search::Fold& fold = plan.folds[round.first_fold + k];
    const double own_s = seconds.of_candidate(chosen, fold.train.size());
    farm.tasks.push_back({.task = {.cost = 1},
                          .seconds = own_s + shuffled_s(job, data, seconds.predict_row_s(chosen), fold.test.size())});
  }
  return farm;
}

/// Files and the report: measured on searches of 54 to 10,000 fits.
double files_s(std::size_t n_trials) {
  constexpr double kFixed_s = 0.05;
  constexpr double kTrial_s = 3e-5;
  return kFixed_s + kTrial_s * static_cast<double>(n_trials);
}

std::string measured_by(const SearchTrial& trial) {
  return fmt::format("{} of {} rows, in {}", core::counted(trial.n_fits, "fit"), trial.n_rows, about(trial.seconds));
}

/// How far off it may be: fits of all rows and of most candidates tell nearly all; else costs are extrapolated.
double factor_of(const SearchTrial& trial, const core::Dataset& data) {
  if (trial.n_rows < data.n_samples()) return 3;
  constexpr double kMost = 0.5;
  return trial.tried_share < kMost ? 1.6 : 1.3;
}

}  // namespace

JobForecast foresee_search(const config::SearchJob& job, PlannedSearch planned, const core::Dataset& data,
                           const SearchTrial& trial, std::size_t n_held_out) {
  const FitSeconds seconds(planned, data, trial);
  const ExpectedScores scores(trial);
  JobForecast forecast{.factor = factor_of(trial, data), .at_least = trial.was_cut, .measured_by = measured_by(trial)};
  std::vector<search::Round> rounds = planned.first;
  std::vector<search::Bundle> bundles = planned.bundles;
  while (!rounds.empty()) {
    forecast.farms.push_back(seconds.of_bundles(bundles));
    rounds = planned.studies->advance(planned.plan, scores.of_all(planned.plan),
                                      [&](std::size_t study) { return scores.best(planned.plan, study); });
    bundles = search::make_bundles(planned.plan, rounds, data);
  }
  const std::size_t chosen = scores.best(planned.plan, 0);
  forecast.farms.push_back(again_on_folds(seconds, planned.plan, chosen));
  if (n_held_out == 0) forecast.farms.push_back(shuffled_folds(job, planned.plan, data, seconds, chosen));
  forecast.after_s = shuffled_s(job, data, seconds.predict_row_s(chosen), n_held_out) + honest_s(job, planned.plan) +
                     files_s(planned.n_trials);
  if (job.search.refit.rule != config::RefitOptions::Rule::none) {
    forecast.after_s += seconds.of_candidate(chosen, data.n_samples());
  }
  return forecast;
}

std::optional<JobForecast> forecast_search(const config::SearchJob& job, const std::function<PlannedSearch()>& plan,
                                           const SearchData& data, const models::Resources& resources,
                                           const RankLayout& layout, double most_s) {
  constexpr double kAtFirst_s = 1;
  constexpr double kShare = 0.05;        // of the search
  constexpr double kLonger_s = 5;        // where fits of all rows take too long at first,
  constexpr double kLongerShare = 0.25;  // of the search at most
  const bool predicts = job.search.n_permutations > 0;
  const std::size_t n_held_out = data.held_out ? data.held_out->n_samples() : 0;
  const double before_s = process_s();
  SearchTrial trial = try_search(plan(), data.train, resources, kAtFirst_s, predicts);
  if (trial.families.empty()) return std::nullopt;
  JobForecast forecast = foresee_search(job, plan(), data.train, trial, n_held_out);
  const double all_s = forecast.seconds(layout);
  double limit_s = kShare * all_s;
  if (trial.n_rows < data.train.n_samples()) limit_s = std::max(limit_s, std::min(kLonger_s, kLongerShare * all_s));
  limit_s = std::min(limit_s, most_s);
  // Fits that are cut short once would be again.
  if (limit_s > kAtFirst_s && trial.n_cut == 0) {
    trial = try_search(plan(), data.train, resources, limit_s, predicts);
    forecast = foresee_search(job, plan(), data.train, trial, n_held_out);
  }
  forecast.before_s = before_s;
  return forecast;
}

}  // namespace gridmill::jobs
