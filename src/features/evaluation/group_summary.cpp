#include "features/evaluation/group_summary.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <span>
#include <utility>

#include "core/bytes.hpp"
#include "features/aggregations/sorted_groups.hpp"
#include "features/columns/column_wire.hpp"
#include "features/columns/joined.hpp"

namespace gridmill::features {
namespace {

bool takes_last(const Feature& feature) {
  return feature.use_previous && feature.use_previous->unit == Window::Unit::observations;
}

/// Returns the places of a group's entries in the order, and to the number, in which the aggregation takes them.
std::vector<std::int64_t> places_of(const Feature& feature, std::int64_t n,
                                    const std::vector<std::int64_t>& positions) {
  std::vector<std::int64_t> places(static_cast<std::size_t>(n));
  std::iota(places.begin(), places.end(), std::int64_t{0});
  if (!positions.empty()) {
    std::ranges::sort(places, {}, [&positions](std::int64_t i) { return positions[static_cast<std::size_t>(i)]; });
  }
  if (takes_last(feature)) places.erase(places.begin(), places.end() - std::min(n, feature.use_previous->amount));
  return places;
}

}  // namespace

bool wants_sorted(const Feature& aggregation) {
  return aggregation.path.size() > 1 && (aggregation.primitive.primitive->needs_order || takes_last(aggregation));
}

bool is_summarized_small(const Feature& aggregation) {
  return aggregation.primitive.primitive->partial && !wants_sorted(aggregation) && !takes_last(aggregation);
}

bool is_made_of_sorted(const Feature& aggregation) {
  return aggregation.primitive.primitive->aggregate_sorted && !takes_last(aggregation);
}

std::size_t kept_row_bytes(const Feature& aggregation) {
  // States for some columns only are those of categories.
  const bool is_small =
      is_summarized_small(aggregation) && (!aggregation.primitive.primitive->partial->takes ||
                                           aggregation.bases.front()->type.tags.has(core::Tag::category));
  if (is_small) return 0;
  return (aggregation.bases.size() + (wants_sorted(aggregation) ? 1 : 0)) * sizeof(double);
}

GroupSummary GroupSummary::of(const Feature& aggregation, const AggregateInput& piece,
                              std::vector<std::int64_t> positions) {
  GroupSummary summary;
  if (is_summarized_small(aggregation)) {
    const PartialAggregate& partial = *aggregation.primitive.primitive->partial;
    if (!partial.takes || partial.takes(piece)) {
      summary.known_ = partial.summarize(piece);
      return summary;
    }
  }
  if (is_made_of_sorted(aggregation)) {
    const std::span<const double> sorted = aggregations::sorted_groups(piece).of(0);
    const std::int64_t n = piece.groups.n(0);
    summary.known_ = Sorted{.n_missing = n - std::ssize(sorted), .numbers = SortedRuns(sorted)};
    return summary;
  }
  Entries entries{.n = piece.groups.n(0), .positions = std::move(positions), .columns = {}};
  for (const Column* column : piece.columns) entries.columns.push_back({*column});
  summary.known_ = std::move(entries);
  return summary;
}

void GroupSummary::merge(const Feature& aggregation, GroupSummary&& later) {
  if (std::holds_alternative<std::monostate>(known_)) {
    known_ = std::move(later.known_);
  } else if (GroupState* state = std::get_if<GroupState>(&known_)) {
    aggregation.primitive.primitive->partial->merge(*state, std::get<GroupState>(later.known_));
  } else if (Sorted* sorted = std::get_if<Sorted>(&known_)) {
    auto& more = std::get<Sorted>(later.known_);
    sorted->n_missing += more.n_missing;
    sorted->numbers.append(std::move(more.numbers));
  } else {
    auto& into = std::get<Entries>(known_);
    auto& more = std::get<Entries>(later.known_);
    into.n += more.n;
    into.positions.insert(into.positions.end(), more.positions.begin(), more.positions.end());
    for (std::size_t i = 0; i < into.columns.size(); ++i) {
      std::ranges::move(more.columns[i], std::back_inserter(into.columns[i]));
    }
  }
}

std::vector<Column> GroupSummary::finish(const Feature& aggregation, const AggregateInput& kind) && {
  const Primitive& primitive = *aggregation.primitive.primitive;
  if (const GroupState* state = std::get_if<GroupState>(&known_)) return primitive.partial->finish(*state, kind);
  if (const Sorted* sorted = std::get_if<Sorted>(&known_)) {
    const auto n_missing = static_cast<std::size_t>(sorted->n_missing);
    const double result = primitive.aggregate_sorted(sorted->numbers, n_missing, kind.arguments);
    return {Column{.values = Column::Numbers{result}, .dictionary = nullptr}};
  }
  auto& entries = std::get<Entries>(known_);
  const bool as_they_come = !wants_sorted(aggregation) && !takes_last(aggregation);
  std::vector<std::int64_t> places;
  if (!as_they_come) places = places_of(aggregation, entries.n, entries.positions);
  std::vector<Column> columns;
  for (std::size_t i = 0; i < entries.columns.size(); ++i) {
    Column column = in_codes_of(kind.columns[i]->dictionary, joined(std::move(entries.columns[i])));
    columns.push_back(as_they_come ? std::move(column) : column.take(places));
  }
  std::vector<const Column*> inputs;
  for (const Column& column : columns) inputs.push_back(&column);
  const std::vector<std::int64_t> offsets{0, as_they_come ? entries.n : static_cast<std::int64_t>(places.size())};
  GroupMemo memo;
  return primitive.aggregate({.columns = inputs,
                              .groups = offsets,
                              .cutoffs = kind.cutoffs,
                              .arguments = kind.arguments,
                              .semantics = kind.semantics,
                              .memo = memo});
}

Bytes GroupSummary::to_bytes() const {
  Bytes bytes;
  core::append_value(static_cast<std::uint8_t>(known_.index()), bytes);
  if (const GroupState* state = std::get_if<GroupState>(&known_)) core::append_list(*state, bytes);
  if (const Entries* entries = std::get_if<Entries>(&known_)) {
    core::append_value(entries->n, bytes);
    core::append_list(entries->positions, bytes);
    core::append_value(entries->columns.size(), bytes);
    for (const std::vector<Column>& pieces : entries->columns) append_bytes(joined(pieces), bytes);
  }
  if (const Sorted* sorted = std::get_if<Sorted>(&known_)) {
    core::append_value(sorted->n_missing, bytes);
    sorted->numbers.append_to(bytes);
  }
  return bytes;
}

GroupSummary GroupSummary::from(KeptBytes kept) {
  GroupSummary summary;
  std::span<const std::byte>& bytes = kept.bytes;
  const auto index = core::take_value<std::uint8_t>(bytes);
  if (index == 1) summary.known_ = core::take_list<std::byte>(bytes);
  if (index == 2) {
    Entries entries;
    entries.n = core::take_value<std::int64_t>(bytes);
    entries.positions = core::take_list<std::int64_t>(bytes);
    entries.columns.resize(core::take_value<std::size_t>(bytes));
    for (std::vector<Column>& pieces : entries.columns) pieces.push_back(take_column(bytes));
    summary.known_ = std::move(entries);
  }
  if (index == 3) {
    const auto n_missing = core::take_value<std::int64_t>(bytes);
    summary.known_ = Sorted{.n_missing = n_missing, .numbers = SortedRuns::take(kept)};
  }
  return summary;
}

}  // namespace gridmill::features
