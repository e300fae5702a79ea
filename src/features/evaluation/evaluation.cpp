#include "features/evaluation.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "features/evaluation/column_reader.hpp"
#include "features/evaluation/missing.hpp"
#include "features/evaluation/run.hpp"
#include "features/evaluation/splits.hpp"
#include "features/evaluation/view.hpp"
#include "features/evaluation/visibility.hpp"
#include "features/joined.hpp"

namespace gridmill::features {
namespace {

/// Returns `column` with one entry an instance: that at its place, or the default.
Column with_defaults(Column column, const core::Value& default_value, const std::vector<std::int64_t>& places) {
  Column one = column.all_missing(1);
  fill_missing(one, default_value);
  const auto n = static_cast<std::int64_t>(column.size());
  std::vector<Column> parts;
  parts.push_back(std::move(column));
  parts.push_back(std::move(one));
  std::vector<std::int64_t> all(places);
  std::replace(all.begin(), all.end(), std::int64_t{-1}, n);
  return joined(std::move(parts)).take(all);
}

}  // namespace

struct Evaluator::State {
  State(const core::EntityData& entity_data, EvaluationOptions evaluation_options, const Materialized* computed,
        const KnownSummaries* known_summaries)
      : data(entity_data), options(std::move(evaluation_options)), materialized(computed), summaries(known_summaries) {}

  const core::EntityData& data;
  EvaluationOptions options;
  const Materialized* materialized;
  const KnownSummaries* summaries;
  ColumnReader reader{data};
  Visibility visibility{data, options};
  GiantGroups giants{data, options.piece_rows};
  ViewMaker maker{data, visibility, giants};
  KeptColumns kept{options.kept_bytes};
  Context context{data, options, materialized, reader, visibility, maker, summaries, kept};
};

Evaluator::Evaluator(const core::EntityData& data, EvaluationOptions options, const Materialized* materialized,
                     const KnownSummaries* summaries)
    : state_(std::make_unique<State>(data, std::move(options), materialized, summaries)) {}

Evaluator::~Evaluator() = default;

std::vector<core::RowId> Evaluator::visible_rows(core::TableId table, std::int64_t cutoff) const {
  const std::size_t n = state_->data.entity_set().tables[table].n_rows;
  const std::vector<core::RowId> rows = state_->data.in_table_order(table, 0, n);
  const std::vector<std::int64_t> cutoffs{cutoff};
  const std::vector<std::uint8_t> mask = state_->visibility.mask(table, core::RowSet::of(rows), {.times = cutoffs});
  std::vector<core::RowId> visible;
  for (std::size_t i = 0; i < n; ++i) {
    if (mask[i] != 0) visible.push_back(rows[i]);
  }
  return visible;
}

std::vector<std::vector<Column>> Evaluator::evaluate(core::TableId target, std::span<const FeatureRef> features,
                                                     std::span<const Instance> instances) const {
  std::vector<core::RowId> rows;
  std::vector<std::int64_t> cutoffs;
  std::vector<std::int64_t> places(instances.size(), -1);
  for (std::size_t i = 0; i < instances.size(); ++i) {
    if (instances[i].row == core::kNoRow) continue;
    places[i] = static_cast<std::int64_t>(rows.size());
    rows.push_back(instances[i].row);
    cutoffs.push_back(instances[i].cutoff);
  }
  const bool common = !cutoffs.empty() && std::count(cutoffs.begin(), cutoffs.end(), cutoffs.front()) ==
                                              static_cast<std::ptrdiff_t>(cutoffs.size());
  if (common) cutoffs.resize(1);
  const std::vector<std::uint8_t> mask = state_->visibility.mask(target, core::RowSet::of(rows), {.times = cutoffs});
  std::size_t n = 0;
  for (std::int64_t& place : places) {
    if (place < 0) continue;
    const auto i = static_cast<std::size_t>(place);
    place = mask[i] != 0 ? static_cast<std::int64_t>(n) : -1;
    if (mask[i] == 0) continue;
    rows[n] = rows[i];
    if (!common) cutoffs[n] = cutoffs[i];
    ++n;
  }
  rows.resize(n);
  if (!common) cutoffs.resize(n);
  state_->kept.hold(features);
  Run run(state_->context, state_->maker.of_rows(target, std::move(rows), cutoffs));
  std::vector<std::vector<Column>> columns = run.evaluate(features);
  if (n == instances.size()) return columns;
  const bool fills = state_->options.semantics == Semantics::featuretools;
  for (std::size_t f = 0; f < features.size(); ++f) {
    const core::Value default_value = fills ? features[f]->default_value : core::Value{};
    for (Column& column : columns[f]) column = with_defaults(std::move(column), default_value, places);
  }
  return columns;
}

std::vector<SplitAggregation> Evaluator::split_aggregations(core::TableId target, std::span<const FeatureRef> features,
                                                            core::RelationshipId relationship) const {
  state_->kept.hold(features);
  const Splits splits = Run(state_->context, state_->maker.of_rows(target, {}, {0})).splits(features);
  const auto found = splits.find(relationship);
  return found == splits.end() ? std::vector<SplitAggregation>() : found->second.aggregations;
}

std::vector<std::vector<GroupPiece>> Evaluator::giant_pieces(core::TableId target, std::span<const FeatureRef> features,
                                                             std::span<const Instance> instances) const {
  state_->kept.hold(features);
  const Splits splits = Run(state_->context, state_->maker.of_rows(target, {}, {0})).splits(features);
  return find_pieces(state_->data, state_->visibility, state_->giants, splits, instances);
}

std::vector<Bytes> Evaluator::summarize(core::TableId target, std::span<const SplitAggregation> aggregations,
                                        const GroupPiece& piece) const {
  const GiantGroup* group = state_->giants.find(piece.relationship, piece.row);
  GRIDMILL_ASSERT(group != nullptr && group->n_pieces == piece.n_pieces, "pieces are those of this data");
  const core::TableId table = state_->data.entity_set().relationships[piece.relationship].parent;
  Run run(state_->context, state_->maker.of_rows(table, {piece.row}, {piece.cutoff}), table == target);
  std::vector<Bytes> bytes;
  for (const GroupSummary& each : run.summarize(aggregations, piece.relationship, group->piece(piece.piece))) {
    bytes.push_back(each.to_bytes());
  }
  return bytes;
}

}  // namespace gridmill::features
