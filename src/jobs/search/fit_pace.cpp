#include "jobs/search/fit_pace.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace gridmill::jobs {

void FitPace::add_level(double n_rows) {
  GRIDMILL_ASSERT(levels_.empty() || n_rows > levels_.back().n_rows, "levels have more and more rows");
  if (!levels_.empty() && levels_.back().rate_of.empty()) levels_.pop_back();
  levels_.push_back({.n_rows = n_rows});
}

void FitPace::add(const PacedFit& fit, double seconds) {
  Level& level = levels_.back();
  level.by_key[fit.key].push_back({fit.number, fit.cost, seconds});
  level.rate_of[fit.number] = seconds / fit.cost;
}

bool FitPace::is_known() const { return !levels_.empty() && !levels_.front().rate_of.empty(); }

double FitPace::most_rows() const {
  for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
    if (!level->rate_of.empty()) return level->n_rows;
  }
  return 0;
}

double FitPace::seconds(const PacedFit& fit) const {
  GRIDMILL_ASSERT(is_known(), "some fit of the family was timed");
  std::size_t high = levels_.size() - 1;
  if (levels_[high].rate_of.empty()) --high;  // nothing was timed there
  while (high > 0 && levels_[high - 1].n_rows >= fit.n_rows) --high;
  const double rate_high = rate(high, fit);
  if (high == 0 || fit.n_rows >= levels_[high].n_rows) return fit.cost * rate_high;
  const double share =
      std::log(fit.n_rows / levels_[high - 1].n_rows) / std::log(levels_[high].n_rows / levels_[high - 1].n_rows);
  const double rate_low = rate(high - 1, fit);
  if (!(rate_low > 0 && rate_high > 0)) return fit.cost * (rate_low + share * (rate_high - rate_low));
  return fit.cost * rate_low * std::pow(rate_high / rate_low, share);
}

double FitPace::rate(std::size_t which, const PacedFit& fit) const {
  const Level& level = levels_[which];
  const auto known = level.rate_of.find(fit.number);
  if (known != level.rate_of.end()) return known->second;
  if (which == 0) return near_rate(level, fit);
  return rate(which - 1, fit) * correction(which, fit.key);
}

/// How many times as long a unit of cost takes at a level as the one below lets expect.
double FitPace::correction(std::size_t which, const std::string& key) const {
  const Level& level = levels_[which];
  double seconds = 0;
  double expected = 0;
  const auto add_key = [&](const std::string& name, const std::vector<Timed>& fits) {
    for (const Timed& each : fits) {
      seconds += each.seconds;
      expected += each.cost * rate(which - 1, {.number = each.number, .key = name, .cost = each.cost});
    }
  };
  const auto own = level.by_key.find(key);
  if (own != level.by_key.end()) {
    add_key(own->first, own->second);
  } else {
    for (const auto& [name, fits] : level.by_key) add_key(name, fits);
  }
  return expected > 0 ? seconds / expected : 1;
}

double FitPace::near_rate(const Level& level, const PacedFit& fit) {
  const auto own = level.by_key.find(fit.key);
  double seconds = 0;
  double cost = 0;
  if (own == level.by_key.end()) {
    for (const auto& [key, fits] : level.by_key) {
      for (const Timed& each : fits) {
        seconds += each.seconds;
        cost += each.cost;
      }
    }
    return seconds / cost;
  }
  // The nearer the cost, the more the rate counts: costs of one family may be wrong by factors for some options.
  std::vector<Timed> nearest = own->second;
  const auto distance = [&](const Timed& each) { return std::abs(std::log(each.cost / fit.cost)); };
  if (nearest.size() == 1) return nearest.front().seconds / nearest.front().cost;
  std::ranges::partial_sort(nearest, nearest.begin() + 2, {}, distance);
  const double sum = distance(nearest[0]) + distance(nearest[1]);
  const double share = sum > 0 ? distance(nearest[1]) / sum : 0.5;
  return share * nearest[0].seconds / nearest[0].cost + (1 - share) * nearest[1].seconds / nearest[1].cost;
}

}  // namespace gridmill::jobs
