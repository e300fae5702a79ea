#include "search/honest_score.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/matrix.hpp"
#include "core/numpy_random.hpp"
#include "search/drawn_scores.hpp"

namespace gridmill::search {

namespace {

constexpr double kSureOfMost = 1.959963984540054;  // deviations to each side that hold 95 % of a normal distribution
constexpr std::size_t kFewestDraws = 50;
constexpr double kProductRate = 5e9;               // products of a matrix product in a second, about
constexpr std::size_t kEntriesAtOnce = 1U << 19U;  // of draws, and of their sums: 4 MiB each

/// Which entries units drawn with replacement bring in, and how often.
class Draws {
 public:
  Draws(std::span<const std::int64_t> unit, std::uint32_t seed) : random_(seed) {
    std::vector<std::int64_t> known(unit.begin(), unit.end());
    std::ranges::sort(known);
    known.erase(std::unique(known.begin(), known.end()), known.end());
    for (const std::int64_t each : unit) {
      place_.push_back(static_cast<std::size_t>(std::ranges::lower_bound(known, each) - known.begin()));
    }
    times_.resize(known.size());
  }

  /// Draws as many units as there are.
  void next(std::span<double> times_of_entry) {
    std::ranges::fill(times_, 0.0);
    for (std::size_t i = 0; i < times_.size(); ++i) times_[random_.interval(times_.size() - 1)] += 1;
    for (std::size_t e = 0; e < place_.size(); ++e) times_of_entry[e] = times_[place_[e]];
  }

 private:
  core::NumpyRandom random_;
  std::vector<std::size_t> place_;  // of an entry's unit
  std::vector<double> times_;       // by unit
};

std::vector<std::size_t> whole_candidates(const TestedRows& rows) {
  std::vector<std::size_t> whole;
  for (std::size_t c = 0; c < rows.predictions.size(); ++c) {
    const std::vector<double>& value = rows.predictions[c].value;
    const bool is_whole =
        value.size() == rows.truth.size() && std::ranges::none_of(value, [](double each) { return std::isnan(each); });
    if (is_whole) whole.push_back(c);
  }
  return whole;
}

/// What the draws gave in one metric.
struct Judgement {
  std::unique_ptr<DrawnScores> scores;
  std::size_t n_draws = 0;      // the first so many are judged by it
  std::vector<double> judged;   // by draw, of the chosen candidate on the rows that were not drawn
  std::vector<double> of_best;  // by draw, of the best candidate of all on those that were
  double best = 0;              // of that candidate on all rows
};

std::optional<HonestScore> summed_up(const Judgement& metric) {
  const auto mean = [](const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  };
  if (metric.judged.empty() || metric.of_best.size() < 2) return std::nullopt;
  const double score = mean(metric.judged);
  const double middle = mean(metric.of_best);
  double squares = 0;
  for (const double each : metric.of_best) squares += (each - middle) * (each - middle);
  const double half = kSureOfMost * std::sqrt(squares / static_cast<double>(metric.of_best.size() - 1));
  return HonestScore{.best = metric.best,
                     .score = score,
                     .low = score - half,
                     .high = score + half,
                     .n_bootstraps = metric.judged.size()};
}

/// Finds the candidate that is best on drawn rows, by the metric that chooses. NaN is never best.
class Chooser {
 public:
  Chooser(const TestedRows& rows, const DrawnScores& scores, std::span<const std::size_t> candidates)
      : scores_(scores), candidates_(candidates) {
    by_sums_ = !scores.gains(candidates.front()).empty();
    if (!by_sums_) return;
    gains_.set_size(rows.truth.size(), candidates.size());
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      const std::vector<double> of_candidate = scores.gains(candidates[c]);
      for (std::size_t e = 0; e < of_candidate.size(); ++e) {
        gains_(e, c) = of_candidate[e] * (rows.weight.empty() ? 1 : rows.weight[e]);
      }
    }
  }

  [[nodiscard]] double rate() const { return by_sums_ ? kProductRate : scores_.rate(); }

  /// Returns the best one for each draw; nothing where none has a score. `times`: entries x draws.
  [[nodiscard]] std::vector<std::optional<std::size_t>> choose(const core::Matrix& times) const {
    std::vector<double> best(times.n_cols, -std::numeric_limits<double>::infinity());
    std::vector<std::optional<std::size_t>> choice(times.n_cols);
    const auto offer = [&](std::size_t draw, std::size_t candidate, double score) {
      if (!(score > best[draw])) return;
      best[draw] = score;
      choice[draw] = candidate;
    };
    if (!by_sums_) {
      for (std::size_t draw = 0; draw < times.n_cols; ++draw) {
        for (const std::size_t c : candidates_) offer(draw, c, scores_.score(c, {times.colptr(draw), times.n_rows}));
      }
      return choice;
    }
    const core::Matrix sums = gains_.t() * times;
    for (std::size_t draw = 0; draw < times.n_cols; ++draw) {
      for (std::size_t c = 0; c < candidates_.size(); ++c) offer(draw, candidates_[c], sums(c, draw));
    }
    return choice;
  }

 private:
  const DrawnScores& scores_;
  std::span<const std::size_t> candidates_;
  bool by_sums_ = false;
  core::Matrix gains_;  // entries x candidates, with the weights of entries; empty unless by sums
};

void judge(std::size_t chosen, std::size_t best, std::size_t draw, std::span<const double> drawn,
           std::span<const double> left, std::vector<Judgement>& metrics) {
  const bool any_left = std::ranges::any_of(left, [](double times) { return times > 0; });
  for (Judgement& metric : metrics) {
    if (draw >= metric.n_draws) continue;
    const double judged = any_left ? metric.scores->score(chosen, left) : std::numeric_limits<double>::quiet_NaN();
    const double of_best = metric.scores->score(best, drawn);
    if (!std::isnan(judged)) metric.judged.push_back(judged);
    if (!std::isnan(of_best)) metric.of_best.push_back(of_best);
  }
}

}  // namespace

HonestResult honest_scores(const TestedRows& rows, std::span<const models::Scorer* const> scorers,
                           std::size_t chosen_by, const HonestOptions& options) {
  const std::vector<std::size_t> candidates = whole_candidates(rows);
  const std::size_t m = rows.truth.size();
  if (candidates.empty() || m < 2) return {.why_not = "no candidate has a prediction for every row"};
  std::vector<Judgement> metrics;
  for (const models::Scorer* scorer : scorers) metrics.push_back({.scores = drawn_scores(rows, *scorer)});
  if (!metrics[chosen_by].scores) return {.why_not = "draws of rows tell nothing of an extreme"};
  const Chooser chooser(rows, *metrics[chosen_by].scores, candidates);
  const auto draws_within_patience = [&](double entries_a_draw, double rate) {
    return static_cast<std::size_t>(
        std::min(options.patience_s * rate / entries_a_draw, static_cast<double>(options.most_draws)));
  };
  const auto n_entries = static_cast<double>(m);
  const std::size_t n_draws = draws_within_patience(static_cast<double>(candidates.size()) * n_entries, chooser.rate());
  if (n_draws < kFewestDraws) {
    return {.why_not = fmt::format("it would take longer than {:.0f} seconds for this metric", options.patience_s)};
  }
  for (Judgement& metric : metrics) {
    if (!metric.scores) continue;
    const std::size_t most = draws_within_patience(2 * n_entries, metric.scores->rate());
    if (most >= kFewestDraws) metric.n_draws = std::min(n_draws, most);
  }

  const std::optional<std::size_t> best = chooser.choose(core::Matrix(m, 1, arma::fill::ones)).front();
  if (!best) return {.why_not = "no candidate has a score on all rows"};
  const std::vector<double> once(m, 1.0);
  for (Judgement& metric : metrics) {
    if (metric.n_draws > 0) metric.best = metric.scores->score(*best, once);
  }
  Draws draws(rows.unit, options.seed);
  const std::size_t n_at_once = std::clamp<std::size_t>(kEntriesAtOnce / std::max(m, candidates.size()), 1, n_draws);
  std::vector<double> left(m);
  for (std::size_t first = 0; first < n_draws; first += n_at_once) {
    core::Matrix times(m, std::min(n_at_once, n_draws - first));
    for (std::size_t draw = 0; draw < times.n_cols; ++draw) draws.next({times.colptr(draw), m});
    const std::vector<std::optional<std::size_t>> chosen = chooser.choose(times);
    for (std::size_t draw = 0; draw < times.n_cols; ++draw) {
      if (!chosen[draw]) continue;
      const std::span<const double> drawn(times.colptr(draw), m);
      for (std::size_t e = 0; e < m; ++e) left[e] = drawn[e] == 0 ? 1 : 0;
      judge(*chosen[draw], *best, first + draw, drawn, left, metrics);
    }
  }
  HonestResult result;
  for (const Judgement& metric : metrics) result.by_metric.push_back(summed_up(metric));
  if (!result.by_metric[chosen_by]) result.why_not = "no draw of rows could be scored";
  return result;
}

std::size_t honest_bytes(std::size_t n_rows) {
  constexpr std::size_t kMostDraws = 1000;
  const std::size_t at_once = std::max(n_rows, std::min(kEntriesAtOnce, n_rows * kMostDraws));
  return 2 * at_once * sizeof(double);  // draws, and sums of candidates
}

}  // namespace gridmill::search
