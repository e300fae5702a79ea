#include "search/baseline.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
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

/// What a rule that learnt from the rows `train` says of the samples `rows`; `fitted`: the class codes that it knows.
using Says = std::function<models::Prediction(std::span<const Index> train, std::span<const Index> rows, bool held_out,
                                              std::vector<std::size_t>& fitted)>;

BaselineScores score(const BaselinePlace& place, std::string rule, const Says& says) {
  const SearchPlan& plan = place.plan;
  BaselineScores scores{.rule = std::move(rule), .of_folds = {}, .means = {}, .deviations = {}};
  scores.of_folds.resize(plan.scorers.size());
  std::vector<std::size_t> fitted;
  for (std::size_t k = 0; k < place.round.n_folds; ++k) {
    const Fold& fold = plan.folds[place.round.first_fold + k];
    const models::Prediction prediction = says(fold.train, fold.test, false, fitted);
    const std::vector<double> of_fold = scores_of(plan, place.data, fold.test, prediction, fitted);
    for (std::size_t metric = 0; metric < of_fold.size(); ++metric) scores.of_folds[metric].push_back(of_fold[metric]);
  }
  for (const std::vector<double>& of_metric : scores.of_folds) {
    scores.means.push_back(core::numpy_average(of_metric));
    scores.deviations.push_back(core::numpy_std(of_metric, scores.means.back()));
  }
  if (place.held_out == nullptr) return scores;
  const std::vector<Index> rows = all_rows(*place.held_out);
  const models::Prediction prediction = says(all_rows(place.data), rows, true, fitted);
  scores.held_out = scores_of(plan, *place.held_out, rows, prediction, fitted);
  return scores;
}

/// Puts what was true before in place of what the prior or the mean says.
void say_earlier(double label, std::size_t column, models::Prediction& prediction) {
  prediction.value[column] = label;
  const auto code = static_cast<std::size_t>(label);
  if (!prediction.probability.empty()) {
    prediction.probability.col(column).zeros();
    prediction.probability(code, column) = 1;
  }
  if (prediction.decision.empty()) return;
  const bool has_two = prediction.decision.n_rows == 1;
  prediction.decision.col(column).zeros();
  prediction.decision(has_two ? 0 : code, column) = has_two && code == 0 ? -1 : 1;
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

BaselineScores score_baseline(const BaselinePlace& place, Baseline rule) {
  return score(place, std::string(words_of(rule)),
               [&](std::span<const Index> train, std::span<const Index> rows, bool, std::vector<std::size_t>& fitted) {
                 return predict_baseline(rule, place.data, train, rows.size(), outputs_of(place.plan), fitted);
               });
}

BaselineScores score_earlier(const BaselinePlace& place, const EarlierLabels& labels) {
  const Baseline rest = place.data.task == core::Task::classification ? Baseline::prior : Baseline::mean;
  return score(
      place, labels.rule,
      [&](std::span<const Index> train, std::span<const Index> rows, bool held_out, std::vector<std::size_t>& fitted) {
        models::Prediction prediction =
            predict_baseline(rest, place.data, train, rows.size(), outputs_of(place.plan), fitted);
        const std::vector<double>& known = held_out ? labels.of_held_out : labels.of_train;
        for (std::size_t i = 0; i < rows.size(); ++i) {
          if (std::isnan(known[rows[i]])) continue;
          say_earlier(known[rows[i]], i, prediction);
          if (rest == Baseline::prior) fitted.push_back(static_cast<std::size_t>(known[rows[i]]));
        }
        std::sort(fitted.begin(), fitted.end());
        fitted.erase(std::unique(fitted.begin(), fitted.end()), fitted.end());
        return prediction;
      });
}

std::vector<BaselineScores> all_baselines(const BaselinePlace& place, std::span<const EarlierLabels> earlier,
                                          std::size_t chosen_by) {
  const auto is_harder = [&](const BaselineScores& a, const BaselineScores& b) {
    return a.means[chosen_by] > b.means[chosen_by] ||
           (std::isnan(b.means[chosen_by]) && !std::isnan(a.means[chosen_by]));
  };
  std::vector<BaselineScores> all;
  if (place.data.task == core::Task::classification) {
    all.push_back(score_baseline(place, Baseline::prior));
  } else {
    BaselineScores mean = score_baseline(place, Baseline::mean);
    BaselineScores median = score_baseline(place, Baseline::median);
    all.push_back(is_harder(median, mean) ? std::move(median) : std::move(mean));
  }
  for (const EarlierLabels& labels : earlier) all.push_back(score_earlier(place, labels));
  std::stable_sort(all.begin(), all.end(), is_harder);
  return all;
}

}  // namespace gridmill::search
