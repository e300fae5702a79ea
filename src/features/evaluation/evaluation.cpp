#include "features/evaluation/evaluation.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/error.hpp"
#include "features/columns/joined.hpp"
#include "features/evaluation/column_reader.hpp"
#include "features/evaluation/missing.hpp"
#include "features/evaluation/run.hpp"
#include "features/evaluation/splits.hpp"
#include "features/evaluation/view.hpp"
#include "features/evaluation/visibility.hpp"

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

/// The instances that are known at their cutoffs.
struct KnownInstances {
  std::vector<core::RowId> rows;
  std::vector<std::int64_t> cutoffs;  // one for all, or one a row
  std::vector<std::int64_t> places;   // by instance: among the rows, or -1

  /// Returns some of the rows.
  [[nodiscard]] KnownInstances part(std::size_t first, std::size_t n) const {
    const auto some = [first, n](const auto& all) {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
      return std::vector(begin, begin + static_cast<std::ptrdiff_t>(n));
    };
    return {.rows = some(rows), .cutoffs = cutoffs.size() == 1 ? cutoffs : some(cutoffs), .places = {}};
  }
};

}  // namespace

struct Evaluator::State {
  State(const core::EntityData& entity_data, EvaluationOptions evaluation_options, const Materialized* computed,
        const KnownSummaries* known_summaries)
      : data(entity_data), options(std::move(evaluation_options)), materialized(computed), summaries(known_summaries) {}

  [[nodiscard]] KnownInstances known(core::TableId target, std::span<const Instance> instances) const {
    KnownInstances found;
    found.places.assign(instances.size(), -1);
    for (std::size_t i = 0; i < instances.size(); ++i) {
      if (instances[i].row == core::kNoRow) continue;
      found.places[i] = static_cast<std::int64_t>(found.rows.size());
      found.rows.push_back(instances[i].row);
      found.cutoffs.push_back(instances[i].cutoff);
    }
    const bool common =
        !found.cutoffs.empty() && std::count(found.cutoffs.begin(), found.cutoffs.end(), found.cutoffs.front()) ==
                                      static_cast<std::ptrdiff_t>(found.cutoffs.size());
    if (common) found.cutoffs.resize(1);
    const auto mask = visibility.mask_of_instances(target, core::RowSet::of(found.rows), {.times = found.cutoffs});
    std::size_t n = 0;
    for (std::int64_t& place : found.places) {
      if (place < 0) continue;
      const auto i = static_cast<std::size_t>(place);
      place = mask[i] != 0 ? static_cast<std::int64_t>(n) : -1;
      if (mask[i] == 0) continue;
      found.rows[n] = found.rows[i];
      if (!common) found.cutoffs[n] = found.cutoffs[i];
      ++n;
    }
    found.rows.resize(n);
    if (!common) found.cutoffs.resize(n);
    return found;
  }

  /// Calls take(run, footprint) for runs over some rows at a time, planned, none of which takes more than allowed. The
  /// runs are the same for both ways of `counting`: where an upper bound is too much, it is counted exactly.
  template <class Take>
  void for_batches(core::TableId target, std::span<const FeatureRef> features, const KnownInstances& known,
                   Counting counting, Take take) const {
    std::size_t most = std::max<std::size_t>(known.rows.size(), 1);
    for (std::size_t first = 0; first == 0 || first < known.rows.size();) {
      const std::size_t n = std::min(most, known.rows.size() - first);
      const std::size_t limit = n > 1 ? options.working_bytes : std::numeric_limits<std::size_t>::max();
      const KnownInstances some = known.part(first, n);
      Run run(context, maker.of_rows(target, some.rows, some.cutoffs));
      run.plan(features);
      Footprint footprint = run.footprint(limit, counting);
      if (counting == Counting::at_most && footprint.growing > limit) footprint = run.footprint(limit, Counting::exact);
      if (footprint.growing > limit) {
        most = (n + 1) / 2;
        continue;
      }
      take(run, footprint);
      first += std::max<std::size_t>(n, 1);
    }
  }

  [[nodiscard]] std::vector<std::vector<Column>> in_batches(core::TableId target, std::span<const FeatureRef> features,
                                                            const KnownInstances& known) const {
    std::vector<std::vector<std::vector<Column>>> batches(features.size());  // by feature, output, batch
    for_batches(target, features, known, Counting::at_most, [&batches](Run& run, const Footprint&) {
      std::vector<std::vector<Column>> columns = run.evaluate_planned();
      for (std::size_t f = 0; f < columns.size(); ++f) {
        batches[f].resize(columns[f].size());
        for (std::size_t i = 0; i < columns[f].size(); ++i) batches[f][i].push_back(std::move(columns[f][i]));
      }
    });
    std::vector<std::vector<Column>> all(features.size());
    for (std::size_t f = 0; f < batches.size(); ++f) {
      for (std::vector<Column>& each : batches[f]) all[f].push_back(joined(std::move(each)));
    }
    return all;
  }

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
  const KnownInstances known = state_->known(target, instances);
  state_->kept.hold(features);
  std::vector<std::vector<Column>> columns = state_->in_batches(target, features, known);
  if (known.rows.size() == instances.size()) return columns;
  const bool fills = state_->options.semantics == Semantics::featuretools;
  for (std::size_t f = 0; f < features.size(); ++f) {
    const core::Value default_value = fills ? features[f]->default_value : core::Value{};
    for (Column& column : columns[f]) column = with_defaults(std::move(column), default_value, known.places);
  }
  return columns;
}

std::size_t Evaluator::working_bytes(core::TableId target, std::span<const FeatureRef> features,
                                     std::span<const Instance> instances) const {
  state_->kept.hold(features);
  std::size_t bytes = 0;
  state_->for_batches(target, features, state_->known(target, instances), Counting::exact,
                      [&](const Run&, const Footprint& footprint) { bytes = std::max(bytes, footprint.total()); });
  return bytes;
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
