#include "search/honest_score.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

#include "core/matrix.hpp"
#include "core/numpy_random.hpp"

namespace gridmill::search {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kSureOfMost = 1.959963984540054;  // deviations to each side that hold 95 % of a normal distribution
constexpr std::size_t kMostDraws = 1000;
constexpr std::size_t kFewestDraws = 200;
constexpr double kProducts = 1e10;      // of rows, candidates and draws that may be multiplied: some seconds
constexpr double kScoredEntries = 3e8;  // that may be scored one by one: half a minute
constexpr std::size_t kFewestScored = 50;
constexpr std::size_t kBlock = 256;  // candidates at a time

using RowScore = double (*)(const models::Prediction&, std::size_t entry, double truth);

double hit(const models::Prediction& prediction, std::size_t entry, double truth) {
  return prediction.value[entry] == truth ? 1 : 0;
}

double squared(const models::Prediction& prediction, std::size_t entry, double truth) {
  return -(prediction.value[entry] - truth) * (prediction.value[entry] - truth);
}

double absolute(const models::Prediction& prediction, std::size_t entry, double truth) {
  return -std::abs(prediction.value[entry] - truth);
}

/// A metric that is a mean over rows, or a rising function of one.
struct RowMetric {
  RowScore of_row;
  bool is_root = false;  // of what the rows give
};

std::optional<RowMetric> row_metric(std::string_view name) {
  static const std::map<std::string_view, RowMetric> kKnown{{"accuracy", {hit}},
                                                            {"neg_mean_squared_error", {squared}},
                                                            {"neg_root_mean_squared_error", {squared, true}},
                                                            {"neg_mean_absolute_error", {absolute}}};
  const auto found = kKnown.find(name);
  return found == kKnown.end() ? std::nullopt : std::optional(found->second);
}

/// Which entries rows drawn with replacement bring in, and how often.
class Draws {
 public:
  Draws(std::span<const std::int64_t> row, std::uint32_t seed) : random_(seed) {
    std::map<std::int64_t, std::size_t> number;
    for (const std::int64_t each : row) place_.push_back(number.emplace(each, number.size()).first->second);
    times_.resize(number.size());
  }

  /// Draws as many rows as there are.
  void next() {
    std::ranges::fill(times_, 0.0);
    for (std::size_t i = 0; i < times_.size(); ++i) times_[random_.interval(times_.size() - 1)] += 1;
  }

  [[nodiscard]] double times(std::size_t entry) const { return times_[place_[entry]]; }

 private:
  core::NumpyRandom random_;
  std::vector<std::size_t> place_;  // of an entry's row
  std::vector<double> times_;       // by row
};

double weight_of(const TestedRows& rows, std::size_t entry) { return rows.weight.empty() ? 1.0 : rows.weight[entry]; }

std::vector<std::size_t> whole_candidates(const TestedRows& rows) {
  std::vector<std::size_t> whole;
  for (std::size_t c = 0; c < rows.predictions.size(); ++c) {
    const std::vector<double>& value = rows.predictions[c].value;
    const bool is_whole = value.size() == rows.truth.size() &&
                          std::ranges::none_of(value, [](double each) { return std::isnan(each); });
    if (is_whole) whole.push_back(c);
  }
  return whole;
}

/// Makes the result of what the draws gave: scores of rows that were not drawn, and of the best candidate on drawn ones.
HonestResult summed_up(const std::vector<double>& judged, const std::vector<double>& of_best) {
  const auto mean = [](const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  };
  if (judged.empty() || of_best.size() < 2) return {.why_not = "no draw of rows could be scored"};
  const double score = mean(judged);
  const double middle = mean(of_best);
  double squares = 0;
  for (const double each : of_best) squares += (each - middle) * (each - middle);
  const double half = kSureOfMost * std::sqrt(squares / static_cast<double>(of_best.size() - 1));
  return {.honest = {.score = score, .low = score - half, .high = score + half, .n_bootstraps = judged.size()}};
}

/// Means over rows: all draws and candidates by one product of matrices, some candidates at a time.
class RowMeans {
 public:
  RowMeans(const TestedRows& rows, const RowMetric& metric, std::span<const std::size_t> candidates)
      : rows_(rows), metric_(metric), candidates_(candidates) {}

  HonestResult run(std::size_t n_draws, std::uint32_t seed) {
    draw(n_draws, seed);
    std::vector<double> best(n_draws, -std::numeric_limits<double>::infinity());
    std::vector<std::size_t> choice(n_draws, 0);
    std::pair<double, std::size_t> best_of_all{-std::numeric_limits<double>::infinity(), 0};
    for (std::size_t first = 0; first < candidates_.size(); first += kBlock) {
      const std::size_t n = std::min(kBlock, candidates_.size() - first);
      const core::Matrix scores = scores_of(first, n);
      const core::Matrix sums = scores.t() * weights_;
      for (std::size_t draw = 0; draw < n_draws; ++draw) {
        for (std::size_t c = 0; c < n; ++c) {
          if (sums(c, draw) <= best[draw]) continue;
          best[draw] = sums(c, draw);
          choice[draw] = first + c;
        }
      }
      for (std::size_t c = 0; c < n; ++c) {
        double sum = 0;
        for (std::size_t e = 0; e < scores.n_rows; ++e) sum += weight_of(rows_, e) * scores(e, c);
        if (sum > best_of_all.first) best_of_all = {sum, first + c};
      }
    }
    std::vector<double> judged;
    std::vector<double> of_best;
    const core::Matrix winner = scores_of(best_of_all.second, 1);
    for (std::size_t draw = 0; draw < n_draws; ++draw) {
      const core::Matrix chosen = scores_of(choice[draw], 1);
      if (const auto left = mean(chosen, draw, /*drawn=*/false)) judged.push_back(*left);
      if (const auto drawn = mean(winner, draw, /*drawn=*/true)) of_best.push_back(*drawn);
    }
    return summed_up(judged, of_best);
  }

 private:
  void draw(std::size_t n_draws, std::uint32_t seed) {
    const std::size_t m = rows_.truth.size();
    weights_.set_size(m, n_draws);
    Draws draws(rows_.row, seed);
    for (std::size_t draw = 0; draw < n_draws; ++draw) {
      draws.next();
      for (std::size_t e = 0; e < m; ++e) weights_(e, draw) = draws.times(e) * weight_of(rows_, e);
    }
  }

  [[nodiscard]] core::Matrix scores_of(std::size_t first, std::size_t n) const {
    core::Matrix scores(rows_.truth.size(), n);
    for (std::size_t c = 0; c < n; ++c) {
      const models::Prediction& prediction = rows_.predictions[candidates_[first + c]];
      for (std::size_t e = 0; e < scores.n_rows; ++e) scores(e, c) = metric_.of_row(prediction, e, rows_.truth[e]);
    }
    return scores;
  }

  /// Nothing where no row is left, or none weighs anything.
  [[nodiscard]] std::optional<double> mean(const core::Matrix& scores, std::size_t draw, bool drawn) const {
    double sum = 0;
    double all = 0;
    for (std::size_t e = 0; e < scores.n_rows; ++e) {
      const double weight = drawn ? weights_(e, draw) : weights_(e, draw) == 0 ? weight_of(rows_, e) : 0;
      sum += weight * scores(e, 0);
      all += weight;
    }
    if (!(all > 0)) return std::nullopt;
    return metric_.is_root ? -std::sqrt(-sum / all) : sum / all;
  }

  const TestedRows& rows_;
  RowMetric metric_;
  std::span<const std::size_t> candidates_;
  core::Matrix weights_;  // entries x draws
};

/// Any other metric: some entries of the predictions, scored as the search scores them.
class EntryScores {
 public:
  EntryScores(const TestedRows& rows, const models::Scorer& scorer) : rows_(rows), scorer_(scorer) {
    fitted_.resize(rows.classes.size());
    std::iota(fitted_.begin(), fitted_.end(), std::size_t{0});
  }

  /// `entries` may hold one several times. NaN where the metric has no value.
  [[nodiscard]] double score(std::size_t candidate, const std::vector<std::size_t>& entries) const {
    const models::Prediction& all = rows_.predictions[candidate];
    models::Prediction some{.has_float_probability = all.has_float_probability};
    std::vector<double> truth;
    std::vector<double> weight;
    for (const std::size_t e : entries) {
      truth.push_back(rows_.truth[e]);
      some.value.push_back(all.value[e]);
      if (!rows_.weight.empty()) weight.push_back(rows_.weight[e]);
    }
    const arma::uvec columns = arma::conv_to<arma::uvec>::from(entries);
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

  HonestResult run(std::span<const std::size_t> candidates, std::size_t n_draws, std::uint32_t seed) const {
    std::vector<std::size_t> all(rows_.truth.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    const std::size_t winner = best(candidates, all).second;
    Draws draws(rows_.row, seed);
    std::vector<double> judged;
    std::vector<double> of_best;
    for (std::size_t draw = 0; draw < n_draws; ++draw) {
      draws.next();
      std::vector<std::size_t> drawn;
      std::vector<std::size_t> left;
      for (const std::size_t e : all) {
        if (draws.times(e) == 0) left.push_back(e);
        for (double k = 0; k < draws.times(e); ++k) drawn.push_back(e);
      }
      const auto [score, choice] = best(candidates, drawn);
      if (std::isnan(score) || left.empty()) continue;
      if (const double value = this->score(choice, left); !std::isnan(value)) judged.push_back(value);
      if (const double value = this->score(winner, drawn); !std::isnan(value)) of_best.push_back(value);
    }
    return summed_up(judged, of_best);
  }

 private:
  [[nodiscard]] std::pair<double, std::size_t> best(std::span<const std::size_t> candidates,
                                                    const std::vector<std::size_t>& entries) const {
    std::pair<double, std::size_t> found{kUnknown, candidates.front()};
    for (const std::size_t c : candidates) {
      const double value = score(c, entries);
      if (!std::isnan(value) && !(value <= found.first)) found = {value, c};
    }
    return found;
  }

  const TestedRows& rows_;
  const models::Scorer& scorer_;
  std::vector<std::size_t> fitted_;
};

}  // namespace

HonestResult honest_score(const TestedRows& rows, const models::Scorer& scorer, std::uint32_t seed) {
  const std::vector<std::size_t> candidates = whole_candidates(rows);
  if (candidates.empty() || rows.truth.size() < 2) return {.why_not = "no candidate has a prediction for every row"};
  const double size = static_cast<double>(candidates.size()) * static_cast<double>(rows.truth.size());
  if (const auto metric = row_metric(scorer.name())) {
    const auto n = std::clamp(static_cast<std::size_t>(kProducts / size), kFewestDraws, kMostDraws);
    return RowMeans(rows, *metric, candidates).run(n, seed);
  }
  const auto n = std::min(static_cast<std::size_t>(kScoredEntries / size), kFewestDraws);
  if (n < kFewestScored) return {.why_not = "it would take longer than half a minute for this metric"};
  return EntryScores(rows, scorer).run(candidates, n, seed);
}

}  // namespace gridmill::search
