#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "features/evaluation.hpp"
#include "features/evaluation/column_reader.hpp"
#include "features/evaluation/groups.hpp"
#include "features/evaluation/kept_columns.hpp"
#include "features/evaluation/plan.hpp"
#include "features/evaluation/series.hpp"
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
  KeptColumns& kept;
};

/// Evaluates features over one root view: carries out a plan, each column as soon as its inputs are there, and frees
/// what nobody needs any more.
class Run {
 public:
  /// All rows of `root` are visible.
  Run(const Context& context, View root);

  /// Returns for each feature its outputs, one entry an entry of the root. Once.
  std::vector<std::vector<Column>> evaluate(std::span<const FeatureRef> features);

 private:
  using Columns = std::vector<ColumnRef>;

  void carry_out(const std::vector<NodeId>& wanted);
  void compute(NodeId id);
  void release(NodeId id);
  void free_columns(NodeId id);

  Columns work_on(NodeId id);
  Columns materialized(const Node& node);
  Columns direct(const Node& node);
  Columns aggregate(const Node& node);
  Columns transform(const Node& node);
  Columns series(const Node& node);
  Columns pick(const Node& node);
  Columns rank(const Node& node);
  void compute_by_cutoff(ViewId view);

  [[nodiscard]] std::vector<const Column*> base_columns(const Node& node) const;
  [[nodiscard]] Groups& groups(GroupsId id);
  [[nodiscard]] const Series& all_in_order(ViewId view);
  [[nodiscard]] bool fills_defaults() const { return context_.options.semantics == Semantics::featuretools; }

  const Context& context_;
  Views views_;
  Plan plan_;
  std::vector<Columns> columns_;           // by node
  std::vector<std::size_t> n_uses_;        // left, by node
  std::vector<std::size_t> n_missing_;     // inputs, by node
  std::vector<std::size_t> n_group_uses_;  // left, by grouping
  std::vector<std::unique_ptr<Groups>> groups_;
  std::map<ViewId, Series> orders_;
  std::map<NodeId, Series> grouped_orders_;
};

}  // namespace gridmill::features
