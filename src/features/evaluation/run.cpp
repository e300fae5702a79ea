#include "features/evaluation/run.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "core/error.hpp"
#include "features/columns/joined.hpp"
#include "features/evaluation/condition.hpp"
#include "features/evaluation/lagged.hpp"
#include "features/evaluation/missing.hpp"
#include "features/evaluation/neighbours.hpp"
#include "features/evaluation/ranks.hpp"

namespace gridmill::features {
namespace {

std::optional<std::int64_t> common_cutoff(const View& view) {
  if (view.cutoffs.size() == 1) return view.cutoffs.front();
  return {};
}

/// All rows of tables at the end of time are those that calls have in common. `root` are rows known at their cutoffs.
Views::MakeWhole whole_maker(const Context& context, const View& root) {
  const bool begin = !context.options.include_cutoff_time && context.options.instances_begin;
  const auto instances = begin ? std::make_shared<const View>(root) : nullptr;
  return [&context, instances](core::TableId table, std::int64_t cutoff) -> std::shared_ptr<const View> {
    if (cutoff == kEndOfTime) return context.kept.whole(table, context.maker);
    const bool among_them =
        instances != nullptr && instances->table == table && common_cutoff(*instances) == std::optional(cutoff);
    return std::make_shared<View>(context.maker.whole(table, cutoff, among_them ? instances.get() : nullptr));
  };
}

Views::MakeLagged lagged_maker(const Context& context) {
  return [&context](const View& view, const LagKind& lag) {
    return lagged(view, lag, context.data, context.reader, context.visibility);
  };
}

ColumnRef shared(Column column) { return std::make_shared<Column>(std::move(column)); }

/// Returns the column itself if nobody else has it, else a copy.
Column taken_out(ColumnRef column) {
  if (column.use_count() > 1) return *column;
  return std::move(*std::const_pointer_cast<Column>(column));  // made by `shared`, not const itself
}

/// Places of the children's parents, by the offsets of the children.
std::vector<std::int64_t> links_of(const std::vector<std::int64_t>& offsets) {
  std::vector<std::int64_t> links(static_cast<std::size_t>(offsets.back()));
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    std::fill(links.begin() + offsets[i], links.begin() + offsets[i + 1], static_cast<std::int64_t>(i));
  }
  return links;
}

/// Returns where each row of `view` stands in `whole`, whose rows ascend; -1 if it does not.
std::vector<std::int64_t> places_in(const View& whole, const View& view) {
  const core::RowSet rows = view.row_set();
  std::vector<std::int64_t> places(view.n);
  for (std::size_t i = 0; i < view.n; ++i) {
    if (whole.rows.empty()) {
      const std::int64_t place = rows[i] - whole.first;
      places[i] = place >= 0 && place < static_cast<std::int64_t>(whole.n) ? place : -1;
    } else {
      const auto found = std::lower_bound(whole.rows.begin(), whole.rows.end(), rows[i]);
      places[i] = found != whole.rows.end() && *found == rows[i] ? found - whole.rows.begin() : -1;
    }
  }
  return places;
}

}  // namespace

Run::Run(const Context& context, View root, bool above)
    : context_(context),
      views_(context.data, context.maker, context.options.approximate, root, common_cutoff(root), above,
             whole_maker(context, root), lagged_maker(context)),
      plan_(context.data.entity_set(), context.options, context.materialized, context.kept, views_) {}

std::vector<std::vector<Column>> Run::evaluate(std::span<const FeatureRef> features) {
  plan(features);
  return evaluate_planned();
}

void Run::plan(std::span<const FeatureRef> features) {
  for (const FeatureRef& feature : features) wanted_.push_back(plan_.want(*feature));
}

Footprint Run::footprint(std::size_t limit, Counting counting) {
  return footprint_of(plan_, leaves(), views_, context_.options, limit, counting);
}

std::vector<std::vector<Column>> Run::evaluate_planned() {
  carry_out();
  std::vector<std::vector<Column>> results;
  results.reserve(wanted_.size());
  for (const NodeId id : wanted_) {
    std::vector<Column>& result = results.emplace_back();
    const bool last = n_uses_[id] == 1;
    for (ColumnRef& column : columns_[id]) result.push_back(last ? taken_out(std::move(column)) : *column);
    release(id);
  }
  return results;
}

std::vector<NodeId> Run::leaves() const {
  const std::vector<Node>& nodes = plan_.nodes();
  std::vector<NodeId> leaves;
  for (NodeId id = 0; id < nodes.size(); ++id) {
    if (nodes[id].inputs.empty()) leaves.push_back(id);
  }
  // What many wait for comes first; else one column after the other would wait for it.
  std::stable_sort(leaves.begin(), leaves.end(), [&nodes](NodeId a, NodeId b) {
    if (nodes[a].view != nodes[b].view) return nodes[a].view < nodes[b].view;
    return nodes[a].consumers.size() > nodes[b].consumers.size();
  });
  return leaves;
}

void Run::carry_out() {
  const std::vector<Node>& nodes = plan_.nodes();
  columns_.resize(nodes.size());
  groups_.resize(plan_.groupings().size());
  for (const Grouping& each : plan_.groupings()) n_group_uses_.push_back(each.n_uses);
  for (const Node& node : nodes) {
    n_uses_.push_back(node.n_uses);
    n_missing_.push_back(node.inputs.size());
  }
  for (const NodeId leaf : leaves()) compute(leaf);
  for (const NodeId id : wanted_) GRIDMILL_ASSERT(!columns_[id].empty(), "each feature wanted has its columns");
}

void Run::compute(NodeId id) {
  const Node& node = plan_.nodes()[id];
  if (columns_[id].empty()) columns_[id] = work_on(id);
  for (const NodeId input : node.inputs) release(input);
  const bool has_groups = node.work == Work::aggregate || node.work == Work::summarize;
  if (has_groups && --n_group_uses_[node.groups] == 0) groups_[node.groups].reset();
  for (const NodeId consumer : node.consumers) {
    if (--n_missing_[consumer] == 0) compute(consumer);
  }
}

void Run::release(NodeId id) {
  if (--n_uses_[id] == 0) free_columns(id);
}

void Run::free_columns(NodeId id) {
  for (const ColumnRef& column : columns_[id]) {
    if (!column || column.use_count() > 1) continue;  // taken out, or an output that goes on as a slice
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (groups_[g]) groups_[g]->forget(*column);
    }
  }
  columns_[id].clear();
}

Run::Columns Run::work_on(NodeId id) {
  const Node& node = plan_.nodes()[id];
  switch (node.work) {
    case Work::read: return {shared(context_.reader.read(views_.at(node.view), node.feature->column))};
    case Work::materialized: return materialized(node);
    case Work::kept: return {context_.kept.find(*node.feature)};
    case Work::aggregate: return aggregate(id);
    case Work::stream: stream(plan_.groupings()[node.groups].bottom()); return columns_[id];
    case Work::summarize: return summarize_piece(id);
    case Work::direct: return direct(node);
    case Work::transform: return transform(node);
    case Work::series: return series(node);
    case Work::pick: return pick(node);
    case Work::rank: return rank(node);
    case Work::lag: return lag(node);
    case Work::by_cutoff: compute_by_cutoff(node.view); return columns_[id];
    case Work::slice: break;
  }
  return {columns_[node.inputs.front()][node.feature->output]};
}

Run::Columns Run::materialized(const Node& node) {
  Columns columns;
  for (std::size_t output = 0; output < node.feature->n_outputs; ++output) {
    columns.push_back(shared(context_.materialized->read(*node.feature, output, views_.at(node.view).row_set())));
  }
  return columns;
}

Run::Columns Run::direct(const Node& node) {
  const ViewId above = plan_.nodes()[node.inputs.front()].view;
  const std::vector<std::int64_t> links =
      views_.leads_back(node.view, above) ? links_of(views_.at(node.view).offsets) : views_.at(above).links;
  Columns columns;
  for (const ColumnRef& base : columns_[node.inputs.front()]) {
    Column column = base->take(links);
    if (fills_defaults()) fill_missing(column, node.feature->default_value);
    columns.push_back(shared(std::move(column)));
  }
  return columns;
}

Groups& Run::groups(GroupsId id) {
  if (groups_[id]) return *groups_[id];
  const Grouping& grouping = plan_.groupings()[id];
  const View& bottom = views_.at(grouping.bottom());
  groups_[id] = views_.is_shared(grouping.bottom()) ? std::make_unique<Groups>(views_.shared_rows(grouping.bottom()))
                                                    : std::make_unique<Groups>(views_, grouping.below);
  Groups& groups = *groups_[id];
  if (grouping.in_order) groups.sort(context_.data.table_positions(bottom.table, bottom.row_set()));
  if (grouping.where != nullptr) {
    const Column& column = *columns_[*grouping.where_node].front();
    groups.filter(meets(column, *grouping.where, context_.options.semantics));
  }
  if (!grouping.use_previous) return groups;
  if (grouping.use_previous->unit == Window::Unit::observations) {
    groups.keep_last(grouping.use_previous->amount);
  } else if (context_.visibility.filters(bottom.table)) {
    groups.keep_since(context_.reader.times(bottom), *grouping.use_previous, views_.at(grouping.top).cutoff_times());
  }
  return groups;
}

std::vector<const Column*> Run::grouped_columns(const Node& node) {
  Groups& grouped = groups(node.groups);
  std::vector<const Column*> columns;
  const std::size_t n_bases = node.inputs.size() - (node.feature->where ? 1 : 0);
  for (std::size_t i = 0; i < n_bases; ++i) columns.push_back(&grouped.gather(columns_[node.inputs[i]].front()));
  return columns;
}

AggregateInput Run::aggregate_input(const Node& node, std::span<const Column* const> columns) {
  Groups& grouped = groups(node.groups);
  return {.columns = columns,
          .groups = grouped.ranges(),
          .cutoffs = views_.at(node.view).cutoff_times(),
          .arguments = node.feature->primitive.arguments,
          .semantics = context_.options.semantics,
          .memo = grouped.memo()};
}

Run::Columns Run::aggregate(NodeId id) {
  const Node& node = plan_.nodes()[id];
  const Feature& feature = *node.feature;
  const std::vector<const Column*> columns = grouped_columns(node);
  std::vector<Column> results = aggregate_bounded(feature, aggregate_input(node, columns));
  put_giants(id, results);
  Columns shared_results;
  for (Column& result : results) {
    if (fills_defaults()) fill_missing(result, feature.default_value);
    shared_results.push_back(shared(std::move(result)));
  }
  return shared_results;
}

std::vector<Column> Run::aggregate_bounded(const Feature& feature, const AggregateInput& input) {
  const Primitive& primitive = *feature.primitive.primitive;
  if (input.groups.n_entries() <= kOverlappingEntries || !input.groups.overlap()) return primitive.aggregate(input);
  std::vector<std::vector<Column>> parts(feature.n_outputs);
  for (std::size_t first = 0; first < input.n_groups();) {
    std::size_t last = first + 1;
    std::int64_t n = input.groups.n(first);
    while (last < input.n_groups() && n + input.groups.n(last) <= kOverlappingEntries) n += input.groups.n(last++);
    GroupMemo memo;
    AggregateInput some{.columns = input.columns,
                        .groups = input.groups.part(first, last),
                        .cutoffs = input.cutoffs.part(first, last),
                        .arguments = input.arguments,
                        .semantics = input.semantics,
                        .memo = memo};
    std::vector<Column> found = primitive.aggregate(some);
    for (std::size_t i = 0; i < found.size(); ++i) parts[i].push_back(std::move(found[i]));
    first = last;
  }
  std::vector<Column> results;
  for (std::vector<Column>& each : parts) results.push_back(joined(std::move(each)));
  return results;
}

std::vector<const Column*> Run::base_columns(const Node& node) const {
  std::vector<const Column*> columns;
  for (std::size_t i = 0; i < node.feature->bases.size(); ++i) {
    columns.push_back(columns_[node.inputs[i]].front().get());
  }
  return columns;
}

Run::Columns Run::transform(const Node& node) {
  const Feature& feature = *node.feature;
  const View& view = views_.at(node.view);
  const std::vector<const Column*> columns = base_columns(node);
  const std::vector<HeldType> types = held_inputs(feature);
  const std::vector<std::int64_t> all{0, static_cast<std::int64_t>(view.n)};
  Column result = feature.primitive.primitive->transform({.columns = columns,
                                                          .types = types,
                                                          .n = view.n,
                                                          .series = all,
                                                          .cutoffs = view.cutoff_times(),
                                                          .arguments = feature.primitive.arguments,
                                                          .semantics = context_.options.semantics});
  if (!feature.group_by) return {shared(std::move(result))};
  const Column& group_by = *columns_[node.inputs.back()].front();
  std::vector<std::int64_t> places(view.n);
  for (std::size_t i = 0; i < view.n; ++i) places[i] = group_by.missing(i) ? -1 : static_cast<std::int64_t>(i);
  return {shared(result.take(places))};
}

const Series& Run::all_in_order(ViewId view) {
  if (const auto known = orders_.find(view); known != orders_.end()) return known->second;
  const View& whole = views_.at(view);
  return orders_.emplace(view, Series(context_.data.table_positions(whole.table, whole.row_set()))).first->second;
}

const Series& Run::neighbours(const Node& node) {
  const Series& all = all_in_order(node.view);
  const View& view = views_.at(node.view);
  const Way* way = way_to_neighbours(*node.feature, context_.options);
  if (way == nullptr || view.cutoffs.size() != 1) return all;
  const std::pair key{node.view, *way};
  if (const auto known = neighbours_.find(key); known != neighbours_.end()) return known->second;
  const std::vector<std::uint8_t> at_hand =
      rows_at_hand(*context_.options.neighbourhood, *way, view.cutoffs.front(), context_.data, context_.visibility);
  const core::RowSet rows = view.row_set();
  std::vector<std::uint8_t> mask(view.n);
  for (std::size_t i = 0; i < view.n; ++i) mask[i] = at_hand[static_cast<std::size_t>(rows[i])];
  return neighbours_.emplace(key, Series(all, mask)).first->second;
}

Run::Columns Run::series(const Node& node) {
  const Series* series = &neighbours(node);
  if (node.feature->group_by) {
    const std::pair group_by{node.inputs.back(), series};
    const auto known = grouped_orders_.find(group_by);
    series = known != grouped_orders_.end()
                 ? &known->second
                 : &grouped_orders_.emplace(group_by, Series(*series, *columns_[group_by.first].front())).first->second;
  }
  ColumnRef column = shared(series->apply(*node.feature, base_columns(node), views_.at(node.view).cutoff_times(),
                                          context_.options.semantics));
  if (views_.cutoff(node.view) == kEndOfTime) context_.kept.offer(*node.feature, column);
  return {std::move(column)};
}

Run::Columns Run::pick(const Node& node) {
  const NodeId input = node.inputs.front();
  const View& whole = views_.at(plan_.nodes()[input].view);
  return {shared(columns_[input].front()->take(places_in(whole, views_.at(node.view))))};
}

Run::Columns Run::lag(const Node& node) {
  const NodeId input = node.inputs.front();
  const View& before = views_.at(plan_.nodes()[input].view);
  Column column = columns_[input].front()->take(before.links);
  fill_where_none(before.links, node.feature->primitive.arguments, column);
  return {shared(std::move(column))};
}

Run::Columns Run::rank(const Node& node) {
  const NodeId input = node.inputs.front();
  const View& whole = views_.at(plan_.nodes()[input].view);
  const View& view = views_.at(node.view);
  std::vector<std::int64_t> until(view.n);
  for (std::size_t i = 0; i < view.n; ++i) until[i] = context_.visibility.span(view.cutoff_times()[i]).last;
  return {shared(ranks_as_of(*columns_[input].front(), context_.reader.times(whole), places_in(whole, view), until))};
}

void Run::compute_by_cutoff(ViewId view_id) {
  std::vector<NodeId> alike;
  std::vector<FeatureRef> features;
  for (NodeId id = 0; id < plan_.nodes().size(); ++id) {
    const Node& node = plan_.nodes()[id];
    if (node.work != Work::by_cutoff || node.view != view_id || !columns_[id].empty()) continue;
    alike.push_back(id);
    features.emplace_back(std::shared_ptr<void>{}, node.feature);  // lives longer than this
  }
  const View& view = views_.at(view_id);
  const core::RowSet rows = view.row_set();
  std::vector<std::vector<Column>> pieces(alike.size());
  std::vector<std::int64_t> places(view.n);
  std::int64_t n_done = 0;
  std::set<std::int64_t> cutoffs(view.cutoffs.begin(), view.cutoffs.end());
  if (cutoffs.empty()) cutoffs.insert(0);
  for (const std::int64_t cutoff : cutoffs) {
    std::vector<core::RowId> chosen;
    for (std::size_t i = 0; i < view.n; ++i) {
      if (view.cutoff_times()[i] != cutoff) continue;
      places[i] = n_done++;
      chosen.push_back(rows[i]);
    }
    Run run(context_, context_.maker.of_rows(view.table, std::move(chosen), {cutoff}));
    std::vector<std::vector<Column>> columns = run.evaluate(features);
    for (std::size_t f = 0; f < alike.size(); ++f) pieces[f].push_back(std::move(columns[f].front()));
  }
  for (std::size_t f = 0; f < alike.size(); ++f) {
    columns_[alike[f]] = {shared(joined(std::move(pieces[f])).take(places))};
  }
}

}  // namespace gridmill::features
