#include "search/drawn_scores.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <string_view>
#include <utility>

#include "core/matrix.hpp"

namespace gridmill::search {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double weight_of(const TestedRows& rows, std::size_t entry) { return rows.weight.empty() ? 1.0 : rows.weight[entry]; }

std::vector<std::size_t> all_classes(const TestedRows& rows) {
  std::vector<std::size_t> all(rows.classes.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

// What an entry gives; greater is better.

double hit(const TestedRows& rows, const models::Prediction& prediction, std::size_t e) {
  return prediction.value[e] == rows.truth[e] ? 1 : 0;
}

double squared(const TestedRows& rows, const models::Prediction& prediction, std::size_t e) {
  return -(prediction.value[e] - rows.truth[e]) * (prediction.value[e] - rows.truth[e]);
}

double absolute(const TestedRows& rows, const models::Prediction& prediction, std::size_t e) {
  return -std::abs(prediction.value[e] - rows.truth[e]);
}

double brier(const TestedRows& rows, const models::Prediction& prediction, std::size_t e) {
  const double miss =
      (rows.truth[e] == static_cast<double>(rows.positive) ? 1 : 0) - prediction.probability(rows.positive, e);
  return -miss * miss;
}

/// As scikit-learn clips probabilities, by what their bits tell apart.
double log_probability(const TestedRows& rows, const models::Prediction& prediction, std::size_t e) {
  const double smallest =
      prediction.has_float_probability ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
  double sum = 0;
  for (std::size_t c = 0; c < rows.classes.size(); ++c) {
    sum += std::clamp(prediction.probability(c, e), smallest, 1 - smallest);
  }
  const auto truth = static_cast<std::size_t>(rows.truth[e]);
  return std::log(std::clamp(prediction.probability(truth, e), smallest, 1 - smallest) / sum);
}

/// A metric that is made of a sum over entries.
struct SumMetric {
  using Gain = double (*)(const TestedRows&, const models::Prediction&, std::size_t entry);
  enum class Kind { mean, root_of_mean, share_of_variance };
  Gain gain;
  Kind kind = Kind::mean;
};

const SumMetric* sum_metric(std::string_view name) {
  using enum SumMetric::Kind;
  static const std::map<std::string_view, SumMetric> kKnown{{"accuracy", {hit}},
                                                            {"neg_brier_score", {brier}},
                                                            {"neg_log_loss", {log_probability}},
                                                            {"neg_mean_absolute_error", {absolute}},
                                                            {"neg_mean_squared_error", {squared}},
                                                            {"neg_root_mean_squared_error", {squared, root_of_mean}},
                                                            {"r2", {squared, share_of_variance}}};
  const auto found = kKnown.find(name);
  return found == kKnown.end() ? nullptr : &found->second;
}

class SumScores final : public DrawnScores {
 public:
  SumScores(const TestedRows& rows, const SumMetric& metric) : rows_(rows), metric_(metric) {}

  [[nodiscard]] double score(std::size_t candidate, std::span<const double> times) const override {
    const models::Prediction& prediction = rows_.predictions[candidate];
    double sum = 0;
    double all = 0;
    double truths = 0;
    for (std::size_t e = 0; e < times.size(); ++e) {
      if (times[e] == 0) continue;
      const double weight = times[e] * weight_of(rows_, e);
      sum += weight * metric_.gain(rows_, prediction, e);
      all += weight;
      truths += weight * rows_.truth[e];
    }
    if (!(all > 0)) return kUnknown;
    if (metric_.kind == SumMetric::Kind::mean) return sum / all;
    if (metric_.kind == SumMetric::Kind::root_of_mean) return -std::sqrt(-sum / all);
    double spread = 0;
    for (std::size_t e = 0; e < times.size(); ++e) {
      const double off = rows_.truth[e] - truths / all;
      spread += times[e] * weight_of(rows_, e) * off * off;
    }
    return spread > 0 ? 1 + sum / spread : kUnknown;
  }

  [[nodiscard]] double rate() const override { return 1e8; }

  [[nodiscard]] std::vector<double> gains(std::size_t candidate) const override {
    std::vector<double> gains(rows_.truth.size());
    for (std::size_t e = 0; e < gains.size(); ++e) gains[e] = metric_.gain(rows_, rows_.predictions[candidate], e);
    return gains;
  }

 private:
  const TestedRows& rows_;
  const SumMetric& metric_;
};

/// A metric of classes alone sees how much of which class was taken for which: a few cells instead of many entries.
class CellScores final : public DrawnScores {
 public:
  CellScores(const TestedRows& rows, const models::Scorer& scorer)
      : rows_(rows), scorer_(scorer), fitted_(all_classes(rows)) {}

  [[nodiscard]] double score(std::size_t candidate, std::span<const double> times) const override {
    const std::size_t n = rows_.classes.size();
    const std::vector<double>& value = rows_.predictions[candidate].value;
    std::vector<double> cell(n * n, 0.0);
    for (std::size_t e = 0; e < times.size(); ++e) {
      const std::size_t place = static_cast<std::size_t>(rows_.truth[e]) * n + static_cast<std::size_t>(value[e]);
      cell[place] += times[e] * weight_of(rows_, e);
    }
    models::Prediction predicted;
    std::vector<double> truth;
    std::vector<double> weight;
    for (std::size_t place = 0; place < cell.size(); ++place) {
      if (cell[place] == 0) continue;
      truth.push_back(static_cast<double>(place / n));
      predicted.value.push_back(static_cast<double>(place % n));
      weight.push_back(cell[place]);
    }
    return scorer_.score({.truth = truth,
                          .weight = weight,
                          .prediction = predicted,
                          .classes = rows_.classes,
                          .fitted = fitted_,
                          .positive = rows_.positive},
                         nullptr);
  }

  [[nodiscard]] double rate() const override { return 2e8; }

 private:
  const TestedRows& rows_;
  const models::Scorer& scorer_;
  std::vector<std::size_t> fitted_;
};

/// How well decisions rank two classes: entries are sorted once.
class RankScores final : public DrawnScores {
 public:
  enum class Area { roc, precision_recall };

  RankScores(const TestedRows& rows, Area area)
      : rows_(rows), area_(area), positive_(area == Area::roc ? 1 : rows.positive), ranked_(rows.predictions.size()) {
    for (std::size_t c = 0; c < ranked_.size(); ++c) ranked_[c] = ranked(rows.predictions[c]);
  }

  [[nodiscard]] double score(std::size_t candidate, std::span<const double> times) const override {
    double right = 0;  // weight of the class among the entries so far
    double wrong = 0;
    double right_before = 0;  // among those above the ones of the same value
    double wrong_before = 0;
    double area = 0;
    for (const Ranked& each : ranked_[candidate]) {
      const double weight = times[each.entry] * weight_of(rows_, each.entry);
      (rows_.truth[each.entry] == static_cast<double>(positive_) ? right : wrong) += weight;
      if (!each.ends_tie) continue;
      if (area_ == Area::roc) {
        area += (wrong - wrong_before) * (right + right_before) / 2;
      } else if (right > right_before) {
        area += (right - right_before) * right / (right + wrong);
      }
      right_before = right;
      wrong_before = wrong;
    }
    if (right == 0 || (area_ == Area::roc && wrong == 0)) return kUnknown;
    return area / (area_ == Area::roc ? right * wrong : right);
  }

  [[nodiscard]] double rate() const override { return 1e8; }

 private:
  struct Ranked {
    std::uint32_t entry = 0;
    bool ends_tie = false;  // the next one has another value
  };

  /// Nothing where a value is missing.
  [[nodiscard]] std::vector<Ranked> ranked(const models::Prediction& prediction) const {
    const bool by_probability = prediction.decision.empty();
    const core::Matrix& of = by_probability ? prediction.probability : prediction.decision;
    if (of.n_cols != rows_.truth.size()) return {};
    const std::size_t row = by_probability ? positive_ : of.n_rows == 1 ? 0 : positive_;
    const double sign = !by_probability && of.n_rows == 1 && positive_ == 0 ? -1 : 1;
    std::vector<double> value(of.n_cols);
    for (std::size_t e = 0; e < value.size(); ++e) value[e] = sign * of(row, e);
    if (std::ranges::any_of(value, [](double each) { return std::isnan(each); })) return {};
    std::vector<std::uint32_t> order(value.size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) { return value[a] > value[b]; });
    std::vector<Ranked> ranked;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const bool ends_tie = i + 1 == order.size() || value[order[i]] != value[order[i + 1]];
      ranked.push_back({.entry = order[i], .ends_tie = ends_tie});
    }
    return ranked;
  }

  const TestedRows& rows_;
  Area area_;
  std::size_t positive_;
  std::vector<std::vector<Ranked>> ranked_;  // by candidate, the greatest value first
};

/// Any other metric: the entries that were drawn, as often as they were, scored as the search scores them.
class EntryScores final : public DrawnScores {
 public:
  EntryScores(const TestedRows& rows, const models::Scorer& scorer)
      : rows_(rows), scorer_(scorer), fitted_(all_classes(rows)) {}

  [[nodiscard]] double score(std::size_t candidate, std::span<const double> times) const override {
    const models::Prediction& all = rows_.predictions[candidate];
    models::Prediction some{.has_float_probability = all.has_float_probability};
    std::vector<double> truth;
    std::vector<double> weight;
    std::vector<arma::uword> entries;
    for (std::size_t e = 0; e < times.size(); ++e) entries.insert(entries.end(), static_cast<std::size_t>(times[e]), e);
    for (const arma::uword e : entries) {
      truth.push_back(rows_.truth[e]);
      some.value.push_back(all.value[e]);
      if (!rows_.weight.empty()) weight.push_back(rows_.weight[e]);
    }
    const arma::uvec columns(entries);
    if (all.decision.n_cols > 0) some.decision = all.decision.cols(columns);
    if (all.probability.n_cols > 0) some.probability = all.probability.cols(columns);
    return scorer_.score({.truth = truth,
                          .weight = weight,
                          .prediction = some,
                          .classes = rows_.classes,
                          .fitted = fitted_,
                          .positive = rows_.positive},
                         nullptr);
  }

  [[nodiscard]] double rate() const override { return 1e7; }

 private:
  const TestedRows& rows_;
  const models::Scorer& scorer_;
  std::vector<std::size_t> fitted_;
};

}  // namespace

std::unique_ptr<DrawnScores> drawn_scores(const TestedRows& rows, const models::Scorer& scorer) {
  const models::Outputs needs = scorer.needs();
  if (scorer.name() == "max_error") return nullptr;
  if (const SumMetric* metric = sum_metric(scorer.name())) return std::make_unique<SumScores>(rows, *metric);
  if (scorer.task() == core::Task::classification && !needs.decision && !needs.probability) {
    return std::make_unique<CellScores>(rows, scorer);
  }
  if (rows.classes.size() == 2 && scorer.name() == "roc_auc") {
    return std::make_unique<RankScores>(rows, RankScores::Area::roc);
  }
  if (rows.classes.size() == 2 && scorer.name() == "average_precision") {
    return std::make_unique<RankScores>(rows, RankScores::Area::precision_recall);
  }
  return std::make_unique<EntryScores>(rows, scorer);
}

}  // namespace gridmill::search
