#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "features/definitions/feature.hpp"
#include "features/evaluation/evaluation.hpp"
#include "features/evaluation/kept_columns.hpp"
#include "features/evaluation/views.hpp"

namespace gridmill::features {

using NodeId = std::size_t;
using GroupsId = std::size_t;

/// How a node gets its columns.
enum class Work {
  read,          // a stored column
  materialized,  // computed by an earlier stage
  kept,          // computed by an earlier call, over a whole table
  aggregate,
  stream,     // an aggregation of rows that many groups share, in pieces as they are read
  summarize,  // a piece of a group
  direct,     // from the view above
  transform,  // row by row
  series,     // a table-scope transform over a whole view
  pick,       // the wanted rows of a whole view
  rank,       // the rank of a settled value, at all cutoffs at once
  lag,        // the value of another row, seen at the same cutoff
  by_cutoff,  // a table-scope transform, anew for each distinct cutoff
  slice,      // one output of several
};

/// One feature over one view.
struct Node {
  const Feature* feature = nullptr;
  ViewId view = 0;
  Work work = Work::read;
  std::vector<NodeId> inputs;  // bases, then the group-by column or the where feature
  GroupsId groups = 0;         // aggregate, summarize
  std::size_t n_skipped = 0;   // summarize: steps of the feature's path that lead to the root
  std::vector<NodeId> consumers;
  std::size_t n_uses = 0;  // consumers, and once for a wanted feature
};

/// How the entries of a view are grouped for aggregations over `top`.
struct Grouping {
  ViewId top = 0;
  std::vector<ViewId> below;     // the views on the way down; the last one's entries are grouped
  bool in_order = false;         // by table position, where the path does not give that already
  const Where* where = nullptr;  // over `where_node`
  std::optional<NodeId> where_node;
  std::optional<Window> use_previous;
  std::size_t n_uses = 0;

  [[nodiscard]] ViewId bottom() const { return below.back(); }
};

/// What to compute for some features over a root view, each (feature, view) once. Inputs come before their consumers.
class Plan {
 public:
  Plan(const core::EntitySet& set, const EvaluationOptions& options, const Materialized* materialized,
       const KeptColumns& kept, Views& views);

  /// Adds a wanted feature of the root's table.
  NodeId want(const Feature& feature);

  /// Adds the summary of an aggregation over a piece of the root's one group.
  NodeId want_summary(const SplitAggregation& aggregation, ViewId piece);

  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
  [[nodiscard]] const std::vector<Grouping>& groupings() const { return groupings_; }

 private:
  NodeId add(const Feature& feature, ViewId view);
  NodeId enter(Node node);
  void plan_direct(Node& node);
  void plan_aggregation(Node& node);
  void plan_groups(Node& node, std::vector<ViewId> below);
  void enter_group(Node& node, Grouping wanted);
  [[nodiscard]] bool shares_rows(const Node& node) const;
  void plan_transform(Node& node);
  void add_bases(Node& node, ViewId view);
  [[nodiscard]] bool is_materialized(const Feature& feature, ViewId view) const;
  [[nodiscard]] const Feature& same(const Feature& feature);

  const core::EntitySet& set_;
  const EvaluationOptions& options_;
  const Materialized* materialized_;
  const KeptColumns& kept_;
  Views& views_;
  std::vector<Node> nodes_;
  std::vector<Grouping> groupings_;
  std::map<std::pair<const Feature*, ViewId>, NodeId> known_;
  std::map<std::pair<core::TableId, std::string>, const Feature*> identities_;
};

}  // namespace gridmill::features
