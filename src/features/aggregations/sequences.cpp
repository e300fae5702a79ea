#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "features/aggregations/ends.hpp"
#include "features/aggregations/group_moments.hpp"
#include "features/aggregations/reduction.hpp"
#include "features/aggregations/runs.hpp"
#include "features/aggregations/vocabulary.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features {
namespace {

using namespace aggregations;

/// A state that takes a group's numbers one after another: State::add(x), merge, finish(semantics).
template <class Sequence, class Number = double>
struct OfSequence {
  using State = Sequence;
  explicit OfSequence(const AggregateInput& all) : input(all) {}
  [[nodiscard]] Sequence summarize(std::size_t group) const {
    const auto x = entries_as<Number>(*input.columns[0]);
    const Slice entries = slice(input, group);
    Sequence sequence;
    sequence.n_rows = entries.size();
    for (std::size_t i = entries.begin; i < entries.end; ++i) sequence.add(x[i]);
    return sequence;
  }
  static void merge(Sequence& into, const Sequence& later) { into.merge(later); }
  [[nodiscard]] auto finish(const Sequence& sequence, std::size_t) const { return sequence.finish(input.semantics); }

  const AggregateInput& input;
};

enum class Direction { up, down };

template <Direction direction, class Number>
struct Monotony {
  std::size_t n_rows = 0;
  std::size_t n = 0;
  Number first = 0;
  Number last = 0;
  bool holds = true;

  static bool may_follow(Number before, Number after) {
    return direction == Direction::up ? before <= after : before >= after;
  }
  void add(Number x) {
    if (std::isnan(x)) return;
    if (n++ == 0)
      first = x;
    else
      holds &= may_follow(last, x);
    last = x;
  }
  void merge(const Monotony& later) {
    const std::size_t rows = n_rows + later.n_rows;
    if (n == 0)
      *this = later;
    else if (later.n > 0) {
      holds = holds && later.holds && may_follow(last, later.first);
      last = later.last;
      n += later.n;
    }
    n_rows = rows;
  }
  [[nodiscard]] std::uint8_t finish(Semantics semantics) const { return decided(holds, n, n_rows, semantics); }
};

template <class Number>
using Increase = OfSequence<Monotony<Direction::up, Number>, Number>;
template <class Number>
using Decrease = OfSequence<Monotony<Direction::down, Number>, Number>;

struct ZeroCrossings {
  std::size_t n_rows = 0;
  std::size_t n_known = 0;
  std::size_t crossings = 0;
  int first_sign = 0;  // 0: none yet
  int last_sign = 0;

  void add(double x) {
    n_known += static_cast<std::size_t>(x == x);
    const int sign = static_cast<int>(x > 0) - static_cast<int>(x < 0);
    if (sign == 0) return;
    crossings += static_cast<std::size_t>(last_sign + sign == 0);
    if (first_sign == 0) first_sign = sign;
    last_sign = sign;
  }
  void merge(const ZeroCrossings& later) {
    n_rows += later.n_rows;
    n_known += later.n_known;
    crossings += later.crossings + static_cast<std::size_t>(last_sign * later.first_sign == -1);
    if (first_sign == 0) first_sign = later.first_sign;
    if (later.last_sign != 0) last_sign = later.last_sign;
  }
  [[nodiscard]] double finish(Semantics semantics) const { return counted(crossings, n_known, n_rows, semantics); }
};

/// Local maxima. A peak is a plateau (one value or several equal ones) entered by a rise and left by a fall. A missing
/// value is neither: beside it there is no peak.
struct Peaks {
  std::size_t n_rows = 0;
  std::size_t n = 0;
  std::size_t n_known = 0;
  std::size_t peaks = 0;
  double first = 0;
  double last = 0;
  bool flat = true;          // all one plateau so far
  bool first_falls = false;  // the first plateau is left by a fall
  bool last_rose = false;    // the last plateau was entered by a rise

  void add(double x) {
    n_known += static_cast<std::size_t>(x == x);
    if (n++ == 0)
      first = x;
    else
      step(x);
    last = x;
  }
  void step(double x) {
    if (x == last) return;
    const bool falls = x < last;
    peaks += static_cast<std::size_t>(falls && last_rose);
    if (flat) first_falls = falls;
    flat = false;
    last_rose = x > last;
  }
  void merge(const Peaks& later) {
    const std::size_t rows = n_rows + later.n_rows;
    if (n == 0)
      *this = later;
    else if (later.n > 0)
      join(later);
    n_rows = rows;
  }
  void join(const Peaks& later) {
    const bool plateau_goes_on = later.first == last;
    if (!plateau_goes_on) step(later.first);
    // Now the last plateau here is also the first one there.
    peaks += later.peaks + static_cast<std::size_t>(last_rose && later.first_falls);
    if (flat) first_falls = later.first_falls;
    if (!later.flat) last_rose = later.last_rose;
    flat = flat && later.flat;
    last = later.last;
    n += later.n;
    n_known += later.n_known;
  }
  [[nodiscard]] double finish(Semantics semantics) const { return counted(peaks, n_known, n_rows, semantics); }
};

struct Negative {
  static bool holds(double x) { return x < 0; }
};
struct Positive {
  static bool holds(double x) { return x > 0; }
};
struct Zero {
  static bool holds(double x) { return x == 0; }
};

template <class Test>
struct LongestRun {
  using State = RunOfHits;
  explicit LongestRun(const AggregateInput& all) : input(all), skipna(all.arguments.at("skipna").boolean()) {}
  [[nodiscard]] RunOfHits summarize(std::size_t group) const {
    const double* x = input.columns[0]->numbers().data();
    const Slice entries = slice(input, group);
    RunOfHits run;
    for (std::size_t i = entries.begin; i < entries.end; ++i) {
      if (skipna && std::isnan(x[i]))
        run.leave_out();
      else
        run.add(Test::holds(x[i]), !std::isnan(x[i]));
    }
    return run;
  }
  static void merge(RunOfHits& into, const RunOfHits& later) { into.merge(later); }
  [[nodiscard]] double finish(const RunOfHits& run, std::size_t) const {
    return counted(run.longest, run.n_known, run.n + run.n_left_out, input.semantics);
  }

  const AggregateInput& input;
  bool skipna;
};

template <Side side>
struct LongestRunBesideMean {
  explicit LongestRunBesideMean(const AggregateInput& all)
      : input(all), groups(totals(all)), skipna(all.arguments.at("skipna").boolean()) {}
  double operator()(std::size_t group) const {
    const Totals& found = groups[group];
    const double mean = found.mean();
    if (!skipna && found.any_missing()) return kNaN;
    if (std::isnan(mean)) return counted(0, 0, static_cast<std::size_t>(found.n_rows), input.semantics);
    const double* x = input.columns[0]->numbers().data();
    const Slice entries = slice(input, group);
    RunOfHits run;
    for (std::size_t i = entries.begin; i < entries.end; ++i) {
      if (!std::isnan(x[i])) run.add(side == Side::above ? x[i] > mean : x[i] < mean, true);
    }
    return static_cast<double>(run.longest);
  }

  const AggregateInput& input;
  const std::vector<Totals>& groups;
  bool skipna;
};

struct MeanOfLast {
  struct State {
    std::size_t n_last = 0;  // so many are kept
    std::vector<double> last;

    void append_to(std::vector<std::byte>& bytes) const {
      core::append_value(n_last, bytes);
      core::append_list(last, bytes);
    }
    static State take(std::span<const std::byte>& bytes) {
      State state;
      state.n_last = core::take_value<std::size_t>(bytes);
      state.last = core::take_list<double>(bytes);
      return state;
    }
  };
  explicit MeanOfLast(const AggregateInput& all)
      : input(all), n_last(static_cast<std::size_t>(all.arguments.at("n").integer())) {}
  [[nodiscard]] double operator()(std::size_t group) const {
    const Slice entries = slice(input, group);
    return mean_of(std::span(input.columns[0]->numbers()).subspan(entries.begin, entries.size()).last(kept(entries)));
  }
  [[nodiscard]] State summarize(std::size_t group) const {
    const Slice entries = slice(input, group);
    const auto end = input.columns[0]->numbers().begin() + static_cast<std::ptrdiff_t>(entries.end);
    return {.n_last = n_last, .last = {end - static_cast<std::ptrdiff_t>(kept(entries)), end}};
  }
  static void merge(State& into, const State& later) {
    into.last.insert(into.last.end(), later.last.begin(), later.last.end());
    const std::size_t n_more = into.last.size() - std::min(into.last.size(), later.n_last);
    into.last.erase(into.last.begin(), into.last.begin() + static_cast<std::ptrdiff_t>(n_more));
  }
  [[nodiscard]] double finish(const State& state, std::size_t) const { return mean_of(state.last); }

  [[nodiscard]] std::size_t kept(Slice entries) const { return std::min(entries.size(), n_last); }
  static double mean_of(std::span<const double> values) {
    double sum = 0;
    double n = 0;
    for (const double x : values) {
      sum += x == x ? x : 0.0;
      n += x == x ? 1.0 : 0.0;
    }
    return sum / n;
  }

  const AggregateInput& input;
  std::size_t n_last;
};

Primitive end(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kAnything}},
          .stacks_on_itself = false,
          .needs_order = true};
}

Primitive is_monotonic(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kNumber}},
          .output = kTruthNullable,
          .default_value = false,
          .stacks_on_itself = false,
          .needs_order = true};
}

Primitive num_zero_crossings() {
  return {.name = "num_zero_crossings",
          .meaning = "Number of changes of sign between successive values that are not 0.",
          .inputs = {{kNumber}},
          .output = kInteger,
          .needs_order = true};
}

Primitive num_peaks() {
  return {.name = "num_peaks",
          .meaning = "Number of values, or runs of equal values, greater than both neighbours.",
          .inputs = {{kNumber}},
          .output = kInteger,
          .default_value = 0,
          .stacks_on_itself = false,
          .needs_order = true};
}

Primitive max_consecutive(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{InputSlot{.type = LogicalType::integer, .tags = {}}},
                     {InputSlot{.type = LogicalType::real, .tags = {}}}},
          .output = kInteger,
          .default_value = 0,
          .arguments = {switch_argument("skipna", true, "whether missing values are left out; else one ends a run")},
          .stacks_on_itself = false,
          .needs_order = true};
}

Primitive num_consecutive_beside_mean(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kNumber}},
          .output = kIntegerNullable,
          .default_value = 0,
          .arguments = {skipna()},
          .stacks_on_itself = false,
          .needs_order = true};
}

Primitive mean_of_last() {
  return {.name = "mean_of_last",
          .meaning = "Mean of the values of the last n rows.",
          .ours = true,
          .inputs = {{kNumber}},
          .output = kReal,
          .arguments = {count_argument("n", 3, "how many rows")},
          .stacks_on_itself = false,
          .needs_order = true};
}

}  // namespace

std::vector<Primitive> sequence_aggregations() {
  return {
      of_end(end("first", "Value of the first row, missing or not."), GroupEnd::first),
      of_end(end("last", "Value of the last row, missing or not."), GroupEnd::last),
      reduced_exactly_by<Increase>(
          is_monotonic("is_monotonically_increasing", "Whether no value is less than the one before.")),
      reduced_exactly_by<Decrease>(
          is_monotonic("is_monotonically_decreasing", "Whether no value is greater than the one before.")),
      reduced_by<OfSequence<ZeroCrossings>>(num_zero_crossings()),
      reduced_by<OfSequence<Peaks>>(num_peaks()),
      reduced_by<LongestRun<Negative>>(
          max_consecutive("max_consecutive_negatives", "Greatest number of values below 0 in a row.")),
      reduced_by<LongestRun<Positive>>(
          max_consecutive("max_consecutive_positives", "Greatest number of values above 0 in a row.")),
      reduced_by<LongestRun<Zero>>(max_consecutive("max_consecutive_zeros", "Greatest number of zeros in a row.")),
      computed_by<LongestRunBesideMean<Side::above>>(num_consecutive_beside_mean(
          "num_consecutive_greater_mean", "Greatest number of values above the group's mean in a row.")),
      computed_by<LongestRunBesideMean<Side::below>>(num_consecutive_beside_mean(
          "num_consecutive_less_mean", "Greatest number of values below the group's mean in a row.")),
      computed_or_reduced_by<MeanOfLast, MeanOfLast>(mean_of_last()),
  };
}

}  // namespace gridmill::features
