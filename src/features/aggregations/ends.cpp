#include "features/aggregations/ends.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.hpp"
#include "features/aggregations/reduction.hpp"

namespace gridmill::features::aggregations {
namespace {

/// What a part of a group knows of its end: the entry there, if it has rows. Large enough for entries of every kind but
/// texts.
struct EndState {
  std::array<std::byte, sizeof(Column::Places::value_type)> entry{};
  bool found = false;
};

std::vector<std::int64_t> end_rows(const AggregateInput& input, GroupEnd end) {
  std::vector<std::int64_t> rows(input.n_groups(), -1);
  for (std::size_t group = 0; group < rows.size(); ++group) {
    if (slice(input, group).size() == 0) continue;
    rows[group] = end == GroupEnd::first ? input.offsets[group] : input.offsets[group + 1] - 1;
  }
  return rows;
}

GroupStates summarize_ends(const AggregateInput& input, GroupEnd end) {
  const Column found = input.columns[0]->take(end_rows(input, end));
  GroupStates states(input.n_groups() * sizeof(EndState));
  std::visit(
      [&]<class Values>(const Values& entries) {
        using Entry = typename Values::value_type;
        GRIDMILL_ASSERT(std::is_trivially_copyable_v<Entry>, "texts are not aggregated in parts");
        if constexpr (std::is_trivially_copyable_v<Entry>) {
          for (std::size_t group = 0; group < entries.size(); ++group) {
            EndState state{.found = slice(input, group).size() > 0};
            std::memcpy(state.entry.data(), &entries[group], sizeof(Entry));
            put_state(states, group, state);
          }
        }
      },
      found.values);
  return states;
}

void merge_ends(GroupStates& into, const GroupStates& later, GroupEnd end) {
  for (std::size_t group = 0; group < into.size() / sizeof(EndState); ++group) {
    const bool has_any = state_of<EndState>(into, group).found;
    const auto part = state_of<EndState>(later, group);
    if (part.found && (end == GroupEnd::last || !has_any)) put_state(into, group, part);
  }
}

std::vector<Column> finish_ends(const GroupStates& states, const AggregateInput& input) {
  Column results = input.columns[0]->all_missing(input.n_groups());
  results.dictionary = Dictionary::of_results(results.dictionary);
  std::visit(
      [&]<class Values>(Values& entries) {
        using Entry = typename Values::value_type;
        if constexpr (std::is_trivially_copyable_v<Entry>) {
          for (std::size_t group = 0; group < entries.size(); ++group) {
            const auto state = state_of<EndState>(states, group);
            if (state.found) std::memcpy(&entries[group], state.entry.data(), sizeof(Entry));
          }
        }
      },
      results.values);
  std::vector<Column> outputs;
  outputs.push_back(std::move(results));
  return outputs;
}

}  // namespace

Primitive of_end(Primitive primitive, GroupEnd end) {
  primitive.aggregate = [end](const AggregateInput& input) {
    std::vector<Column> outputs;
    outputs.push_back(input.columns[0]->take(end_rows(input, end)));
    outputs[0].dictionary = Dictionary::of_results(outputs[0].dictionary);
    return outputs;
  };
  primitive.partial = {
      .summarize = [end](const AggregateInput& input) { return summarize_ends(input, end); },
      .merge = [end](GroupStates& into, const GroupStates& later) { merge_ends(into, later, end); },
      .finish = finish_ends,
  };
  return primitive;
}

}  // namespace gridmill::features::aggregations
