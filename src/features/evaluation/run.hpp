#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "features/evaluation/column_reader.hpp"
#include "features/evaluation/evaluation.hpp"
#include "features/evaluation/footprint.hpp"
#include "features/evaluation/group_summary.hpp"
#include "features/evaluation/groups.hpp"
#include "features/evaluation/kept_columns.hpp"
#include "features/evaluation/plan.hpp"
#include "features/evaluation/series.hpp"
#include "features/evaluation/splits.hpp"
#include "features/evaluation/views.hpp"
#include "features/evaluation/visibility.hpp"

namespace gridmill::features {

/// What all evaluations of one Evaluator share.
struct Context {
  const core::EntityData& data;
  const EvaluationOptions& options;
  const Materialized* materialized;
  const ColumnReader& reader;
  const Visibility& visibility;
  const ViewMaker& maker;
  const KnownSummaries* summaries;
  KeptColumns& kept;
};

/// Evaluates features over one root view: carries out a plan, each column as soon as its inputs are there, and frees
/// what nobody needs any more.
class Run {
 public:
  /// All rows of `root` are visible. `above`: no steps down led to it.
  Run(const Context& context, View root, bool above = true);

  /// Plans features; once.
  void plan(std::span<const FeatureRef> features);
  /// Returns what carrying out the plan takes, or, when that is beyond `limit`, as much as is known by then.
  Footprint footprint(std::size_t limit, Counting counting);
  /// Returns the planned features' outputs, by feature, one entry an entry of the root. Once.
  std::vector<std::vector<Column>> evaluate_planned();
  /// Returns for each feature its outputs, one entry an entry of the root. Once.
  std::vector<std::vector<Column>> evaluate(std::span<const FeatureRef> features);
  /// Instead: summarises aggregations over some children of the root's one entry; paths begin with `relationship`.
  std::vector<GroupSummary> summarize(std::span<const SplitAggregation> aggregations, core::RelationshipId relationship,
                                      const ChildRange& range);
  /// Instead: returns what groups of the root, or of rows below it, are aggregated into on the way to the features.
  Splits splits(std::span<const FeatureRef> features);

 private:
  using Columns = std::vector<ColumnRef>;
  using GiantKey = std::tuple<NodeId, std::size_t, std::size_t>;  // node, step of its path, entry above that

  /// Returns the nodes without inputs in the order in which they are computed, each with what can be computed then.
  [[nodiscard]] std::vector<NodeId> leaves() const;
  void carry_out();
  void compute(NodeId id);
  void release(NodeId id);
  void free_columns(NodeId id);

  Columns work_on(NodeId id);
  Columns materialized(const Node& node);
  Columns direct(const Node& node);
  Columns aggregate(NodeId id);
  /// Calls a primitive for some groups at a time where they have many entries in common: it may keep copies of all.
  static std::vector<Column> aggregate_bounded(const Feature& feature, const AggregateInput& input);
  Columns summarize_piece(NodeId id);
  Columns transform(const Node& node);
  Columns series(const Node& node);
  Columns pick(const Node& node);
  Columns rank(const Node& node);
  Columns lag(const Node& node);
  void compute_by_cutoff(ViewId view);
  /// Computes all aggregations that take a shared view's rows as they are read.
  void stream(ViewId shared);

  /// Puts the results of groups that are too large for one task in their places.
  void put_giants(NodeId id, std::vector<Column>& results);
  /// Returns the summaries of such groups of a node by entry.
  std::map<std::size_t, GroupSummary> giant_summaries(NodeId id);
  /// Returns the summary of the children that an entry has at a step of the node's path.
  GroupSummary giant_summary(NodeId id, std::size_t step, const View::Giant& giant);
  /// Merges the pieces of the group of one entry, for aggregations of the same children.
  std::vector<GroupSummary> summarize_group(std::span<const SplitAggregation> aggregations, ViewId above,
                                            std::size_t entry, const GiantGroup& group);

  [[nodiscard]] std::vector<const Column*> base_columns(const Node& node) const;
  [[nodiscard]] std::vector<const Column*> grouped_columns(const Node& node);
  [[nodiscard]] AggregateInput aggregate_input(const Node& node, std::span<const Column* const> columns);
  [[nodiscard]] Groups& groups(GroupsId id);
  [[nodiscard]] const Series& all_in_order(ViewId view);
  /// Returns those entries of a view that are neighbours of each other for the node: all but for what Featuretools does
  /// not see.
  [[nodiscard]] const Series& neighbours(const Node& node);
  [[nodiscard]] bool fills_defaults() const { return context_.options.semantics == Semantics::featuretools; }

  const Context& context_;
  Views views_;
  Plan plan_;
  std::vector<NodeId> wanted_;
  std::vector<Columns> columns_;           // by node
  std::vector<std::size_t> n_uses_;        // left, by node
  std::vector<std::size_t> n_missing_;     // inputs, by node
  std::vector<std::size_t> n_group_uses_;  // left, by grouping
  std::vector<std::unique_ptr<Groups>> groups_;
  std::map<NodeId, GroupSummary> pieces_;    // of what is to be summarised
  std::map<GiantKey, GroupSummary> giants_;  // made with others, not needed yet
  std::map<ViewId, Series> orders_;
  std::map<std::pair<ViewId, Way>, Series> neighbours_;                // of rows at hand only
  std::map<std::pair<NodeId, const Series*>, Series> grouped_orders_;  // by group, and what is cut into groups
};

}  // namespace gridmill::features
