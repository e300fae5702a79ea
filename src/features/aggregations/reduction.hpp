#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/bytes.hpp"
#include "core/numbers.hpp"
#include "core/table.hpp"
#include "features/definitions/primitive.hpp"

/// From what is done with one group to what is done with all.
///
/// A *kernel* is made from an AggregateInput and called with a group's number: double, std::uint8_t (boolean) or
/// std::int64_t (time) comes out. A *reduction* does it in steps:
///   struct State;                                  // as made: of no entries
///   State summarize(std::size_t group) const;
///   static void merge(State& into, const State& later);
///   Result finish(const State&, std::size_t group) const;
/// It may look at columns in `summarize` only.
namespace gridmill::features::aggregations {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kNanosecondsPerSecond = 1e9;

inline double number(std::int64_t count) { return static_cast<double>(count); }

/// Entries of one group.
struct Slice {
  std::size_t begin = 0;
  std::size_t end = 0;
  [[nodiscard]] std::size_t size() const { return end - begin; }
};

inline Slice slice(const AggregateInput& input, std::size_t group) {
  return {static_cast<std::size_t>(input.groups.begin(group)), static_cast<std::size_t>(input.groups.end(group))};
}

/// Whole numbers beyond 2^53 as they are.
using Exact = core::Numbers::Exact;

inline Column results(std::vector<Exact>&& exact) {
  Column::Numbers numbers(exact.size());
  for (std::size_t i = 0; i < exact.size(); ++i) numbers.set(i, exact[i]);
  return {std::move(numbers), nullptr};
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

/// States of constant size travel as they are, others say how: `append_to(bytes)` and `static take(bytes)`.
template <class State>
GroupState bytes_of(const State& state) {
  GroupState bytes;
  if constexpr (std::is_trivially_copyable_v<State>) {
    core::append_value(state, bytes);
  } else {
    state.append_to(bytes);
  }
  return bytes;
}

template <class State>
State state_of(std::span<const std::byte> bytes) {
  if constexpr (std::is_trivially_copyable_v<State>) {
    return core::take_value<State>(bytes);
  } else {
    return State::take(bytes);
  }
}

/// States of many pieces, held as they are.
template <class Reduction>
class StatesOf final : public PieceStates {
 public:
  void add(const AggregateInput& pieces, std::span<const std::uint32_t> numbers) override {
    const Reduction reduction(pieces);
    for (std::size_t piece = 0; piece < numbers.size(); ++piece) {
      if (numbers[piece] >= states_.size()) states_.resize(std::size_t{numbers[piece]} + 1);
      states_[numbers[piece]] = reduction.summarize(piece);
    }
  }

  std::vector<Column> finish(const PieceLists& lists, const AggregateInput& groups) override {
    states_.reserve(states_.size() + lists.merged.size());
    for (const PieceLists::Run& run : lists.merged) {
      State state = states_[run.first];
      for (std::uint32_t node = run.first + 1; node < run.last; ++node) Reduction::merge(state, states_[node]);
      states_.push_back(state);
    }
    const Reduction reduction(groups);
    std::vector<decltype(reduction.finish(std::declval<State>(), std::size_t{0}))> found(groups.n_groups());
    for (std::size_t group = 0; group < found.size(); ++group) {
      auto node = static_cast<std::size_t>(lists.offsets[group]);
      State state = states_[lists.nodes[node]];
      while (++node < static_cast<std::size_t>(lists.offsets[group + 1])) {
        Reduction::merge(state, states_[lists.nodes[node]]);
      }
      found[group] = reduction.finish(state, group);
    }
    std::vector<Column> outputs;
    outputs.push_back(results(std::move(found)));
    return outputs;
  }

 private:
  using State = typename Reduction::State;
  std::vector<State> states_;
};

template <class Reduction>
PartialAggregate in_parts() {
  using State = typename Reduction::State;
  PartialAggregate partial;
  partial.summarize = [](const AggregateInput& input) { return bytes_of(Reduction(input).summarize(0)); };
  partial.merge = [](GroupState& into, const GroupState& later) {
    auto state = state_of<State>(into);
    Reduction::merge(state, state_of<State>(later));
    into = bytes_of(state);
  };
  partial.finish = [](const GroupState& state, const AggregateInput& input) {
    std::vector<Column> outputs;
    outputs.push_back(results(std::vector{Reduction(input).finish(state_of<State>(state), 0)}));
    return outputs;
  };
  if constexpr (std::is_trivially_copyable_v<State>) {
    partial.make_states = [] { return std::make_unique<StatesOf<Reduction>>(); };
  }
  return partial;
}

/// Lets a primitive be computed by a kernel alone: it needs all entries of a group at once.
template <class Kernel>
Primitive computed_by(Primitive primitive) {
  primitive.aggregate = each_group<Kernel>();
  return primitive;
}

/// Lets a primitive be computed by a kernel, and in parts by a reduction.
template <class Kernel, class Reduction>
Primitive computed_or_reduced_by(Primitive primitive) {
  primitive.aggregate = each_group<Kernel>();
  primitive.partial = in_parts<Reduction>();
  return primitive;
}

/// Lets a primitive be computed by a reduction, whole or in parts.
template <class Reduction>
Primitive reduced_by(Primitive primitive) {
  return computed_or_reduced_by<Reduced<Reduction>, Reduction>(std::move(primitive));
}

/// Entries of a column of numbers as double or Exact.
template <class Number>
auto entries_as(const Column& column) {
  if constexpr (std::is_same_v<Number, double>) {
    return column.numbers().data();
  } else {
    struct ExactEntries {
      const core::Numbers& numbers;
      Exact operator[](std::size_t i) const { return numbers.exact(i); }
    };
    return ExactEntries{column.numbers()};
  }
}

/// Says whether doubles do not hold all whole numbers of the columns.
inline bool has_rests(const AggregateInput& input) {
  return std::any_of(input.columns.begin(), input.columns.end(), [](const Column* column) {
    const auto* numbers = std::get_if<Column::Numbers>(&column->values);
    return numbers != nullptr && numbers->has_rests();
  });
}

/// A kernel for doubles, and one for columns that these do not hold.
template <class Kernel, class ExactKernel>
Aggregate each_group_exactly() {
  return [plain = each_group<Kernel>(), exact = each_group<ExactKernel>()](const AggregateInput& input) {
    return has_rests(input) ? exact(input) : plain(input);
  };
}

/// Lets a primitive be computed by a reduction of double or Exact numbers, whole or in parts. Parts are always exact:
/// those before and after one are not known.
template <template <class Number> class Reduction>
Primitive reduced_exactly_by(Primitive primitive) {
  primitive.aggregate = each_group_exactly<Reduced<Reduction<double>>, Reduced<Reduction<Exact>>>();
  primitive.partial = in_parts<Reduction<Exact>>();
  return primitive;
}

}  // namespace gridmill::features::aggregations
