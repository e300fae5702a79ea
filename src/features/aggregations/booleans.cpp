#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "features/aggregations/reduction.hpp"
#include "features/aggregations/runs.hpp"
#include "features/aggregations/vocabulary.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features {
namespace {

using namespace aggregations;

struct Truths {
  std::size_t n_rows = 0;
  std::size_t n_true = 0;
  std::size_t n_false = 0;

  [[nodiscard]] std::size_t n_known() const { return n_true + n_false; }
};

/// Truths of each group, counted once for all primitives.
const std::vector<Truths>& truths(const AggregateInput& input) {
  const Column& column = *input.columns[0];
  return input.memo.get<std::vector<Truths>>(column, [&] {
    const std::uint8_t* x = column.booleans().data();
    std::vector<Truths> found(input.n_groups());
    for (std::size_t group = 0; group < found.size(); ++group) {
      const Slice entries = slice(input, group);
      found[group].n_rows = entries.size();
      for (std::size_t i = entries.begin; i < entries.end; ++i) {
        found[group].n_true += static_cast<std::size_t>(x[i] == 1);
        found[group].n_false += static_cast<std::size_t>(x[i] == 0);
      }
    }
    return found;
  });
}

struct OfTruths {
  using State = Truths;
  explicit OfTruths(const AggregateInput& input) : groups(truths(input)), semantics(input.semantics) {}
  [[nodiscard]] Truths summarize(std::size_t group) const { return groups[group]; }
  static void merge(Truths& into, const Truths& later) {
    into.n_rows += later.n_rows;
    into.n_true += later.n_true;
    into.n_false += later.n_false;
  }

  const std::vector<Truths>& groups;
  Semantics semantics;
};

struct PercentTrue : OfTruths {
  using OfTruths::OfTruths;
  [[nodiscard]] double finish(const Truths& found, std::size_t) const {
    const std::size_t n = semantics == Semantics::strict ? found.n_known() : found.n_rows;
    return static_cast<double>(found.n_true) / static_cast<double>(n);
  }
};

struct NumTrue : OfTruths {
  using OfTruths::OfTruths;
  [[nodiscard]] double finish(const Truths& found, std::size_t) const {
    return counted(found.n_true, found.n_known(), found.n_rows, semantics);
  }
};

struct AnyTrue : OfTruths {
  using OfTruths::OfTruths;
  [[nodiscard]] std::uint8_t finish(const Truths& found, std::size_t) const {
    return decided(found.n_true > 0, found.n_known(), found.n_rows, semantics);
  }
};

struct AllTrue : OfTruths {
  using OfTruths::OfTruths;
  [[nodiscard]] std::uint8_t finish(const Truths& found, std::size_t) const {
    return decided(found.n_false == 0, found.n_known(), found.n_rows, semantics);
  }
};

/// Longest run of entries equal to `wanted`; a missing one ends it.
template <std::uint8_t wanted>
struct LongestTruthRun {
  using State = RunOfHits;
  explicit LongestTruthRun(const AggregateInput& all) : input(all) {}
  [[nodiscard]] RunOfHits summarize(std::size_t group) const {
    const std::uint8_t* x = input.columns[0]->booleans().data();
    const Slice entries = slice(input, group);
    RunOfHits run;
    for (std::size_t i = entries.begin; i < entries.end; ++i) run.add(x[i] == wanted, x[i] != Column::kMissingBoolean);
    return run;
  }
  static void merge(RunOfHits& into, const RunOfHits& later) { into.merge(later); }
  [[nodiscard]] double finish(const RunOfHits& run, std::size_t) const {
    return counted(run.longest, run.n_known, run.n, input.semantics);
  }

  const AggregateInput& input;
};

/// How many entries equal to `counting` come after the last of the opposite.
template <std::uint8_t counting>
struct CountSinceLast {
  struct State {
    bool found = false;     // the opposite
    std::size_t after = 0;  // ... the last of it, or of the beginning
  };
  explicit CountSinceLast(const AggregateInput& all) : input(all) {}
  [[nodiscard]] State summarize(std::size_t group) const {
    const std::uint8_t* x = input.columns[0]->booleans().data();
    const Slice entries = slice(input, group);
    State state;
    for (std::size_t i = entries.begin; i < entries.end; ++i) {
      const bool opposite = x[i] == 1 - counting;
      state.found |= opposite;
      state.after = opposite ? 0 : state.after + static_cast<std::size_t>(x[i] == counting);
    }
    return state;
  }
  static void merge(State& into, const State& later) {
    into = later.found ? later : State{into.found, into.after + later.after};
  }
  [[nodiscard]] double finish(const State& state, std::size_t) const {
    return state.found ? static_cast<double>(state.after) : kNaN;
  }

  const AggregateInput& input;
};

Primitive percent_true() {
  return {.name = "percent_true",
          .meaning = "Number of true values, as a fraction of the number of rows.",
          .inputs = {{kBooleanNullable}, {kBoolean}},
          .output = kReal,
          .by_default = true};
}

Primitive num_true() {
  return {.name = "num_true",
          .meaning = "Number of true values.",
          .inputs = {{kBoolean}, {kBooleanNullable}},
          .output = kIntegerNullable,
          .default_value = 0};
}

Primitive over_all(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kBoolean}, {kBooleanNullable}},
          .output = kTruth,
          .stacks_on_itself = false};
}

Primitive run(std::string name, std::string meaning, ValueType output) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kBoolean}},
          .output = output,
          .default_value = 0,
          .stacks_on_itself = false,
          .needs_order = true};
}

}  // namespace

std::vector<Primitive> boolean_aggregations() {
  return {
      reduced_by<PercentTrue>(percent_true()),
      reduced_by<NumTrue>(num_true()),
      reduced_by<AnyTrue>(over_all("any", "Whether some value is true.")),
      reduced_by<AllTrue>(over_all("all", "Whether no value is false.")),
      reduced_by<LongestTruthRun<1>>(run("max_consecutive_true", "Greatest number of true values in a row.", kInteger)),
      reduced_by<LongestTruthRun<0>>(
          run("max_consecutive_false", "Greatest number of false values in a row.", kInteger)),
      reduced_by<CountSinceLast<1>>(run("num_true_since_last_false",
                                        "Number of true values after the last false one; missing if none is false.",
                                        kIntegerNullable)),
      reduced_by<CountSinceLast<0>>(run("num_false_since_last_true",
                                        "Number of false values after the last true one; missing if none is true.",
                                        kIntegerNullable)),
  };
}

}  // namespace gridmill::features
