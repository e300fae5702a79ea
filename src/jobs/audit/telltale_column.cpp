#include "jobs/audit/telltale_column.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "jobs/audit/explained.hpp"
#include "jobs/audit/small_search.hpp"
#include "models/scorer.hpp"
#include "search/baseline.hpp"
#include "search/values_at.hpp"

namespace gridmill::jobs {

namespace {

using core::Index;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

std::size_t n_columns(const core::Dataset& data) { return data.n_features() + data.words.size(); }

bool is_words(const core::Dataset& data, std::size_t column) { return column >= data.n_features(); }

std::string name_of_column(const core::Dataset& data, std::size_t column) {
  return is_words(data, column) ? data.words[column - data.n_features()].name : data.feature_names[column];
}

double value_at(const core::Dataset& data, std::size_t column, Index row) {
  if (is_words(data, column)) {
    const std::int32_t code = data.words[column - data.n_features()].codes[row];
    return code < 0 ? kMissing : code;
  }
  if (!data.is_sparse()) return data.x.sample(row)[column];
  const core::SparseSample sample = data.sparse.sample(row);
  const auto found = std::lower_bound(sample.feature.begin(), sample.feature.end(), static_cast<Index>(column));
  const bool is_there = found != sample.feature.end() && *found == column;
  return is_there ? sample.value[static_cast<std::size_t>(found - sample.feature.begin())] : 0;
}

std::vector<double> values_of(const core::Dataset& data, std::size_t column, std::span<const Index> rows) {
  std::vector<double> values;
  values.reserve(rows.size());
  for (const Index row : rows) values.push_back(value_at(data, column, row));
  return values;
}

/// What is learnt of a column: its ranges, or words, are groups.
class Ranges {
 public:
  Ranges(std::vector<double> values, bool are_words, std::size_t n_wanted) : are_words_(are_words) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
    std::sort(values.begin(), values.end());
    if (are_words) {
      values.erase(std::unique(values.begin(), values.end()), values.end());
      ends_ = std::move(values);
      return;
    }
    for (std::size_t i = 1; i < n_wanted && !values.empty(); ++i) ends_.push_back(values[i * values.size() / n_wanted]);
    ends_.erase(std::unique(ends_.begin(), ends_.end()), ends_.end());
  }

  [[nodiscard]] std::size_t n_groups() const { return ends_.size() + 2; }
  /// The last group is that of missing values, and of words that are not known.
  [[nodiscard]] std::size_t group_of(double value) const {
    if (std::isnan(value)) return n_groups() - 1;
    if (!are_words_)
      return static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), value) - ends_.begin());
    const auto found = std::lower_bound(ends_.begin(), ends_.end(), value);
    const bool is_known = found != ends_.end() && *found == value;
    return is_known ? static_cast<std::size_t>(found - ends_.begin()) : n_groups() - 1;
  }

 private:
  std::vector<double> ends_;
  bool are_words_;
};

/// How labels of a group become a prediction.
enum class Answer { mean, median, likeliest, balanced };

/// How many of the rows have an entry of each feature, of sparse data.
std::vector<std::size_t> entries_by_feature(const core::Dataset& data, std::span<const Index> rows) {
  std::vector<std::size_t> n_entries(data.is_sparse() ? data.n_features() : 0, 0);
  if (!data.is_sparse()) return n_entries;
  for (const Index row : rows) {
    for (const Index feature : data.sparse.sample(row).feature) ++n_entries[feature];
  }
  return n_entries;
}

/// The columns that tell most in some rows, the best first.
std::vector<std::size_t> promising_columns(const core::Dataset& data, std::span<const Index> train, std::size_t most) {
  constexpr std::size_t kRows = 512;
  constexpr std::size_t kRanges = 8;
  constexpr std::size_t kLeastEntries = 5;  // of a sparse feature: what is nearly always 0 tells next to nothing
  std::vector<Index> rows;
  const std::size_t n = std::min(kRows, train.size());
  for (std::size_t i = 0; i < n; ++i) rows.push_back(train[i * train.size() / n]);
  const LabelsOf labels = labels_of(data, rows);
  std::vector<std::pair<double, std::size_t>> told;
  const std::vector<std::size_t> n_entries = entries_by_feature(data, rows);
  for (std::size_t column = 0; column < n_columns(data); ++column) {
    if (data.is_sparse() && n_entries[column] < kLeastEntries) continue;
    const std::vector<double> values = values_of(data, column, rows);
    const Ranges ranges(values, is_words(data, column), kRanges);
    std::vector<std::int32_t> group;
    for (const double value : values) group.push_back(static_cast<std::int32_t>(ranges.group_of(value)));
    told.emplace_back(explained_by_groups(group, labels), column);
  }
  std::stable_sort(told.begin(), told.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < std::min(most, told.size()); ++i) columns.push_back(told[i].second);
  return columns;
}

/// What a model scores that knows the answer.
double perfect_score(const models::Scorer& scorer) {
  return scorer.name().starts_with("neg_") || scorer.name() == "max_error" ? 0 : 1;
}

/// What always the same prediction scores, the best of its kind.
double guess(const search::SearchPlan& plan, const search::Round& round, const core::Dataset& data,
             std::size_t metric) {
  const auto mean_of = [&](search::Baseline rule) {
    return search::score_baseline({.plan = plan, .round = round, .data = data}, rule).means[metric];
  };
  if (data.task == core::Task::classification) return mean_of(search::Baseline::prior);
  return std::fmax(mean_of(search::Baseline::mean), mean_of(search::Baseline::median));
}

class OwnModel {
 public:
  OwnModel(const search::SearchPlan& plan, const search::Round& round, const core::Dataset& data, std::size_t metric)
      : plan_(plan), round_(round), data_(data), scorer_(*plan.scorers[metric]) {}

  /// The mean over the folds of the best way to learn from a column; nothing where no way has a score.
  [[nodiscard]] std::optional<double> best_mean(std::size_t column) const {
    std::optional<double> best;
    for (const std::size_t n_ranges : is_words(data_, column) ? std::vector<std::size_t>{1} : kRanges) {
      for (const Answer answer : answers()) {
        double sum = 0;
        for (std::size_t k = 0; k < round_.n_folds; ++k) {
          sum += score(column, n_ranges, answer, plan_.folds[round_.first_fold + k]);
        }
        const double mean = sum / static_cast<double>(round_.n_folds);
        if (!std::isnan(mean) && (!best || mean > *best)) best = mean;
      }
    }
    return best;
  }

 private:
  inline static const std::vector<std::size_t> kRanges{2, 16, 128};

  [[nodiscard]] std::vector<Answer> answers() const {
    if (data_.task == core::Task::classification) return {Answer::likeliest, Answer::balanced};
    return {scorer_.name().find("absolute") == std::string_view::npos ? Answer::mean : Answer::median};
  }

  [[nodiscard]] double weight_of(Index row) const { return data_.weight.empty() ? 1 : data_.weight[row]; }

  [[nodiscard]] double score(std::size_t column, std::size_t n_ranges, Answer answer, const search::Fold& fold) const {
    const std::vector<double> train = values_of(data_, column, fold.train);
    // A range of a few rows says nothing.
    const Ranges ranges(train, is_words(data_, column), std::min(n_ranges, std::max<std::size_t>(train.size() / 5, 2)));
    std::vector<std::size_t> of_test;
    for (const Index row : fold.test) of_test.push_back(ranges.group_of(value_at(data_, column, row)));
    std::vector<std::size_t> fitted;
    const models::Prediction prediction = data_.task == core::Task::classification
                                              ? classes(ranges, train, answer, fold, of_test, fitted)
                                              : numbers(ranges, train, answer, fold, of_test);
    std::string why;
    return scorer_.score({.truth = search::values_at(data_.y, fold.test),
                          .weight = search::values_at(data_.weight, fold.test),
                          .prediction = prediction,
                          .classes = data_.classes,
                          .fitted = fitted,
                          .positive = plan_.positive},
                         &why);
  }

  [[nodiscard]] models::Prediction numbers(const Ranges& ranges, const std::vector<double>& train, Answer answer,
                                           const search::Fold& fold, const std::vector<std::size_t>& of_test) const {
    std::vector<std::vector<double>> groups(ranges.n_groups());
    std::vector<double> all;
    for (std::size_t i = 0; i < train.size(); ++i) {
      groups[ranges.group_of(train[i])].push_back(data_.y[fold.train[i]]);
      all.push_back(data_.y[fold.train[i]]);
    }
    const auto middle = [&](std::vector<double>& values) {
      if (answer == Answer::mean) {
        return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
      }
      const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
      std::nth_element(values.begin(), half, values.end());
      return *half;
    };
    const double of_all = middle(all);
    std::vector<double> of_group;
    for (std::vector<double>& each : groups) of_group.push_back(each.empty() ? of_all : middle(each));
    models::Prediction prediction;
    for (const std::size_t group : of_test) prediction.value.push_back(of_group[group]);
    return prediction;
  }

  [[nodiscard]] models::Prediction classes(const Ranges& ranges, const std::vector<double>& train, Answer answer,
                                           const search::Fold& fold, const std::vector<std::size_t>& of_test,
                                           std::vector<std::size_t>& fitted) const {
    const std::size_t n_classes = data_.classes.size();
    core::Matrix shares(n_classes, ranges.n_groups(), arma::fill::zeros);
    arma::vec prior(n_classes, arma::fill::zeros);
    for (std::size_t i = 0; i < train.size(); ++i) {
      const auto code = static_cast<std::size_t>(data_.y[fold.train[i]]);
      shares(code, ranges.group_of(train[i])) += weight_of(fold.train[i]);
      prior(code) += weight_of(fold.train[i]);
    }
    prior /= std::max(arma::accu(prior), std::numeric_limits<double>::min());
    for (std::size_t code = 0; code < n_classes; ++code) {
      if (prior(code) > 0) fitted.push_back(code);
    }
    shares.each_col() += prior;  // a row of what is usual, so that nothing is impossible
    if (answer == Answer::balanced) {
      for (const std::size_t code : fitted) shares.row(code) /= prior(code);
    }
    shares.each_row() /= arma::sum(shares, 0);
    models::Prediction prediction;
    const std::size_t n = of_test.size();
    prediction.probability.set_size(n_classes, n);
    prediction.decision.set_size(n_classes == 2 ? 1 : n_classes, n);
    for (std::size_t i = 0; i < n; ++i) {
      const arma::vec share = shares.col(of_test[i]);
      prediction.value.push_back(static_cast<double>(share.index_max()));
      prediction.probability.col(i) = share;
      if (n_classes == 2) {
        prediction.decision(0, i) = share(1) - share(0);
      } else {
        prediction.decision.col(i) = share;
      }
    }
    return prediction;
  }

  const search::SearchPlan& plan_;
  const search::Round& round_;
  const core::Dataset& data_;
  const models::Scorer& scorer_;
};

/// Whether a model that does not see these columns explains nearly as much: others tell the same, as a time series does
/// again and again. Not where that cannot be found out.
bool others_tell_the_same(const search::SearchPlan& plan, const search::Round& round, const core::Dataset& data,
                          std::size_t metric, const ModelScore& model, double baseline,
                          const std::vector<std::string>& columns) {
  constexpr double kAsMuch = 0.98;
  const SmallSearch small(plan, round, data);
  const auto with = small.score(model.candidate, metric);
  const auto without = small.score(model.candidate, metric, columns);
  return with && without && without->mean - baseline >= kAsMuch * (with->mean - baseline);
}

}  // namespace

std::optional<TelltaleColumn> find_telltale_column(const search::SearchPlan& plan, const search::Round& round,
                                                   const core::Dataset& data, std::size_t metric,
                                                   const ModelScore& model) {
  constexpr double kNearlyAll = 0.95;
  constexpr double kMuch = 0.5;          // of what there is to explain: an answer does not tell little
  constexpr double kPerfect = 0.995;     // likewise: such a column is the answer, whatever others tell
  constexpr std::size_t kTried = 2;      // columns, ...
  constexpr std::size_t kTriedMost = 5;  // ... where one of them tells nearly all
  const double baseline = guess(plan, round, data, metric);
  const double by_model = model.mean - baseline;
  const bool is_better = by_model > model.deviation;  // NaN says nothing
  if (!is_better || n_columns(data) < 2 || round.n_folds == 0) return std::nullopt;
  const double least = std::max(kNearlyAll * by_model, kMuch * (perfect_score(*plan.scorers[metric]) - baseline));
  TelltaleColumn best;
  std::vector<std::string> telling;
  const OwnModel own(plan, round, data, metric);
  std::size_t n_tried = 0;
  for (const std::size_t column : promising_columns(data, plan.folds[round.first_fold].train, kTriedMost)) {
    if (n_tried++ >= kTried && telling.empty()) break;
    const std::optional<double> mean = own.best_mean(column);
    if (!mean) continue;
    if (*mean - baseline >= least) telling.push_back(name_of_column(data, column));
    if (!best.column.empty() && *mean <= best.mean) continue;
    best = {.column = name_of_column(data, column), .mean = *mean, .share = (*mean - baseline) / by_model};
  }
  const double perfect = kPerfect * (perfect_score(*plan.scorers[metric]) - baseline);
  const bool is_answer = best.mean - baseline >= perfect;
  if (telling.empty()) return best;
  if (!is_answer && others_tell_the_same(plan, round, data, metric, model, baseline, telling)) return best;
  best.finding = Finding{
      .check = "single column",
      .what =
          fmt::format("column '{}' alone explains {:.0f} % of what the model explains of '{}' ({} {:.4g}, the model "
                      "{:.4g}, the baseline {:.4g})",
                      best.column, std::min(100.0, 100 * best.share), data.target_name, plan.scorers[metric]->name(),
                      best.mean, model.mean, baseline),
      .why = "so that it may hold the answer: what is known only when the label is, or is made of it",
      .cure = fmt::format("if it is not known when a prediction is made, leave it out: 'data: {{ignore: [{}]}}'",
                          fmt::join(telling, ", "))};
  return best;
}

}  // namespace gridmill::jobs
