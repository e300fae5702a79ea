#include "search/baseline.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/error.hpp"
#include "core/numpy_sum.hpp"
#include "models/metrics/median.hpp"
#include "search/values_at.hpp"

namespace gridmill::search {

namespace {

using core::Index;

std::vector<Index> all_rows(const core::Dataset& data) {
  std::vector<Index> rows(data.n_samples());
  std::iota(rows.begin(), rows.end(), Index{0});
  return rows;
}

double middle_of(Baseline rule, const core::Dataset& data, std::span<const Index> train) {
  const std::vector<double> targets = values_at(data.y, train);
  const std::vector<double> weight = values_at(data.weight, train);
  if (rule == Baseline::mean) return core::numpy_average(targets, weight);
  return weight.empty() ? models::median(targets) : models::weighted_median(targets, weight);
}

/// The share of each class; `fitted`: those that occur.
std::vector<double> shares(const core::Dataset& data, std::span<const Index> train, std::vector<std::size_t>& fitted) {
  std::vector<double> share(data.classes.size(), 0.0);
  std::vector<bool> occurs(data.classes.size(), false);
  double sum = 0;
  for (const Index row : train) {
    const auto code = static_cast<std::size_t>(data.y[row]);
    const double weight = data.weight.empty() ? 1 : data.weight[row];
    occurs[code] = true;
    share[code] += weight;
    sum += weight;
  }
  for (std::size_t code = 0; code < share.size(); ++code) {
    share[code] /= sum;
    if (occurs[code]) fitted.push_back(code);
  }
  return share;
}

void fill_decision(const std::vector<double>& share, std::size_t n, core::Matrix& decision) {
  if (share.size() == 2) {
    decision.set_size(1, n);
    decision.fill(share[1] - share[0]);
    return;
  }
  decision.set_size(share.size(), n);
  for (std::size_t code = 0; code < share.size(); ++code) decision.row(code).fill(share[code]);
}

std::vector<double> scores_of(const SearchPlan& plan, const core::Dataset& data, std::span<const Index> rows,
                              const models::Prediction& prediction, const std::vector<std::size_t>& fitted) {
  const std::vector<double> truth = values_at(data.y, rows);
  const std::vector<double> weight = values_at(data.weight, rows);
  std::vector<double> scores;
  for (const models::Scorer* scorer : plan.scorers) {
    std::string why;
    scores.push_back(scorer->score({.truth = truth,
                                    .weight = weight,
                                    .prediction = prediction,
                                    .classes = data.classes,
                                    .fitted = fitted,
                                    .positive = plan.positive},
                                   &why));
  }
  return scores;
}

}  // namespace

std::string_view words_of(Baseline rule) {
  switch (rule) {
    case Baseline::prior: return "always the most frequent class";
    case Baseline::mean: return "always the mean";
    case Baseline::median: return "always the median";
  }
  GRIDMILL_ASSERT(false, "unknown rule");
}

models::Prediction predict_baseline(Baseline rule, const core::Dataset& data, std::span<const Index> train,
                                    std::size_t n, models::Outputs outputs, std::vector<std::size_t>& fitted) {
  models::Prediction prediction;
  fitted.clear();
  if (rule != Baseline::prior) {
    prediction.value.assign(n, middle_of(rule, data, train));
    return prediction;
  }
  const std::vector<double> share = shares(data, train, fitted);
  const auto most = std::max_element(share.begin(), share.end()) - share.begin();
  prediction.value.assign(n, static_cast<double>(most));
  if (outputs.probability) {
    prediction.probability.set_size(share.size(), n);
    for (std::size_t code = 0; code < share.size(); ++code) prediction.probability.row(code).fill(share[code]);
  }
  if (outputs.decision) fill_decision(share, n, prediction.decision);
  return prediction;
}

BaselineScores score_baseline(const SearchPlan& plan, const Round& round, const core::Dataset& data, Baseline rule) {
  BaselineScores scores{.rule = rule, .of_folds = {}, .means = {}, .deviations = {}};
  scores.of_folds.resize(plan.scorers.size());
  std::vector<std::size_t> fitted;
  for (std::size_t k = 0; k < round.n_folds; ++k) {
    const Fold& fold = plan.folds[round.first_fold + k];
    const models::Prediction prediction =
        predict_baseline(rule, data, fold.train, fold.test.size(), outputs_of(plan), fitted);
    const std::vector<double> of_fold = scores_of(plan, data, fold.test, prediction, fitted);
    for (std::size_t metric = 0; metric < of_fold.size(); ++metric) scores.of_folds[metric].push_back(of_fold[metric]);
  }
  for (const std::vector<double>& of_metric : scores.of_folds) {
    scores.means.push_back(core::numpy_average(of_metric));
    scores.deviations.push_back(core::numpy_std(of_metric, scores.means.back()));
  }
  return scores;
}

BaselineScores hardest_baseline(const SearchPlan& plan, const Round& round, const core::Dataset& data,
                                std::size_t chosen_by) {
  if (data.task == core::Task::classification) return score_baseline(plan, round, data, Baseline::prior);
  BaselineScores mean = score_baseline(plan, round, data, Baseline::mean);
  BaselineScores median = score_baseline(plan, round, data, Baseline::median);
  const bool median_is_harder = median.means[chosen_by] > mean.means[chosen_by] || std::isnan(mean.means[chosen_by]);
  return median_is_harder ? std::move(median) : std::move(mean);
}

std::vector<double> baseline_on(const SearchPlan& plan, const core::Dataset& data, const core::Dataset& held_out,
                                Baseline rule) {
  std::vector<std::size_t> fitted;
  const models::Prediction prediction =
      predict_baseline(rule, data, all_rows(data), held_out.n_samples(), outputs_of(plan), fitted);
  return scores_of(plan, held_out, all_rows(held_out), prediction, fitted);
}

}  // namespace gridmill::search
