#include "search/halving.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/numpy_argsort.hpp"
#include "core/numpy_random.hpp"

namespace gridmill::search {

namespace {

using core::Index;

/// 1 + floor(log(n, factor)) as Python computes it: log(243, 3) is 4.999..., and so is what follows from it.
double rounds_by(double n, double factor) { return 1 + std::floor(std::log(n) / std::log(factor)); }

double smallest_ration(const HalvingOptions& options, const Stock& stock) {
  if (!options.rations_rows()) return 1;
  const std::size_t classes = std::max<std::size_t>(1, stock.n_classes);
  return static_cast<double>(2 * stock.n_folds * classes);
}

std::vector<Index> first_of_shuffled(const std::vector<Index>& rows, double fraction, std::uint32_t seed) {
  std::vector<Index> shuffled = rows;
  core::NumpyRandom random(seed);
  random.shuffle(std::span(shuffled));
  shuffled.resize(static_cast<std::size_t>(fraction * static_cast<double>(rows.size())));
  return shuffled;
}

class Halving final : public Strategy {
 public:
  explicit Halving(std::vector<Rung> schedule) : schedule_(std::move(schedule)) {}

  std::optional<Proposal> next(std::span<const double> scores) override {
    if (next_ == schedule_.size()) return std::nullopt;
    const Rung& rung = schedule_[next_];
    const bool is_first = next_ == 0 || schedule_[next_ - 1].bracket != rung.bracket;
    ++next_;
    std::vector<std::size_t> kept;
    if (is_first) {
      kept.resize(rung.n_candidates);
      std::iota(kept.begin(), kept.end(), n_begun_);
      n_begun_ += rung.n_candidates;
    } else {
      for (const std::size_t place : top_k(scores, rung.n_candidates)) kept.push_back(candidates_[place]);
    }
    candidates_ = std::move(kept);
    return Proposal{.candidates = candidates_, .n_resources = rung.n_resources, .bracket = rung.bracket};
  }

 private:
  std::vector<Rung> schedule_;
  std::size_t next_ = 0;
  std::size_t n_begun_ = 0;              // candidates of the brackets so far
  std::vector<std::size_t> candidates_;  // of the last round
};

}  // namespace

Rations rations(const HalvingOptions& options, const Stock& stock) {
  const double most = static_cast<double>(options.max_resources.value_or(stock.n_samples));
  double least = options.min_resources ? static_cast<double>(*options.min_resources) : smallest_ration(options, stock);
  if (least > most) {
    throw core::UserError(fmt::format("search.halving: the first round would need {:.0f} {}, but there are only {:.0f}",
                                      least, options.rations_rows() ? "rows" : options.resource, most),
                          options.rations_rows() ? "two rows a fold and class are the least: use fewer folds, or no "
                                                   "halving; or set min_resources"
                                                 : "set min_resources or max_resources");
  }
  if (options.rations_rows() && most > static_cast<double>(stock.n_samples)) {
    throw core::UserError(
        fmt::format("search.halving.max_resources: {:.0f} rows are more than the {} there are", most, stock.n_samples));
  }
  if (!options.min_resources && options.first == FirstRation::exhaust) {
    const double last = rounds_by(static_cast<double>(stock.n_candidates), options.factor) - 1;
    least = std::max(least, std::floor(most / std::pow(options.factor, last)));
  }
  return {.least = least, .most = most};
}

std::vector<Rung> halving_schedule(const HalvingOptions& options, const Stock& stock) {
  const Rations given = rations(options, stock);
  const double n_required = rounds_by(static_cast<double>(stock.n_candidates), options.factor);
  const double n_possible = rounds_by(std::floor(given.most / given.least), options.factor);
  const double n_rounds = options.aggressive_elimination ? n_required : std::min(n_required, n_possible);
  std::vector<Rung> schedule;
  std::size_t n_candidates = stock.n_candidates;
  for (double round = 0; round < n_rounds; ++round) {
    const double power = options.aggressive_elimination ? std::max(0.0, round - n_required + n_possible) : round;
    const double n_resources = std::min(std::trunc(std::pow(options.factor, power) * given.least), given.most);
    schedule.push_back({.n_candidates = n_candidates, .n_resources = static_cast<std::size_t>(n_resources)});
    n_candidates = static_cast<std::size_t>(std::ceil(static_cast<double>(n_candidates) / options.factor));
  }
  return schedule;
}

std::vector<Rung> hyperband_schedule(const HalvingOptions& options) {
  const auto most = static_cast<double>(options.max_resources.value());
  const auto least = static_cast<double>(options.min_resources.value_or(1));
  if (least > most) {
    throw core::UserError(
        fmt::format("search.hyperband: min_resources, {:.0f}, is more than max_resources, {:.0f}", least, most));
  }
  std::size_t s_max = 0;
  for (double power = options.factor; least * power <= most; power *= options.factor) ++s_max;
  std::vector<Rung> schedule;
  for (std::size_t s = s_max + 1; s-- > 0;) {
    const double n =
        std::ceil(static_cast<double>(s_max + 1) * std::pow(options.factor, s) / static_cast<double>(s + 1));
    for (std::size_t i = 0; i <= s; ++i) {
      schedule.push_back({.n_candidates = static_cast<std::size_t>(std::floor(n / std::pow(options.factor, i))),
                          .n_resources = static_cast<std::size_t>(std::floor(most / std::pow(options.factor, s - i))),
                          .bracket = s_max - s});
    }
  }
  return schedule;
}

std::size_t n_candidates_of(const std::vector<Rung>& schedule) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    if (i == 0 || schedule[i - 1].bracket != schedule[i].bracket) n += schedule[i].n_candidates;
  }
  return n;
}

std::vector<std::size_t> top_k(std::span<const double> scores, std::size_t k) {
  std::vector<std::size_t> order = core::numpy_argsort(scores);
  const auto n_missing = std::count_if(scores.begin(), scores.end(), [](double score) { return std::isnan(score); });
  std::rotate(order.begin(), order.end() - n_missing, order.end());  // what has no score counts as worst
  return {order.end() - static_cast<std::ptrdiff_t>(std::min(k, order.size())), order.end()};
}

Fold subsample(const Fold& fold, double fraction, std::uint32_t seed) {
  return {.train = first_of_shuffled(fold.train, fraction, seed), .test = first_of_shuffled(fold.test, fraction, seed)};
}

std::unique_ptr<Strategy> halving(std::vector<Rung> schedule) { return std::make_unique<Halving>(std::move(schedule)); }

}  // namespace gridmill::search
