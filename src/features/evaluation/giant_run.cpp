// What a Run does about groups that are too large for one task: it takes them piece by piece, each in a run of its own.
#include <algorithm>
#include <tuple>
#include <utility>

#include "core/error.hpp"
#include "features/columns/joined.hpp"
#include "features/evaluation/run.hpp"

namespace gridmill::features {
namespace {

/// Returns the column with `entry` in place of the one at its number.
Column with_entries(Column column, const std::vector<std::pair<std::size_t, Column>>& entries) {
  const bool of_results = column.dictionary && !column.dictionary->is_stored();
  std::vector<std::int64_t> places(column.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = static_cast<std::int64_t>(i);
  std::vector<Column> columns;
  for (const auto& [place, entry] : entries) {
    places[place] = static_cast<std::int64_t>(column.size() + columns.size());
    columns.push_back(entry);
  }
  columns.insert(columns.begin(), std::move(column));
  Column all = joined(std::move(columns)).take(places);
  if (of_results) all.dictionary = Dictionary::of_results(all.dictionary);
  return all;
}

/// Returns the group that an entry of the grouped ones, or its end, belongs to.
std::size_t group_of(const std::vector<std::int64_t>& offsets, std::size_t entry) {
  const auto after = std::upper_bound(offsets.begin(), offsets.end(), static_cast<std::int64_t>(entry));
  return static_cast<std::size_t>(after - offsets.begin()) - 1;
}

}  // namespace

std::vector<GroupSummary> Run::summarize(std::span<const SplitAggregation> aggregations,
                                         core::RelationshipId relationship, const ChildRange& range) {
  const ViewId piece = views_.piece(relationship, range);
  for (const SplitAggregation& each : aggregations) wanted_.push_back(plan_.want_summary(each, piece));
  carry_out();
  std::vector<GroupSummary> found;
  for (const NodeId id : wanted_) found.push_back(std::move(pieces_.at(id)));
  return found;
}

Splits Run::splits(std::span<const FeatureRef> features) {
  for (const FeatureRef& feature : features) (void)plan_.want(*feature);
  Splits splits;
  for (const Node& node : plan_.nodes()) {
    if (node.work != Work::aggregate) continue;
    auto way = views_.way_down(node.view);
    for (std::size_t step = 0; way && step < node.feature->path.size(); ++step) {
      Split& split = splits[node.feature->path[step]];
      const SplitAggregation aggregation{.feature = node.feature, .n_skipped = step};
      if (std::find(split.aggregations.begin(), split.aggregations.end(), aggregation) == split.aggregations.end()) {
        split.aggregations.push_back(aggregation);
      }
      split.ways_to_row.insert(*way);
      way->push_back(node.feature->path[step]);
    }
  }
  return splits;
}

Run::Columns Run::summarize_piece(NodeId id) {
  const Node& node = plan_.nodes()[id];
  const Grouping& grouping = plan_.groupings()[node.groups];
  Groups& grouped = groups(node.groups);
  std::vector<std::int64_t> positions;
  if (grouping.in_order) {
    const View& bottom = views_.at(grouping.bottom());
    const auto all = std::make_shared<const Column>(
        Column{.values = context_.data.table_positions(bottom.table, bottom.row_set()), .dictionary = nullptr});
    positions = grouped.gather(all).times();
    grouped.forget(*all);
  }
  const std::vector<const Column*> columns = grouped_columns(node);
  GroupSummary summary = GroupSummary::of(*node.feature, aggregate_input(node, columns), std::move(positions));
  for (std::size_t step = 1; step < grouping.below.size(); ++step) {
    for (const View::Giant& giant : views_.at(grouping.below[step]).giants) {
      summary.merge(*node.feature, giant_summary(id, step, giant));
    }
  }
  pieces_.emplace(id, std::move(summary));
  return {nullptr};
}

std::vector<GroupSummary> Run::summarize_group(std::span<const SplitAggregation> aggregations, ViewId above,
                                               std::size_t entry, const GiantGroup& group) {
  const SplitAggregation& any = aggregations.front();
  const core::RelationshipId relationship = any.feature->path[any.n_skipped];
  const View& view = views_.at(above);
  const std::int64_t cutoff = view.cutoff_times()[entry];
  std::vector<GroupSummary> merged(aggregations.size());
  for (std::int64_t k = 0; k < group.n_pieces; ++k) {
    const GroupPiece piece{.relationship = relationship,
                           .row = group.row,
                           .cutoff = cutoff,
                           .piece = k,
                           .n_pieces = group.n_pieces,
                           .n_rows = group.piece(k).n};
    std::vector<std::size_t> missing;
    std::vector<SplitAggregation> wanted;
    for (std::size_t i = 0; i < aggregations.size(); ++i) {
      auto known = context_.summaries ? context_.summaries->find(piece, aggregations[i]) : std::optional<KeptBytes>{};
      if (known) {
        merged[i].merge(*aggregations[i].feature, GroupSummary::from(*std::move(known)));
      } else {
        missing.push_back(i);
        wanted.push_back(aggregations[i]);
      }
    }
    if (missing.empty()) continue;
    Run run(context_, context_.maker.of_rows(view.table, {group.row}, {cutoff}), views_.is_above_root(above));
    std::vector<GroupSummary> found = run.summarize(wanted, relationship, group.piece(k));
    for (std::size_t i = 0; i < missing.size(); ++i) {
      merged[missing[i]].merge(*wanted[i].feature, std::move(found[i]));
    }
  }
  return merged;
}

GroupSummary Run::giant_summary(NodeId id, std::size_t step, const View::Giant& giant) {
  if (auto known = giants_.extract({id, step, giant.entry})) return std::move(known.mapped());
  const Grouping& grouping = plan_.groupings()[plan_.nodes()[id].groups];
  const ViewId below = grouping.below[step];
  std::vector<std::pair<NodeId, std::size_t>> alike{{id, step}};
  // What stays small is done at once for all aggregations of these entries, the rest when it is needed.
  for (NodeId other = 0; other < plan_.nodes().size() && is_summarized_small(*plan_.nodes()[id].feature); ++other) {
    const Node& node = plan_.nodes()[other];
    const bool aggregates = node.work == Work::aggregate || node.work == Work::summarize;
    if (!aggregates || other == id || !columns_[other].empty() || !is_summarized_small(*node.feature)) continue;
    const std::vector<ViewId>& views = plan_.groupings()[node.groups].below;
    const auto found = std::find(views.begin(), views.end(), below);
    if (found != views.end()) alike.emplace_back(other, static_cast<std::size_t>(found - views.begin()));
  }
  std::vector<SplitAggregation> aggregations;
  for (const auto& [other, at] : alike) {
    const Node& node = plan_.nodes()[other];
    aggregations.push_back({.feature = node.feature, .n_skipped = node.n_skipped + at});
  }
  std::vector<GroupSummary> found =
      summarize_group(aggregations, step == 0 ? grouping.top : grouping.below[step - 1], giant.entry, *giant.group);
  for (std::size_t i = 1; i < alike.size(); ++i) {
    giants_.emplace(GiantKey{alike[i].first, alike[i].second, giant.entry}, std::move(found[i]));
  }
  return std::move(found.front());
}

std::map<std::size_t, GroupSummary> Run::giant_summaries(NodeId id) {
  const Node& node = plan_.nodes()[id];
  const Grouping& grouping = plan_.groupings()[node.groups];
  std::map<std::size_t, GroupSummary> by_entry;
  for (const View::Giant& giant : views_.at(grouping.below.front()).giants) {
    by_entry.emplace(giant.entry, giant_summary(id, 0, giant));
  }
  // Groups of common size may have a giant one further down; they are one piece then.
  for (std::size_t step = 1; step < grouping.below.size(); ++step) {
    for (const View::Giant& giant : views_.at(grouping.below[step]).giants) {
      std::size_t entry = giant.entry;
      for (std::size_t up = step; up-- > 0;) entry = group_of(views_.at(grouping.below[up]).offsets, entry);
      if (by_entry.contains(entry)) continue;
      const core::RowId row = views_.at(grouping.top).row_set()[entry];
      const auto offsets = context_.data.child_offsets(node.feature->path.front(), row, 1);
      const GiantGroup group{.row = row, .children = {.first = offsets[0], .n = offsets[1] - offsets[0]}};
      const SplitAggregation aggregation{.feature = node.feature};
      by_entry.emplace(entry, std::move(summarize_group({&aggregation, 1}, grouping.top, entry, group).front()));
    }
  }
  return by_entry;
}

void Run::put_giants(NodeId id, std::vector<Column>& results) {
  std::map<std::size_t, GroupSummary> giants = giant_summaries(id);
  if (giants.empty()) return;
  const Node& node = plan_.nodes()[id];
  std::vector<Column> kinds;
  for (const Column* column : grouped_columns(node)) kinds.push_back(column->all_missing(0));
  std::vector<const Column*> columns;
  for (const Column& kind : kinds) columns.push_back(&kind);
  const std::vector<std::int64_t> no_entries{0, 0};
  std::vector<std::vector<std::pair<std::size_t, Column>>> entries(results.size());
  for (auto& [entry, summary] : giants) {
    GroupMemo memo;
    const AggregateInput kind = aggregate_input(node, columns);
    const std::int64_t cutoff = kind.cutoffs[entry];
    std::vector<Column> found = std::move(summary).finish(*node.feature, {.columns = columns,
                                                                          .groups = no_entries,
                                                                          .cutoffs = {.times = {&cutoff, 1}},
                                                                          .arguments = kind.arguments,
                                                                          .semantics = kind.semantics,
                                                                          .memo = memo});
    GRIDMILL_ASSERT(found.size() == results.size(), "giant groups have the outputs of others");
    for (std::size_t i = 0; i < found.size(); ++i) entries[i].emplace_back(entry, std::move(found[i]));
  }
  for (std::size_t i = 0; i < results.size(); ++i) results[i] = with_entries(std::move(results[i]), entries[i]);
}

}  // namespace gridmill::features
