#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "core/table.hpp"
#include "features/aggregations/reduction.hpp"
#include "features/aggregations/time_units.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features::aggregations {

/// Calls work(x, time) for the rows of a group in which number (first column) and time (second) are both known.
template <class Work>
void for_known_pairs(const AggregateInput& input, std::size_t group, Work work) {
  const double* x = input.columns[0]->numbers().data();
  const std::int64_t* times = input.columns[1]->times().data();
  const Slice entries = slice(input, group);
  for (std::size_t i = entries.begin; i < entries.end; ++i) {
    if (x[i] == x[i] && times[i] != core::kMissingTime) work(x[i], times[i]);
  }
}

/// The line of least squares through numbers over time.
struct TrendOf {
  /// Times count from `origin` [ns], the first row's, in seconds: exact however long ago it is, if they are whole.
  struct State {
    std::int64_t n = 0;
    std::int64_t origin = 0;
    double mean_time = 0;
    double mean_x = 0;
    double time_time = 0;  // sum of squared deviations of the times
    double time_x = 0;     // ... of products of deviations
  };
  explicit TrendOf(const AggregateInput& all) : semantics(all.semantics), input(all) {}
  [[nodiscard]] State summarize(std::size_t group) const;
  static void merge(State& into, const State& later);
  [[nodiscard]] double finish(const State& state, std::size_t group) const;

  Semantics semantics;
  const AggregateInput& input;
};

/// Mean with weights that halve with time: the latest value has weight 1.
struct TimeWeightedMean {
  struct State {
    double half_life = 0;  // [ns]; carried along, so that parts can be brought to the same time
    std::int64_t n = 0;
    std::int64_t latest = 0;
    double weights = 0;
    double weighted = 0;

    [[nodiscard]] double weight_at(std::int64_t time) const {
      return std::exp2(-static_cast<double>(latest - time) / half_life);
    }
  };
  explicit TimeWeightedMean(const AggregateInput& all)
      : input(all),
        half_life(all.arguments.at("half_life").number() * seconds_in(all.arguments.at("unit").text()) * 1e9) {}
  [[nodiscard]] State summarize(std::size_t group) const;
  static void merge(State& into, const State& later);
  [[nodiscard]] double finish(const State& state, std::size_t) const { return state.weighted / state.weights; }

  const AggregateInput& input;
  double half_life;
};

}  // namespace gridmill::features::aggregations
