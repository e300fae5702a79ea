#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/entity_data.hpp"
#include "features/column.hpp"
#include "features/feature.hpp"

namespace gridmill::features {

/// What is known at a cutoff time, and how results are taken.
struct EvaluationOptions {
  Semantics semantics = Semantics::featuretools;
  bool include_cutoff_time = true;          // rows at the very cutoff count
  std::optional<Window> training_window;    // rows older than that before the cutoff do not count
  bool last_time_indexes = false;           // ... unless a descendant of theirs is young enough
  std::optional<std::int64_t> approximate;  // [ns] aggregations of parents are computed at cutoffs floored to this
  std::size_t kept_bytes = 64U << 20U;      // at most, for whole tables' columns that later calls need again
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

/// Evaluates features for rows of their tables.
///
/// Works on *views*: the rows of a table that belong to the instances asked for, each with the cutoff time of its
/// instance. Children of a view are the visible rows below it (found by binary search in rows sorted by time), parents
/// the distinct (row, cutoff) above it. A column is computed once per view and freed after its last use. Deterministic:
/// a value depends on its instance alone, not on the others asked for. Errors: those of the data.
class Evaluator {
 public:
  Evaluator(const core::EntityData& data, EvaluationOptions options, const Materialized* materialized = nullptr);
  ~Evaluator();

  /// Returns for each feature its outputs, one entry an instance. All features belong to `target`; they are kept alive
  /// as long as this object.
  [[nodiscard]] std::vector<std::vector<Column>> evaluate(core::TableId target, std::span<const FeatureRef> features,
                                                          std::span<const Instance> instances) const;

  /// Returns the rows of a table that are visible at a cutoff, in table order: the instances of a run that names none.
  [[nodiscard]] std::vector<core::RowId> visible_rows(core::TableId table, std::int64_t cutoff) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

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
