#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/features_config.hpp"
#include "core/entity_data.hpp"
#include "core/table.hpp"
#include "features/definitions/feature.hpp"
#include "features/evaluation/evaluation.hpp"
#include "features/matrix/encode.hpp"
#include "jobs/features/plan/label.hpp"

namespace gridmill::jobs {

/// Rows [first, first + n) of what a stage computes: a task, a file.
struct PartRange {
  std::size_t first = 0;
  std::size_t n = 0;
};

/// Returns the parts of n rows: a sixteenth of them, in whole 4,096s, between 4,096 and 65,536. A function of the
/// number of rows alone, so that neither ranks nor memory show in the files.
std::vector<PartRange> part_ranges(std::size_t n_rows);

/// A features job ready to run, the same on every rank: a function of the config, the store and the time of "now".
struct FeaturesPlan {
  core::TableId target = 0;
  std::vector<features::FeatureRef> features;   // of the target, in order
  std::vector<features::MatrixColumn> columns;  // their outputs
  std::vector<features::Stage> stages;          // the last one is the matrix
  features::EvaluationOptions evaluation;
  std::optional<std::int64_t> cutoff;         // one for all [ns]; none: each instance has its own
  std::vector<features::Instance> instances;  // rows of the matrix
  /// Values of giant groups that some aggregations need at once are set aside by piece up to this [bytes]; where they
  /// are more, or the disk is nearly full, parts read them again. Results do not depend on it.
  double most_kept_bytes = 8.0 * (1U << 30U);
  core::Table labels;  // columns of the cutoff file that are passed through
  std::vector<std::string> warnings;
};

/// Builds the features and finds the instances. Errors: UserError for names that the store does not have (with a hint),
/// times that are none, instances that are not there, primitives that do not fit the columns they are given.
FeaturesPlan plan_features(const config::FeaturesOptions& options, const core::EntityData& data, std::int64_t now);

/// The same for features that are there already, and with labels as `use` needs them.
FeaturesPlan plan_instances(const config::FeaturesOptions& options, const core::EntityData& data, std::int64_t now,
                            core::TableId target, std::vector<features::FeatureRef> features, LabelUse use);

/// Returns the features that `options` ask for. `warnings` gets what has no effect.
std::vector<features::FeatureRef> make_features(const config::FeaturesOptions& options, const core::EntityData& data,
                                                std::vector<std::string>& warnings);

}  // namespace gridmill::jobs
