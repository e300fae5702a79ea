#include "features/aggregations/trends.hpp"

#include <algorithm>
#include <limits>

namespace gridmill::features::aggregations {
namespace {

constexpr double kSecondsPerDay = 86'400;

/// Returns the unit [s] that Featuretools counts times in: the longest of which the first time is a whole number.
/// Follows its arithmetic: the time goes through a double, then is cut to whole seconds.
std::int64_t unit_of(std::int64_t first_time) {
  const auto seconds = static_cast<std::int64_t>(static_cast<double>(first_time) * 1e-9);
  for (const std::int64_t unit : {86'400, 3'600, 60}) {
    if (seconds % unit == 0) return unit;
  }
  return 1;
}

}  // namespace

TrendOf::State TrendOf::summarize(std::size_t group) const {
  State state;
  for_known_pairs(input, group, [&](double x, std::int64_t time) {
    if (state.n++ == 0) state.origin = time;
    state.mean_x += x;
  });
  if (state.n == 0) return {};
  state.mean_x /= number(state.n);
  for_known_pairs(input, group,
                  [&](double, std::int64_t time) { state.mean_time += seconds_between(state.origin, time); });
  state.mean_time /= number(state.n);
  double rest_x = 0;  // what the rounding of the means has left
  double rest_time = 0;
  for_known_pairs(input, group, [&](double x, std::int64_t time) {
    const double from_mean = seconds_between(state.origin, time) - state.mean_time;
    state.time_time += from_mean * from_mean;
    state.time_x += from_mean * (x - state.mean_x);
    rest_x += x - state.mean_x;
    rest_time += from_mean;
  });
  state.time_time -= rest_time * rest_time / number(state.n);
  state.time_x -= rest_time * rest_x / number(state.n);
  return state;
}

void TrendOf::merge(State& into, const State& later) {
  if (later.n == 0) return;
  if (into.n == 0) {
    into = later;
    return;
  }
  const State first = into;
  into.n += later.n;
  const double delta_time = later.mean_time + seconds_between(first.origin, later.origin) - first.mean_time;
  const double delta_x = later.mean_x - first.mean_x;
  const double share = number(later.n) / number(into.n);
  into.mean_time += delta_time * share;
  into.mean_x += delta_x * share;
  into.time_time += later.time_time + delta_time * delta_time * number(first.n) * share;
  into.time_x += later.time_x + delta_time * delta_x * number(first.n) * share;
}

double TrendOf::finish(const State& state, std::size_t) const {
  if (state.n < 3) return kNaN;
  if (state.time_time == 0) return semantics == Semantics::strict ? kNaN : 0.0;
  const double per_second = state.time_x / state.time_time;
  return per_second * (semantics == Semantics::strict ? kSecondsPerDay : static_cast<double>(unit_of(state.origin)));
}

TimeWeightedMean::State TimeWeightedMean::summarize(std::size_t group) const {
  State state{.half_life = half_life, .latest = std::numeric_limits<std::int64_t>::min()};
  for_known_pairs(input, group, [&](double, std::int64_t time) {
    ++state.n;
    state.latest = std::max(state.latest, time);
  });
  for_known_pairs(input, group, [&](double x, std::int64_t time) {
    const double weight = state.weight_at(time);
    state.weights += weight;
    state.weighted += weight * x;
  });
  return state;
}

void TimeWeightedMean::merge(State& into, const State& later) {
  if (later.n == 0) return;
  if (into.n == 0) {
    into = later;
    return;
  }
  const State first = into;
  into.n += later.n;
  into.latest = std::max(first.latest, later.latest);
  const double first_weight = into.weight_at(first.latest);
  const double later_weight = into.weight_at(later.latest);
  into.weights = first.weights * first_weight + later.weights * later_weight;
  into.weighted = first.weighted * first_weight + later.weighted * later_weight;
}

}  // namespace gridmill::features::aggregations
