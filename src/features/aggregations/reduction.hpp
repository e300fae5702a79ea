#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/table.hpp"
#include "features/primitive.hpp"

/// From what is done with one group to what is done with all.
///
/// A *kernel* is made from an AggregateInput and called with a group's number: double, std::uint8_t (boolean) or
/// std::int64_t (time) comes out. A *reduction* does it in steps:
///   struct State;                                  // trivially copyable; as made: of no entries
///   State summarize(std::size_t group) const;
///   static void merge(State& into, const State& later);
///   Result finish(const State&, std::size_t group) const;
/// It may look at columns in `summarize` only.
namespace gridmill::features::aggregations {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kNanosecondsPerSecond = 1e9;

/// Entries of one group.
struct Slice {
  std::size_t begin = 0;
  std::size_t end = 0;
  [[nodiscard]] std::size_t size() const { return end - begin; }
};

inline Slice slice(const AggregateInput& input, std::size_t group) {
  return {static_cast<std::size_t>(input.offsets[group]), static_cast<std::size_t>(input.offsets[group + 1])};
}

inline Column results(std::vector<double>&& numbers) { return {std::move(numbers), nullptr}; }
inline Column results(std::vector<std::uint8_t>&& booleans) { return {std::move(booleans), nullptr}; }
inline Column results(std::vector<std::int64_t>&& times) { return {std::move(times), nullptr}; }

/// Returns a count as a result: of a group of `n_rows` rows of which `n_known` had a value.
inline double counted(std::size_t count, std::size_t n_known, std::size_t n_rows, Semantics semantics) {
  const bool unknown = semantics == Semantics::strict ? n_known == 0 && n_rows > 0 : n_rows == 0;
  return unknown ? kNaN : static_cast<double>(count);
}

/// Returns a truth as a result, missing if no value is behind it: none that is known (strict), no row (Featuretools).
inline std::uint8_t decided(bool truth, std::size_t n_known, std::size_t n_rows, Semantics semantics) {
  const std::size_t n = semantics == Semantics::strict ? n_known : n_rows;
  return n == 0 ? Column::kMissingBoolean : static_cast<std::uint8_t>(truth);
}

template <class Kernel>
Aggregate each_group() {
  return [](const AggregateInput& input) {
    const Kernel kernel(input);
    std::vector<decltype(kernel(std::size_t{0}))> found(input.n_groups());
    for (std::size_t group = 0; group < found.size(); ++group) found[group] = kernel(group);
    std::vector<Column> outputs;
    outputs.push_back(results(std::move(found)));
    return outputs;
  };
}

/// A reduction of whole groups as a kernel.
template <class Reduction>
struct Reduced {
  explicit Reduced(const AggregateInput& input) : reduction(input) {}
  auto operator()(std::size_t group) const { return reduction.finish(reduction.summarize(group), group); }
  Reduction reduction;
};

template <class State>
State state_of(const GroupStates& states, std::size_t group) {
  static_assert(std::is_trivially_copyable_v<State>);
  State state;
  std::memcpy(&state, states.data() + group * sizeof(State), sizeof(State));
  return state;
}

template <class State>
void put_state(GroupStates& states, std::size_t group, const State& state) {
  std::memcpy(states.data() + group * sizeof(State), &state, sizeof(State));
}

template <class Reduction>
PartialAggregate in_parts() {
  using State = typename Reduction::State;
  PartialAggregate partial;
  partial.summarize = [](const AggregateInput& input) {
    const Reduction reduction(input);
    GroupStates states(input.n_groups() * sizeof(State));
    for (std::size_t group = 0; group < input.n_groups(); ++group) {
      put_state(states, group, reduction.summarize(group));
    }
    return states;
  };
  partial.merge = [](GroupStates& into, const GroupStates& later) {
    for (std::size_t group = 0; group < into.size() / sizeof(State); ++group) {
      State state = state_of<State>(into, group);
      Reduction::merge(state, state_of<State>(later, group));
      put_state(into, group, state);
    }
  };
  partial.finish = [](const GroupStates& states, const AggregateInput& input) {
    const Reduction reduction(input);
    using Result = decltype(reduction.finish(std::declval<State>(), std::size_t{0}));
    std::vector<Result> found(input.n_groups());
    for (std::size_t group = 0; group < found.size(); ++group) {
      found[group] = reduction.finish(state_of<State>(states, group), group);
    }
    std::vector<Column> outputs;
    outputs.push_back(results(std::move(found)));
    return outputs;
  };
  return partial;
}

/// Lets a primitive be computed by a kernel: it needs all entries of a group at once.
template <class Kernel>
Primitive computed_by(Primitive primitive) {
  primitive.aggregate = each_group<Kernel>();
  return primitive;
}

/// Lets a primitive be computed by a reduction, whole or in parts.
template <class Reduction>
Primitive reduced_by(Primitive primitive) {
  primitive.aggregate = each_group<Reduced<Reduction>>();
  primitive.partial = in_parts<Reduction>();
  return primitive;
}

}  // namespace gridmill::features::aggregations
