#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/entity_data.hpp"
#include "features/columns/column.hpp"
#include "features/columns/sorted_runs.hpp"
#include "features/definitions/feature.hpp"

namespace gridmill::features {

/// A step from rows to those that they belong to, or to those that belong to them.
struct Step {
  core::RelationshipId relationship = 0;
  bool up = false;

  friend auto operator<=>(const Step&, const Step&) = default;
};
using Way = std::vector<Step>;  // from the rows of the target

/// The rows at hand, by the ways that lead to them: some transforms (ABSOLUTE_DIFF, PERCENT_CHANGE, SAME_AS_PREVIOUS,
/// TIME_SINCE_PREVIOUS) take the row before among them. Featuretools evaluates the instances of one cutoff time
/// together, and has only the rows that belong to these. Source: Featuretools 1.28, primitives without
/// uses_full_dataframe.
struct Neighbourhood {
  core::TableId target = 0;
  std::map<const Feature*, Way> ways;  // of such transforms that are reached in one way; the others see every row
  std::vector<FeatureRef> in_several_ways;
  std::map<std::int64_t, std::vector<core::RowId>> instances;  // by cutoff, if each has its own; else all that count
};

/// What is known at a cutoff time, and how results are taken.
struct EvaluationOptions {
  Semantics semantics = Semantics::featuretools;
  bool include_cutoff_time = true;          // rows at the very cutoff count
  bool instances_begin = false;             // ... else instances do: their cutoffs are their own times
  std::optional<Window> training_window;    // rows older than that before the cutoff do not count
  bool last_time_indexes = false;           // ... unless a descendant of theirs is young enough
  std::optional<std::int64_t> approximate;  // [ns] aggregations of parents are computed at cutoffs floored to this
  std::shared_ptr<const Neighbourhood> neighbourhood;  // what Featuretools knows of rows; null: every row that counts
  std::size_t kept_bytes = 64U << 20U;                 // at most, for whole tables' columns that later calls need again
  /// Instances have cutoff times of their own: rows that several see are taken once for all. Decides the last bits of
  /// sums of more than 1,024 rows.
  bool own_cutoffs = false;
  /// With own cutoffs: the row of some instance is that of another, too. Where it is not, rows straight below the
  /// instances have one that sees them, and nothing to share.
  bool rows_repeat = true;
  bool instances_known = false;            // instances count whatever their own time is: labels are of all of them
  std::size_t working_bytes = 32U << 20U;  // about what columns may take at a time; shows in no result
  /// A group is cut into pieces where more rows lie below its parent. Decides the last bits of sums of such groups.
  std::int64_t piece_rows = 1 << 18;
};

/// One row of a feature matrix: an instance of the target as known at a time.
struct Instance {
  core::RowId row = core::kNoRow;
  std::int64_t cutoff = 0;  // [ns since 1970 UTC]
};

/// Features whose values were computed before, for all rows of their table at the one cutoff time of the run. Read
/// instead of being evaluated again.
class Materialized {
 public:
  virtual ~Materialized() = default;
  [[nodiscard]] virtual bool has(const Feature& feature) const = 0;
  [[nodiscard]] virtual Column read(const Feature& feature, std::size_t output, const core::RowSet& rows) const = 0;
};

/// Plain bytes, to be kept or sent to another rank of the same program.
using core::Bytes;

/// Some of the children of a row that has too many for one task (see EvaluationOptions::piece_rows), known at a cutoff.
struct GroupPiece {
  core::RelationshipId relationship = 0;
  core::RowId row = core::kNoRow;  // the parent
  std::int64_t cutoff = 0;         // [ns]
  std::int64_t piece = 0;          // which, ...
  std::int64_t n_pieces = 1;       // ... of how many
  std::int64_t n_rows = 0;         // children in it, known or not

  friend bool operator==(const GroupPiece&, const GroupPiece&) = default;
};

/// An aggregation over the children of a row, or over rows further down: what is left of its path begins at the row.
struct SplitAggregation {
  const Feature* feature = nullptr;
  std::size_t n_skipped = 0;  // steps of its path that lead to the row

  friend auto operator<=>(const SplitAggregation&, const SplitAggregation&) = default;
};

/// Summaries of pieces that were made before. Where it has none, a piece is summarised when it is needed.
class KnownSummaries {
 public:
  virtual ~KnownSummaries() = default;
  [[nodiscard]] virtual std::optional<KeptBytes> find(const GroupPiece& piece,
                                                      const SplitAggregation& aggregation) const = 0;
};

/// Evaluates features for rows of their tables.
///
/// Works on *views*: the rows of a table that belong to the instances asked for, each with the cutoff time of its
/// instance. Children of a view are the visible rows below it (found by binary search in rows sorted by time), parents
/// the distinct (row, cutoff) above it. A column is computed once per view and freed after its last use. Deterministic:
/// a value depends on its instance alone, not on the others asked for. Errors: those of the data.
/// Instances are evaluated some at a time, as many as EvaluationOptions::working_bytes allow.
///
/// A row with too many others below it is aggregated piece by piece: pieces are summarised, their summaries merged in
/// order. Summaries can be made beforehand, each a task of its own.
class Evaluator {
 public:
  Evaluator(const core::EntityData& data, EvaluationOptions options, const Materialized* materialized = nullptr,
            const KnownSummaries* summaries = nullptr);
  ~Evaluator();

  /// Returns for each feature its outputs, one entry an instance. All features belong to `target`; they are kept alive
  /// as long as this object.
  [[nodiscard]] std::vector<std::vector<Column>> evaluate(core::TableId target, std::span<const FeatureRef> features,
                                                          std::span<const Instance> instances) const;

  /// Returns about what `evaluate` takes in memory for these instances, beside its results [bytes]: what it decides by
  /// how many it evaluates at a time. Cost: finds the rows below them, but reads no other column than times.
  [[nodiscard]] std::size_t working_bytes(core::TableId target, std::span<const FeatureRef> features,
                                          std::span<const Instance> instances) const;

  /// Returns the pieces that evaluating the features for these instances takes, in passes: those of one pass can be
  /// summarised in any order, best when the summaries of the passes before it are known. Most data has none.
  [[nodiscard]] std::vector<std::vector<GroupPiece>> giant_pieces(core::TableId target,
                                                                  std::span<const FeatureRef> features,
                                                                  std::span<const Instance> instances) const;
  /// Returns what is aggregated over the children of a relationship on the way to the features, each once.
  [[nodiscard]] std::vector<SplitAggregation> split_aggregations(core::TableId target,
                                                                 std::span<const FeatureRef> features,
                                                                 core::RelationshipId relationship) const;
  /// Summarises one piece for each of `aggregations`, all of its relationship. `target`: that of the features they come
  /// from.
  [[nodiscard]] std::vector<Bytes> summarize(core::TableId target, std::span<const SplitAggregation> aggregations,
                                             const GroupPiece& piece) const;

  /// Returns the rows of a table that are visible at a cutoff, in table order: the instances of a run that names none.
  [[nodiscard]] std::vector<core::RowId> visible_rows(core::TableId table, std::int64_t cutoff) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Returns what features of the target know of neighbouring rows; null if none looks at them.
std::shared_ptr<const Neighbourhood> neighbourhood_of(core::TableId target, std::span<const FeatureRef> features,
                                                      std::span<const Instance> instances, bool one_cutoff);

/// Features to compute for all rows of a table before others are: needed by many rows of other tables (parents), or
/// depending on the whole table.
struct Stage {
  core::TableId table = 0;
  bool whole_table = false;  // one task: cannot be cut into slices of rows
  std::vector<FeatureRef> features;
};

/// Returns the stages of `wanted`, in dependency order; the last is the target's own. With several cutoff times there
/// is only that one: everything is computed where it is needed.
std::vector<Stage> plan_stages(const core::EntitySet& set, std::span<const FeatureRef> wanted, bool one_cutoff);

/// Returns those features that are computed anew for each distinct cutoff, over all rows of their table known then:
/// transforms whose value of a row changes with the rows that count. Only with several cutoff times.
std::vector<FeatureRef> repeated_by_cutoff(const core::EntitySet& set, const EvaluationOptions& options,
                                           std::span<const FeatureRef> wanted);

}  // namespace gridmill::features
