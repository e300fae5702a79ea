#include "features/aggregations/ends.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "features/aggregations/reduction.hpp"
#include "features/columns/column_wire.hpp"

namespace gridmill::features::aggregations {
namespace {

std::vector<std::int64_t> end_rows(const AggregateInput& input, GroupEnd end) {
  std::vector<std::int64_t> rows(input.n_groups(), -1);
  for (std::size_t group = 0; group < rows.size(); ++group) {
    if (slice(input, group).size() == 0) continue;
    rows[group] = end == GroupEnd::first ? input.groups.begin(group) : input.groups.end(group) - 1;
  }
  return rows;
}

/// What a piece of a group knows of its end: the entry there, if it has rows.
GroupState summarize_ends(const AggregateInput& input, GroupEnd end) {
  std::vector<std::int64_t> rows = end_rows(input, end);
  if (rows.front() < 0) rows.clear();
  GroupState state;
  append_bytes(input.columns[0]->take(rows), state);
  return state;
}

bool has_rows(std::span<const std::byte> state) { return take_column(state).size() > 0; }

void merge_ends(GroupState& into, const GroupState& later, GroupEnd end) {
  const bool is_later = end == GroupEnd::last ? has_rows(later) : !has_rows(into);
  if (is_later) into = later;
}

std::vector<Column> finish_ends(const GroupState& state, const AggregateInput& input) {
  std::span<const std::byte> bytes(state);
  const Column known = in_codes_of(input.columns[0]->dictionary, take_column(bytes));
  std::vector<Column> outputs;
  outputs.push_back(known.size() == 0 ? known.all_missing(1) : known);
  outputs[0].dictionary = Dictionary::of_results(outputs[0].dictionary);
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
  primitive.partial = PartialAggregate{
      .takes = {},
      .summarize = [end](const AggregateInput& input) { return summarize_ends(input, end); },
      .merge = [end](GroupState& into, const GroupState& later) { merge_ends(into, later, end); },
      .finish = finish_ends,
  };
  return primitive;
}

}  // namespace gridmill::features::aggregations
