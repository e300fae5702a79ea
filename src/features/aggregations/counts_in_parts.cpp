#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "features/aggregations/code_counts.hpp"
#include "features/aggregations/reduction.hpp"
#include "features/columns/column_wire.hpp"
#include "features/columns/joined.hpp"

namespace gridmill::features::aggregations {
namespace {

/// How often each category occurs in some entries of a group. By label: pieces may have dictionaries of their own.
struct LabelCounts {
  std::size_t n_rows = 0;
  std::size_t n_missing = 0;
  Column distinct;  // in the order in which they first appear
  std::vector<std::uint32_t> counts;

  void append_to(std::vector<std::byte>& bytes) const {
    core::append_value(n_rows, bytes);
    core::append_value(n_missing, bytes);
    append_bytes(distinct, bytes);
    core::append_list(counts, bytes);
  }
  static LabelCounts take(std::span<const std::byte>& bytes) {
    LabelCounts found;
    found.n_rows = core::take_value<std::size_t>(bytes);
    found.n_missing = core::take_value<std::size_t>(bytes);
    found.distinct = take_column(bytes);
    found.counts = core::take_list<std::uint32_t>(bytes);
    return found;
  }
};

/// Counts codes of `column` with weights; codes that are missing count for nothing.
void count(const Column& column, std::span<const std::uint32_t> weights, LabelCounts& into) {
  constexpr std::int32_t kNew = -1;
  std::vector<std::int32_t> place(column.dictionary->size(), kNew);
  Column::Codes distinct;
  for (std::size_t i = 0; i < column.size(); ++i) {
    const std::int32_t code = column.codes()[i];
    if (code == core::kMissingCode) continue;
    std::int32_t& at = place[static_cast<std::size_t>(code)];
    if (at == kNew) {
      at = static_cast<std::int32_t>(distinct.size());
      distinct.push_back(code);
      into.counts.push_back(0);
    }
    into.counts[static_cast<std::size_t>(at)] += weights.empty() ? 1 : weights[i];
  }
  into.distinct = {.values = std::move(distinct), .dictionary = column.dictionary};
}

GroupState summarize(const AggregateInput& input) {
  const Slice rows = slice(input, 0);
  const Column& all = *input.columns[0];
  const auto begin = all.codes().begin() + static_cast<std::ptrdiff_t>(rows.begin);
  const Column entries{.values = Column::Codes(begin, begin + static_cast<std::ptrdiff_t>(rows.size())),
                       .dictionary = all.dictionary};
  LabelCounts found;
  found.n_rows = rows.size();
  count(entries, {}, found);
  found.n_missing =
      static_cast<std::size_t>(std::count(entries.codes().begin(), entries.codes().end(), core::kMissingCode));
  return bytes_of(found);
}

void merge(GroupState& into, const GroupState& later) {
  auto a = state_of<LabelCounts>(into);
  auto b = state_of<LabelCounts>(later);
  LabelCounts both{.n_rows = a.n_rows + b.n_rows, .n_missing = a.n_missing + b.n_missing, .distinct = {}, .counts = {}};
  const bool of_results = !a.distinct.dictionary->is_stored();
  std::vector<std::uint32_t> weights(std::move(a.counts));
  weights.insert(weights.end(), b.counts.begin(), b.counts.end());
  std::vector<Column> columns;
  columns.push_back(std::move(a.distinct));
  columns.push_back(std::move(b.distinct));
  count(joined(std::move(columns)), weights, both);
  if (of_results) both.distinct.dictionary = Dictionary::of_results(both.distinct.dictionary);
  into = bytes_of(both);
}

/// Shows the primitive the counts in place of the entries.
std::vector<Column> finish(const Aggregate& aggregate, const GroupState& state, const AggregateInput& input) {
  auto found = state_of<LabelCounts>(state);
  const Column distinct = in_codes_of(input.columns[0]->dictionary, std::move(found.distinct));
  std::vector<CodeCounts::Entry> entries;
  for (std::size_t i = 0; i < distinct.size(); ++i) {
    entries.push_back({.code = distinct.codes()[i], .count = found.counts[i]});
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.code < b.code; });
  GroupMemo memo;
  memo.get<CodeCounts>(distinct, [&] { return CodeCounts(std::move(entries), found.n_missing); });
  const std::vector<const Column*> columns{&distinct};
  const std::vector<std::int64_t> offsets{0, static_cast<std::int64_t>(found.n_rows)};
  return aggregate({.columns = columns,
                    .groups = offsets,
                    .cutoffs = input.cutoffs,
                    .arguments = input.arguments,
                    .semantics = input.semantics,
                    .memo = memo});
}

}  // namespace

Primitive counted_in_parts(Primitive primitive) {
  primitive.partial = PartialAggregate{
      .takes =
          [](const AggregateInput& input) { return std::holds_alternative<Column::Codes>(input.columns[0]->values); },
      .summarize = summarize,
      .merge = merge,
      .finish = [aggregate = primitive.aggregate](
                    const GroupState& state, const AggregateInput& input) { return finish(aggregate, state, input); }};
  return primitive;
}

}  // namespace gridmill::features::aggregations
