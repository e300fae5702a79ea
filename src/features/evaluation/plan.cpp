#include "features/evaluation/plan.hpp"

#include <algorithm>

#include "features/evaluation/group_summary.hpp"
#include "features/evaluation/lagged.hpp"
#include "features/evaluation/settled.hpp"

namespace gridmill::features {
namespace {

bool is_aggregation(const Feature& feature) {
  return feature.kind == FeatureKind::aggregation ||
         (feature.kind == FeatureKind::output_slice && is_aggregation(*feature.bases.front()));
}

}  // namespace

Plan::Plan(const core::EntitySet& set, const EvaluationOptions& options, const Materialized* materialized,
           const KeptColumns& kept, Views& views)
    : set_(set), options_(options), materialized_(materialized), kept_(kept), views_(views) {}

NodeId Plan::want(const Feature& feature) {
  const NodeId id = add(feature, Views::kRoot);
  ++nodes_[id].n_uses;
  return id;
}

const Feature& Plan::same(const Feature& feature) {
  if (feature.kind != FeatureKind::identity) return feature;
  return *identities_.try_emplace({feature.table, feature.column}, &feature).first->second;
}

NodeId Plan::add(const Feature& feature, ViewId view) {
  const std::pair key{&same(feature), view};
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  Node node{.feature = key.first, .view = view};
  if (is_materialized(feature, view)) {
    node.work = Work::materialized;
  } else if (views_.is_whole(view) && views_.cutoff(view) == kEndOfTime && kept_.find(feature)) {
    node.work = Work::kept;
  } else {
    switch (feature.kind) {
      case FeatureKind::identity: node.work = Work::read; break;
      case FeatureKind::direct: plan_direct(node); break;
      case FeatureKind::aggregation: plan_aggregation(node); break;
      case FeatureKind::transform:
      case FeatureKind::group_by_transform: plan_transform(node); break;
      case FeatureKind::output_slice:
        node.work = Work::slice;
        add_bases(node, view);
        break;
    }
  }
  const NodeId id = enter(std::move(node));
  known_.emplace(key, id);
  return id;
}

NodeId Plan::enter(Node node) {
  const NodeId id = nodes_.size();
  for (const NodeId input : node.inputs) {
    nodes_[input].consumers.push_back(id);
    ++nodes_[input].n_uses;
  }
  nodes_.push_back(std::move(node));
  return id;
}

NodeId Plan::want_summary(const SplitAggregation& aggregation, ViewId piece) {
  const std::vector<core::RelationshipId>& path = aggregation.feature->path;
  std::vector<ViewId> below{piece};
  for (std::size_t step = aggregation.n_skipped + 1; step < path.size(); ++step) {
    below.push_back(views_.down(below.back(), path[step]));
  }
  Node node{.feature = aggregation.feature, .work = Work::summarize, .inputs = {}, .n_skipped = aggregation.n_skipped};
  plan_groups(node, std::move(below));
  const NodeId id = enter(std::move(node));
  ++nodes_[id].n_uses;
  return id;
}

bool Plan::is_materialized(const Feature& feature, ViewId view) const {
  const bool at_common = views_.cutoff(view) && views_.cutoff(view) == views_.cutoff(Views::kRoot);
  return materialized_ != nullptr && feature.kind != FeatureKind::identity && at_common && materialized_->has(feature);
}

void Plan::add_bases(Node& node, ViewId view) {
  for (const FeatureRef& base : node.feature->bases) node.inputs.push_back(add(*base, view));
}

void Plan::plan_direct(Node& node) {
  node.work = Work::direct;
  const bool floored =
      options_.approximate && views_.is_above_root(node.view) && is_aggregation(*node.feature->bases.front());
  add_bases(node, views_.up(node.view, node.feature->path.front(), floored));
}

void Plan::plan_aggregation(Node& node) {
  node.work = Work::aggregate;
  if (shares_rows(node)) {
    const Feature& feature = *node.feature;
    const auto& partial = feature.primitive.primitive->partial;
    const bool merges = partial && partial->make_states;
    const ViewId below = views_.shared(
        node.view, {.relationship = feature.path.front(), .with_giants = merges, .use_previous = feature.use_previous});
    if (!merges) return plan_groups(node, {below});
    node.work = Work::stream;
    return enter_group(node, {.top = node.view, .below = {below}, .where = feature.where ? &*feature.where : nullptr});
  }
  std::vector<ViewId> below;
  for (const core::RelationshipId step : node.feature->path) {
    below.push_back(views_.down(below.empty() ? node.view : below.back(), step));
  }
  plan_groups(node, std::move(below));
}

/// Says whether a group is a range of rows that are the same for whoever sees them, and others may see them.
bool Plan::shares_rows(const Node& node) const {
  const Feature& feature = *node.feature;
  if (!options_.rows_repeat && views_.way_down(node.view)) return false;
  const bool in_rows = feature.use_previous && feature.use_previous->unit == Window::Unit::observations;
  return options_.own_cutoffs && feature.path.size() == 1 &&
         !(options_.training_window && options_.last_time_indexes) && !(in_rows && feature.where) &&
         (!feature.where || is_settled(*feature.where->feature, set_, options_)) &&
         std::all_of(feature.bases.begin(), feature.bases.end(),
                     [this](const FeatureRef& base) { return is_settled(*base, set_, options_); });
}

void Plan::plan_groups(Node& node, std::vector<ViewId> below) {
  const Feature& feature = *node.feature;
  const bool is_narrowed = views_.is_shared(below.front());  // to what is used, as the view was made
  Grouping wanted{.top = node.view,
                  .below = std::move(below),
                  .in_order = wants_sorted(feature),
                  .use_previous = is_narrowed ? std::nullopt : feature.use_previous};
  if (!feature.primitive.primitive->counts_rows) add_bases(node, wanted.bottom());
  if (feature.where) {
    wanted.where = &*feature.where;
    wanted.where_node = add(*feature.where->feature, wanted.bottom());
    node.inputs.push_back(*wanted.where_node);
  }
  enter_group(node, std::move(wanted));
}

void Plan::enter_group(Node& node, Grouping wanted) {
  const auto alike = [&wanted, this](const Grouping& each) {
    const bool same_where = (each.where == nullptr) == (wanted.where == nullptr) &&
                            each.where_node == wanted.where_node &&
                            (!wanted.where || (&same(*each.where->feature) == &same(*wanted.where->feature) &&
                                               each.where->comparison == wanted.where->comparison &&
                                               each.where->value == wanted.where->value));
    return each.top == wanted.top && each.below == wanted.below && each.in_order == wanted.in_order && same_where &&
           each.use_previous == wanted.use_previous;
  };
  const auto found = std::find_if(groupings_.begin(), groupings_.end(), alike);
  node.groups = static_cast<GroupsId>(found - groupings_.begin());
  if (found == groupings_.end()) groupings_.push_back(std::move(wanted));
  ++groupings_[node.groups].n_uses;
}

void Plan::plan_transform(Node& node) {
  const Feature& feature = *node.feature;
  const bool over_table = feature.primitive.primitive->scope == Scope::table;
  if (over_table && !views_.is_whole(node.view)) {
    std::optional<std::int64_t> cutoff = views_.cutoff(node.view);
    if (!cutoff && is_settled(feature, set_, options_)) cutoff = kEndOfTime;
    if (cutoff) {
      node.work = Work::pick;
      node.inputs.push_back(add(feature, views_.whole(feature.table, *cutoff)));
    } else if (ranks_settled_values(feature, set_, options_)) {
      node.work = Work::rank;
      add_bases(node, views_.whole(feature.table, kEndOfTime));
    } else if (const auto kind = lag_of(feature, set_, options_)) {
      node.work = Work::lag;
      node.inputs.push_back(
          add(*feature.bases[*feature.primitive.primitive->lagged_input], views_.lagged(node.view, *kind)));
    } else {
      node.work = Work::by_cutoff;
    }
    return;
  }
  node.work = over_table ? Work::series : Work::transform;
  add_bases(node, node.view);
  if (feature.group_by) node.inputs.push_back(add(*feature.group_by, node.view));
}

}  // namespace gridmill::features
