#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "core/table.hpp"
#include "features/aggregations/calendar.hpp"
#include "features/aggregations/reduction.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features::aggregations {

struct Day {
  static std::int64_t of(std::int64_t time) { return day_of(time); }
};
struct Week {
  static std::int64_t of(std::int64_t time) { return week_of(time); }
};
struct Month {
  static std::int64_t of(std::int64_t time) {
    const Date date = date_of(time);
    return date.year * 12 + date.month;
  }
};

/// Counts distinct periods of time. Small groups are compared entry by entry, large ones sorted.
template <class Period>
class DistinctPeriods {
 public:
  explicit DistinctPeriods(const AggregateInput& input) : input_(input) {}

  double operator()(std::size_t group) const {
    const Slice entries = slice(input_, group);
    if (entries.size() > kSmall) return finish(count_many(entries), entries);
    std::array<std::int64_t, kSmall> seen;
    const std::size_t n = collect(entries, seen.data());
    std::size_t distinct = 0;
    for (std::size_t i = 0; i < n; ++i) {
      bool known = false;
      for (std::size_t j = 0; j < i; ++j) known |= seen[j] == seen[i];
      distinct += static_cast<std::size_t>(!known);
    }
    return finish({.n_known = n, .n_distinct = distinct}, entries);
  }

 private:
  static constexpr std::size_t kSmall = 16;
  struct Found {
    std::size_t n_known = 0;
    std::size_t n_distinct = 0;
  };

  std::size_t collect(Slice entries, std::int64_t* periods) const {
    const std::int64_t* times = input_.columns[0]->times().data();
    std::size_t n = 0;
    for (std::size_t i = entries.begin; i < entries.end; ++i) {
      if (times[i] != core::kMissingTime) periods[n++] = Period::of(times[i]);
    }
    return n;
  }
  Found count_many(Slice entries) const {
    large_.resize(std::max(large_.size(), entries.size()));
    const std::size_t n_known = collect(entries, large_.data());
    const auto end = large_.begin() + static_cast<std::ptrdiff_t>(n_known);
    std::sort(large_.begin(), end);
    const auto distinct_end = std::unique(large_.begin(), end);
    return {.n_known = n_known, .n_distinct = static_cast<std::size_t>(distinct_end - large_.begin())};
  }
  [[nodiscard]] double finish(Found found, Slice entries) const {
    return counted(found.n_distinct, found.n_known, entries.size(), input_.semantics);
  }

  const AggregateInput& input_;
  mutable std::vector<std::int64_t> large_;  // periods of a large group, kept for the next
};

/// The same in parts: the periods of each, sorted.
template <class Period>
struct UnitedPeriods {
  struct State {
    std::size_t n_rows = 0;
    std::size_t n_known = 0;
    std::vector<std::int64_t> periods;

    void append_to(std::vector<std::byte>& bytes) const {
      core::append_value(n_rows, bytes);
      core::append_value(n_known, bytes);
      core::append_list(periods, bytes);
    }
    static State take(std::span<const std::byte>& bytes) {
      State state;
      state.n_rows = core::take_value<std::size_t>(bytes);
      state.n_known = core::take_value<std::size_t>(bytes);
      state.periods = core::take_list<std::int64_t>(bytes);
      return state;
    }
  };
  explicit UnitedPeriods(const AggregateInput& all) : input(all) {}
  [[nodiscard]] State summarize(std::size_t group) const {
    const Slice entries = slice(input, group);
    State state{.n_rows = entries.size(), .n_known = 0, .periods = {}};
    for (std::size_t i = entries.begin; i < entries.end; ++i) {
      const std::int64_t time = input.columns[0]->times()[i];
      if (time != core::kMissingTime) state.periods.push_back(Period::of(time));
    }
    state.n_known = state.periods.size();
    std::sort(state.periods.begin(), state.periods.end());
    state.periods.erase(std::unique(state.periods.begin(), state.periods.end()), state.periods.end());
    return state;
  }
  static void merge(State& into, const State& later) {
    into.n_rows += later.n_rows;
    into.n_known += later.n_known;
    std::vector<std::int64_t> both;
    std::ranges::set_union(into.periods, later.periods, std::back_inserter(both));
    into.periods = std::move(both);
  }
  [[nodiscard]] double finish(const State& state, std::size_t) const {
    return counted(state.periods.size(), state.n_known, state.n_rows, input.semantics);
  }

  const AggregateInput& input;
};

struct DayOfMonth {
  static unsigned of(std::int64_t time) { return date_of(time).day; }
};
struct DayOfYear {
  static unsigned of(std::int64_t time) {
    const Date date = date_of(time);
    return date.month * 32 + date.day;
  }
};

/// Counts distinct periods that come again: a bit for each.
template <class Period>
struct DistinctRecurring {
  struct State {
    std::size_t n_rows = 0;
    std::size_t n_known = 0;
    std::array<std::uint64_t, 7> bits{};  // for numbers below 448
  };
  explicit DistinctRecurring(const AggregateInput& all) : input(all) {}
  [[nodiscard]] State summarize(std::size_t group) const {
    const std::int64_t* times = input.columns[0]->times().data();
    const Slice entries = slice(input, group);
    State state{.n_rows = entries.size()};
    for (std::size_t i = entries.begin; i < entries.end; ++i) {
      if (times[i] == core::kMissingTime) continue;
      ++state.n_known;
      const unsigned period = Period::of(times[i]);
      state.bits[period / 64] |= std::uint64_t{1} << (period % 64);
    }
    return state;
  }
  static void merge(State& into, const State& later) {
    into.n_rows += later.n_rows;
    into.n_known += later.n_known;
    for (std::size_t word = 0; word < into.bits.size(); ++word) into.bits[word] |= later.bits[word];
  }
  [[nodiscard]] double finish(const State& state, std::size_t) const {
    std::size_t distinct = 0;
    for (const std::uint64_t word : state.bits) distinct += static_cast<std::size_t>(std::popcount(word));
    return counted(distinct, state.n_known, state.n_rows, input.semantics);
  }

  const AggregateInput& input;
};

}  // namespace gridmill::features::aggregations
