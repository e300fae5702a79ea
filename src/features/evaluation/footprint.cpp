#include "features/evaluation/footprint.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "features/evaluation/groups.hpp"

namespace gridmill::features {
namespace {

constexpr std::size_t kNumberBytes = sizeof(double);
constexpr std::size_t kPieceBytes = 40;  // of a list of pieces
constexpr std::size_t kStateBytes = 56;  // of what a primitive knows of a piece: the largest common one

class Walk {
 public:
  Walk(const Plan& plan, Views& views, const EvaluationOptions& options, std::size_t limit, Counting counting)
      : plan_(plan),
        views_(views),
        options_(options),
        limit_(limit),
        counting_(counting),
        n_uses_(plan.nodes().size()),
        n_group_uses_(plan.groupings().size()),
        held_(plan.nodes().size()) {
    for (NodeId id = 0; id < n_uses_.size(); ++id) n_uses_[id] = plan.nodes()[id].n_uses;
    for (GroupsId id = 0; id < n_group_uses_.size(); ++id) n_group_uses_[id] = plan.groupings()[id].n_uses;
  }

  Footprint run(const std::vector<NodeId>& order) {
    // Views first: where they are too large no more needs to be known.
    for (ViewId view = 1; view < views_.size() && !beyond(); ++view) add_view(view);
    for (const NodeId id : order) {
      if (beyond()) break;
      compute(id);
    }
    return peak_;
  }

 private:
  [[nodiscard]] bool beyond() const { return peak_.growing > limit_; }

  void add(std::size_t bytes, bool fixed) { (fixed ? live_.fixed : live_.growing) += bytes; }
  void sub(std::size_t bytes, bool fixed) { (fixed ? live_.fixed : live_.growing) -= bytes; }

  /// Notes what is held now, with so much more for a moment.
  void note(std::size_t more, bool fixed) {
    peak_.fixed = std::max(peak_.fixed, live_.fixed + (fixed ? more : 0));
    peak_.growing = std::max(peak_.growing, live_.growing + (fixed ? 0 : more));
  }

  void add_view(ViewId id) {
    std::size_t bytes = 0;
    std::size_t passing = 0;
    const std::size_t above = n_entries(views_.from(id));
    switch (views_.way(id)) {
      case Views::Way::shared:
        bytes = 3 * kNumberBytes * above;    // where each group begins and ends, and its parent's first child
        passing = 9 * kNumberBytes * above;  // share_children: positions twice, spans of time, order; a copy to narrow
        break;
      case Views::Way::down:
      case Views::Way::piece:
      case Views::Way::lagged:
      case Views::Way::up: {
        const std::size_t n = n_entries(id);
        bytes = kNumberBytes * (3 * n + above);  // rows, cutoffs, times; offsets or links
        passing = kNumberBytes * n;
        break;
      }
      default: break;
    }
    add(bytes, false);
    note(passing, false);
  }

  std::size_t n_entries(ViewId id) {
    const auto [known, is_new] = n_entries_.try_emplace(id);
    if (is_new) known->second = counting_ == Counting::exact ? views_.n_entries(id) : views_.most_entries(id);
    return known->second;
  }

  void compute(NodeId id) {
    const Node& node = plan_.nodes()[id];
    const bool fixed = views_.is_whole(node.view);
    if (node.work == Work::stream) {
      if (held_[id] == 0) stream(plan_.groupings()[node.groups].bottom());
    } else if (node.work != Work::slice) {
      held_[id] = n_entries(node.view) * entry_bytes(*node.feature) * node.feature->n_outputs;
      if (node.work == Work::by_cutoff || node.work == Work::rank) {
        const core::TableId table = views_.table(node.view);
        note(4 * kNumberBytes * views_.n_entries(views_.whole(table, kEndOfTime)), true);
      }
      note(held_[id] + passing(node), fixed);
      add(held_[id], fixed);
    }
    for (const NodeId input : node.inputs) release(input);
    const bool has_groups = node.work == Work::aggregate || node.work == Work::summarize;
    if (has_groups && --n_group_uses_[node.groups] == 0) forget_groups(node.groups);
    for (const NodeId consumer : node.consumers) {
      if (++n_ready_[consumer] == plan_.nodes()[consumer].inputs.size()) compute(consumer);
    }
  }

  /// What computing takes beside inputs and outputs, for a moment or as long as the groups are needed.
  std::size_t passing(const Node& node) {
    const std::size_t n = n_entries(node.view);
    switch (node.work) {
      case Work::read:
      case Work::kept:
      case Work::pick:
      case Work::lag:
      case Work::direct: return kNumberBytes * n;
      case Work::transform: return kNumberBytes * n;
      case Work::series: return 3 * kNumberBytes * n;
      case Work::aggregate:
      case Work::summarize: return grouped(node);
      default: return 0;
    }
  }

  std::size_t grouped(const Node& node) {
    const Grouping& grouping = plan_.groupings()[node.groups];
    const std::size_t n = n_entries(grouping.bottom());
    const bool gathers = grouping.in_order || grouping.where != nullptr || grouping.use_previous;
    std::size_t& groups = groups_[node.groups];
    if (groups == 0) {
      groups = kNumberBytes * (n_entries(node.view) + 1) + (gathers ? kNumberBytes * n : 0);
      add(groups, false);
    }
    const Primitive& primitive = *node.feature->primitive.primitive;
    const bool merges = primitive.partial && primitive.partial->make_states;
    // Sorted or counted entries; where groups overlap so many at a time.
    std::size_t bytes = merges ? kStateBytes * n_entries(node.view) : kNumberBytes * n;
    if (views_.is_shared(grouping.bottom()) && !merges)
      bytes = kNumberBytes * std::min<std::size_t>(kOverlappingEntries, shared_entries(grouping.bottom()));
    return bytes + (gathers ? kNumberBytes * n * node.feature->bases.size() : 0);
  }

  std::size_t shared_entries(ViewId view) {
    const SharedRows& rows = views_.shared_rows(view);
    std::size_t n = 0;
    for (std::size_t i = 0; i < rows.begins.size(); ++i) n += static_cast<std::size_t>(rows.ends[i] - rows.begins[i]);
    return n;
  }

  void forget_groups(GroupsId id) {
    sub(groups_[id], false);
    groups_[id] = 0;
  }

  /// All aggregations that take the rows of a shared view at once: their results stay until they are used.
  void stream(ViewId shared) {
    std::set<const Feature*> columns;
    std::size_t n_aggregations = 0;
    std::size_t results = 0;
    for (NodeId id = 0; id < plan_.nodes().size(); ++id) {
      const Node& node = plan_.nodes()[id];
      if (node.work != Work::stream || plan_.groupings()[node.groups].bottom() != shared) continue;
      ++n_aggregations;
      held_[id] = std::max<std::size_t>(n_entries(node.view) * entry_bytes(*node.feature), 1);
      results += held_[id];
      for (const FeatureRef& base : node.feature->bases) columns.insert(base.get());
    }
    const std::size_t n_rows = n_entries(shared);
    const auto n_chunk =
        std::min<std::size_t>(n_rows, static_cast<std::size_t>(streamed_rows(columns.size(), options_.working_bytes)));
    const std::size_t n_pieces = 2 * n_entries(views_.from(shared)) + n_rows / 256;
    note(results + 2 * kNumberBytes * n_chunk * (columns.size() + 1) +
             n_pieces * (kPieceBytes + kStateBytes * n_aggregations),
         false);
    add(results, false);
  }

  void release(NodeId id) {
    if (--n_uses_[id] > 0) return;
    sub(held_[id], views_.is_whole(plan_.nodes()[id].view));
    held_[id] = 0;
  }

  const Plan& plan_;
  Views& views_;
  const EvaluationOptions& options_;
  std::size_t limit_;
  Counting counting_;
  std::vector<std::size_t> n_uses_, n_group_uses_;
  std::vector<std::size_t> held_;  // by node
  std::map<NodeId, std::size_t> n_ready_;
  std::map<GroupsId, std::size_t> groups_;
  std::map<ViewId, std::size_t> n_entries_;
  Footprint live_, peak_;
};

}  // namespace

std::size_t entry_bytes(const Feature& feature) {
  constexpr std::size_t kText = 64;
  if (!feature.type.type) return feature.type.tags.has(core::Tag::category) ? sizeof(std::int32_t) : kNumberBytes;
  switch (core::column_type_of(*feature.type.type)) {
    case core::ColumnType::boolean: return 1;
    case core::ColumnType::categorical: return sizeof(std::int32_t);
    case core::ColumnType::latlong: return 2 * kNumberBytes;
    case core::ColumnType::text:
    case core::ColumnType::key: return kText;
    default: return kNumberBytes;
  }
}

std::int64_t streamed_rows(std::size_t n_columns, std::size_t working_bytes) {
  constexpr std::int64_t kLeast = 8192;
  constexpr std::int64_t kMost = 1 << 17;
  const std::size_t row_bytes = 2 * kNumberBytes * (n_columns + 1);  // as much again for what is made of them
  return std::clamp(static_cast<std::int64_t>(working_bytes / 4 / row_bytes), kLeast, kMost);
}

Footprint footprint_of(const Plan& plan, const std::vector<NodeId>& order, Views& views,
                       const EvaluationOptions& options, std::size_t limit, Counting counting) {
  return Walk(plan, views, options, limit, counting).run(order);
}

}  // namespace gridmill::features
