#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/table.hpp"
#include "features/aggregations/ends.hpp"
#include "features/aggregations/reduction.hpp"
#include "features/aggregations/time_units.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features::aggregations {

/// The known times of a group. The first and the last in table order are the least and the greatest, but for times of
/// other tables. These may be missing, too: `opening` and `closing` are the times of the first and the last row.
struct TimeSpan {
  std::int64_t n_rows = 0;
  std::int64_t opening = core::kMissingTime;
  std::int64_t closing = core::kMissingTime;
  std::int64_t n = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t greatest = std::numeric_limits<std::int64_t>::min();

  void add(std::int64_t time) {
    if (time == core::kMissingTime) return;
    if (n++ == 0) first = time;
    last = time;
    least = std::min(least, time);
    greatest = std::max(greatest, time);
  }
  void merge(const TimeSpan& later) {
    if (n_rows == 0) opening = later.opening;
    if (later.n_rows > 0) closing = later.closing;
    n_rows += later.n_rows;
    if (later.n == 0) return;
    if (n == 0) first = later.first;
    n += later.n;
    last = later.last;
    least = std::min(least, later.least);
    greatest = std::max(greatest, later.greatest);
  }
};

/// Returns the spans of the groups of the first column, found once for all primitives.
inline const std::vector<TimeSpan>& time_spans(const AggregateInput& input) {
  return input.memo.get<std::vector<TimeSpan>>(*input.columns[0], [&] {
    const std::int64_t* times = input.columns[0]->times().data();
    std::vector<TimeSpan> found(input.n_groups());
    for (std::size_t group = 0; group < found.size(); ++group) {
      const Slice entries = slice(input, group);
      for (std::size_t i = entries.begin; i < entries.end; ++i) found[group].add(times[i]);
      if (entries.size() == 0) continue;
      found[group].n_rows = static_cast<std::int64_t>(entries.size());
      found[group].opening = times[entries.begin];
      found[group].closing = times[entries.end - 1];
    }
    return found;
  });
}

struct OfTimeSpan {
  using State = TimeSpan;
  explicit OfTimeSpan(const AggregateInput& all) : input(all), groups(time_spans(all)) {}
  [[nodiscard]] TimeSpan summarize(std::size_t group) const { return groups[group]; }
  static void merge(TimeSpan& into, const TimeSpan& later) { into.merge(later); }

  const AggregateInput& input;
  const std::vector<TimeSpan>& groups;
};

struct FirstLastDelta : OfTimeSpan {
  using OfTimeSpan::OfTimeSpan;
  [[nodiscard]] double finish(const TimeSpan& found, std::size_t) const {
    return found.n == 0 ? kNaN : seconds_between(found.first, found.last);
  }
};

struct MeanGap : OfTimeSpan {
  explicit MeanGap(const AggregateInput& all) : OfTimeSpan(all), unit(seconds_in(all.arguments.at("unit").text())) {}
  [[nodiscard]] double finish(const TimeSpan& found, std::size_t) const {
    return found.n < 2 ? kNaN : seconds_between(found.least, found.greatest) / static_cast<double>(found.n - 1) / unit;
  }
  double unit;
};

struct FirstTime : OfTimeSpan {
  using OfTimeSpan::OfTimeSpan;
  [[nodiscard]] std::int64_t finish(const TimeSpan& found, std::size_t) const {
    return found.n == 0 ? core::kMissingTime : found.first;
  }
};

template <GroupEnd end>
struct TimeSince : OfTimeSpan {
  explicit TimeSince(const AggregateInput& all) : OfTimeSpan(all), unit(seconds_in(all.arguments.at("unit").text())) {}
  [[nodiscard]] double finish(const TimeSpan& found, std::size_t group) const {
    const std::int64_t time = end == GroupEnd::first ? first_of(found) : last_of(found);
    return time == core::kMissingTime ? kNaN : seconds_between(time, input.cutoffs[group]) / unit;
  }
  [[nodiscard]] bool skips_missing() const { return input.semantics == Semantics::strict; }
  [[nodiscard]] std::int64_t first_of(const TimeSpan& found) const {
    return skips_missing() && found.n > 0 ? found.first : found.opening;
  }
  [[nodiscard]] std::int64_t last_of(const TimeSpan& found) const {
    return skips_missing() && found.n > 0 ? found.last : found.closing;
  }
  double unit;
};

/// Time since the last row in which the second column is `wanted`.
template <std::uint8_t wanted>
struct TimeSinceTruth {
  using State = TimeSpan;
  explicit TimeSinceTruth(const AggregateInput& all) : input(all) {}
  [[nodiscard]] TimeSpan summarize(std::size_t group) const {
    const std::int64_t* times = input.columns[0]->times().data();
    const std::uint8_t* truths = input.columns[1]->booleans().data();
    const Slice entries = slice(input, group);
    TimeSpan found;
    for (std::size_t i = entries.begin; i < entries.end; ++i) {
      if (truths[i] == wanted) found.add(times[i]);
    }
    return found;
  }
  static void merge(TimeSpan& into, const TimeSpan& later) { into.merge(later); }
  [[nodiscard]] double finish(const TimeSpan& found, std::size_t group) const {
    return found.n == 0 ? kNaN : seconds_between(found.last, input.cutoffs[group]);
  }

  const AggregateInput& input;
};

/// Time since the first row in which the second column has its extreme.
template <bool greatest, class Number>
struct TimeSinceExtreme {
  struct State {
    bool found = false;
    Number value = 0;
    std::int64_t time = 0;

    void add(Number x, std::int64_t at) {
      const bool beyond = greatest ? x > value : x < value;
      if (!found || beyond) *this = {true, x, at};
    }
  };
  explicit TimeSinceExtreme(const AggregateInput& all) : input(all) {}
  [[nodiscard]] State summarize(std::size_t group) const {
    const std::int64_t* times = input.columns[0]->times().data();
    const auto x = entries_as<Number>(*input.columns[1]);
    const Slice entries = slice(input, group);
    State state;
    for (std::size_t i = entries.begin; i < entries.end; ++i) {
      const Number value = x[i];
      if (value == value && times[i] != core::kMissingTime) state.add(value, times[i]);
    }
    return state;
  }
  static void merge(State& into, const State& later) {
    if (later.found) into.add(later.value, later.time);
  }
  [[nodiscard]] double finish(const State& state, std::size_t group) const {
    return state.found ? seconds_between(state.time, input.cutoffs[group]) : kNaN;
  }

  const AggregateInput& input;
};
template <class Number>
using TimeSinceLeast = TimeSinceExtreme<false, Number>;
template <class Number>
using TimeSinceGreatest = TimeSinceExtreme<true, Number>;

/// Entropy of the shares of the gaps between times in order.
struct EntropyOfGaps {
  explicit EntropyOfGaps(const AggregateInput& all) : input(all), groups(time_spans(all)) {}
  double operator()(std::size_t group) const;

  const AggregateInput& input;
  const std::vector<TimeSpan>& groups;
};

}  // namespace gridmill::features::aggregations
