#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "features/aggregations/group_moments.hpp"
#include "features/aggregations/reduction.hpp"
#include "features/aggregations/vocabulary.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features {
namespace {

using namespace aggregations;

/// Counts the entries of a group that `holds` is true of.
template <class Entries, class Predicate>
std::size_t count_entries(const Entries& x, Slice group, const Predicate& holds) {
  std::size_t count = 0;
  for (std::size_t i = group.begin; i < group.end; ++i) count += static_cast<std::size_t>(holds(x[i]));
  return count;
}

struct RowCount {
  using State = std::int64_t;
  explicit RowCount(const AggregateInput& all) : input(all) {}
  [[nodiscard]] std::int64_t summarize(std::size_t group) const {
    return static_cast<std::int64_t>(slice(input, group).size());
  }
  static void merge(std::int64_t& into, const std::int64_t& later) { into += later; }
  [[nodiscard]] double finish(const std::int64_t& n, std::size_t) const { return static_cast<double>(n); }

  const AggregateInput& input;
};

enum class End { least, greatest };

template <class Number>
Number end_of(const TotalsOf<Number>& found, End end) {
  if (found.n == 0) return kNaN;
  return end == End::least ? found.least : found.greatest;
}

template <End end, class Number>
struct ExtremeOf {
  using State = TotalsOf<Number>;
  explicit ExtremeOf(const AggregateInput& input) : groups(totals_as<Number>(input)) {}
  [[nodiscard]] State summarize(std::size_t group) const { return groups[group]; }
  static void merge(State& into, const State& later) { into.merge(later); }
  [[nodiscard]] Number finish(const State& found, std::size_t) const { return end_of(found, end); }

  const std::vector<State>& groups;
};
template <class Number>
using GreatestOf = ExtremeOf<End::greatest, Number>;
template <class Number>
using LeastOf = ExtremeOf<End::least, Number>;

template <class Number>
struct RangeOf {
  using State = TotalsOf<Number>;
  explicit RangeOf(const AggregateInput& input)
      : groups(totals_as<Number>(input)), skipna(input.arguments.at("skipna").boolean()) {}
  [[nodiscard]] State summarize(std::size_t group) const { return groups[group]; }
  static void merge(State& into, const State& later) { into.merge(later); }
  [[nodiscard]] Number finish(const State& found, std::size_t) const {
    return found.n == 0 || (!skipna && found.any_missing()) ? Number{kNaN} : found.greatest - found.least;
  }

  const std::vector<State>& groups;
  bool skipna;
};

template <End end, class Number>
struct ExtremeCount {
  struct State {
    TotalsOf<Number> totals;
    std::size_t count = 0;
  };
  explicit ExtremeCount(const AggregateInput& all)
      : input(all), groups(totals_as<Number>(all)), skipna(all.arguments.at("skipna").boolean()) {}
  [[nodiscard]] State summarize(std::size_t group) const {
    const Number extreme = end_of(groups[group], end);
    const auto x = entries_as<Number>(*input.columns[0]);
    return {groups[group], count_entries(x, slice(input, group), [extreme](Number v) { return v == extreme; })};
  }
  static void merge(State& into, const State& later) {
    const Number before = end_of(into.totals, end);
    into.totals.merge(later.totals);
    const Number now = end_of(into.totals, end);
    into.count = (before == now ? into.count : 0) + (end_of(later.totals, end) == now ? later.count : 0);
  }
  [[nodiscard]] double finish(const State& found, std::size_t) const {
    if (found.totals.n == 0 || (!skipna && found.totals.any_missing())) return kNaN;
    return static_cast<double>(found.count);
  }

  const AggregateInput& input;
  const std::vector<TotalsOf<Number>>& groups;
  bool skipna;
};
template <class Number>
using GreatestCount = ExtremeCount<End::greatest, Number>;
template <class Number>
using LeastCount = ExtremeCount<End::least, Number>;

/// Counts values that `Test` is true of, which the arguments decide.
template <class Test>
struct CountIf {
  struct State {
    std::size_t n_rows = 0;
    std::size_t n = 0;
    std::size_t count = 0;
  };
  explicit CountIf(const AggregateInput& all) : input(all), test(all.arguments) {}
  [[nodiscard]] State summarize(std::size_t group) const {
    const Slice entries = slice(input, group);
    const double* x = input.columns[0]->numbers().data();
    return {.n_rows = entries.size(),
            .n = count_entries(x, entries, [](double v) { return v == v; }),
            .count = count_entries(x, entries, test)};
  }
  static void merge(State& into, const State& later) {
    into.n_rows += later.n_rows;
    into.n += later.n;
    into.count += later.count;
  }
  [[nodiscard]] double finish(const State& found, std::size_t) const {
    if (test.missing_matters() && found.n < found.n_rows) return kNaN;
    return counted(found.count, found.n, found.n_rows, input.semantics);
  }

  const AggregateInput& input;
  Test test;
};

struct Threshold {
  explicit Threshold(const core::Params& arguments) : threshold(arguments.at("threshold").number()) {}
  [[nodiscard]] static bool missing_matters() { return false; }
  double threshold;
};
struct Greater : Threshold {
  using Threshold::Threshold;
  bool operator()(double value) const { return value > threshold; }
};
struct Less : Threshold {
  using Threshold::Threshold;
  bool operator()(double value) const { return value < threshold; }
};

struct Bounds {
  explicit Bounds(const core::Params& arguments)
      : lower(arguments.at("lower").number()),
        upper(arguments.at("upper").number()),
        skipna(arguments.at("skipna").boolean()) {}
  [[nodiscard]] bool missing_matters() const { return !skipna; }
  double lower;
  double upper;
  bool skipna;
};
struct Inside : Bounds {
  using Bounds::Bounds;
  bool operator()(double value) const { return (lower <= value) & (value <= upper); }
};
struct Outside : Bounds {
  using Bounds::Bounds;
  bool operator()(double value) const { return (value < lower) | (value > upper); }
};

template <Side side>
struct CountBesideMean {
  explicit CountBesideMean(const AggregateInput& all)
      : input(all), groups(totals(all)), skipna(all.arguments.at("skipna").boolean()) {}
  double operator()(std::size_t group) const {
    const double mean = groups[group].mean();
    if (std::isnan(mean) || (!skipna && groups[group].any_missing())) return kNaN;
    const double* x = input.columns[0]->numbers().data();
    return static_cast<double>(count_entries(
        x, slice(input, group), [mean](double value) { return side == Side::above ? value > mean : value < mean; }));
  }

  const AggregateInput& input;
  const std::vector<Totals>& groups;
  bool skipna;
};

enum class Distance { within, beyond };

template <Distance distance>
struct CountByDeviation {
  explicit CountByDeviation(const AggregateInput& all)
      : input(all), groups(all), n_deviations(all.arguments.at("n").number()) {}
  double operator()(std::size_t group) const {
    const Spread found = groups[group];
    const double mean = found.mean;
    const double reach = std::sqrt(found.m2 / static_cast<double>(found.n)) * n_deviations;
    const std::size_t count =
        count_entries(input.columns[0]->numbers().data(), slice(input, group), [mean, reach](double value) {
          const double deviation = std::abs(value - mean);
          return distance == Distance::within ? deviation <= reach : deviation > reach;
        });
    return counted(count, static_cast<std::size_t>(found.n), static_cast<std::size_t>(found.n_rows), input.semantics);
  }

  const AggregateInput& input;
  Spreads groups;
  double n_deviations;
};

core::OptionSpec threshold() {
  return number_argument("threshold", 10, {}, "the number to compare with, itself not counted");
}

std::vector<core::OptionSpec> range_arguments() {
  return {number_argument("lower", 0, {}, "least number of the range"),
          number_argument("upper", 1, {}, "greatest number of the range"), skipna()};
}

core::OptionSpec n_deviations() {
  return number_argument("n", 1, core::Range::at_least(0), "how many standard deviations (of the population)");
}

Primitive count() {
  return {.name = "count",
          .meaning = "Number of rows.",
          .inputs = {{kIndex}},
          .output = kIntegerNullable,
          .default_value = 0,
          .stacks_on_itself = false,
          .by_default = true,
          .counts_rows = true};
}

Primitive extreme(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kNumber}},
          .output = kUntypedNumber,
          .stacks_on_itself = false,
          .by_default = true};
}

Primitive extreme_count(std::string name, std::string meaning, ValueType output) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kNumber}},
          .output = output,
          .arguments = {skipna()}};
}

Primitive max_min_delta() {
  return {.name = "max_min_delta",
          .meaning = "Greatest value less the least.",
          .inputs = {{kNumber}},
          .output = kUntypedNumber,
          .default_value = 0,
          .arguments = {skipna()},
          .stacks_on_itself = false};
}

Primitive count_beside_mean(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kNumber}},
          .output = kIntegerNullable,
          .arguments = {skipna()},
          .stacks_on_itself = false};
}

Primitive count_where(std::string name, std::string meaning, ValueType output,
                      std::vector<core::OptionSpec> arguments) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kNumber}},
          .output = output,
          .default_value = 0,
          .arguments = std::move(arguments),
          .stacks_on_itself = false};
}

}  // namespace

std::vector<Primitive> counting_aggregations() {
  return {
      reduced_by<RowCount>(count()),
      reduced_exactly_by<GreatestOf>(extreme("max", "Greatest value.")),
      reduced_exactly_by<LeastOf>(extreme("min", "Least value.")),
      reduced_exactly_by<GreatestCount>(
          extreme_count("max_count", "Number of values equal to the greatest.", kUntypedNumber)),
      reduced_exactly_by<LeastCount>(
          extreme_count("min_count", "Number of values equal to the least.", kIntegerNullable)),
      reduced_exactly_by<RangeOf>(max_min_delta()),
      computed_by<CountBesideMean<Side::above>>(
          count_beside_mean("count_above_mean", "Number of values greater than the mean.")),
      computed_by<CountBesideMean<Side::below>>(
          count_beside_mean("count_below_mean", "Number of values less than the mean.")),
      reduced_by<CountIf<Greater>>(
          count_where("count_greater_than", "Number of values greater than a threshold.", kInteger, {threshold()})),
      reduced_by<CountIf<Less>>(
          count_where("count_less_than", "Number of values less than a threshold.", kInteger, {threshold()})),
      reduced_by<CountIf<Inside>>(count_where("count_inside_range", "Number of values in a range, bounds included.",
                                              kIntegerNullable, range_arguments())),
      reduced_by<CountIf<Outside>>(count_where("count_outside_range",
                                               "Number of values outside of a range, bounds excluded.",
                                               kIntegerNullable, range_arguments())),
      computed_by<CountByDeviation<Distance::within>>(
          count_where("count_inside_nth_std", "Number of values at most n standard deviations away from the mean.",
                      kInteger, {n_deviations()})),
      computed_by<CountByDeviation<Distance::beyond>>(
          count_where("count_outside_nth_std", "Number of values more than n standard deviations away from the mean.",
                      kInteger, {n_deviations()})),
  };
}

}  // namespace gridmill::features
