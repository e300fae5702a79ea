#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/features_config.hpp"
#include "core/entity_data.hpp"
#include "core/table.hpp"
#include "features/evaluation/evaluation.hpp"

namespace gridmill::jobs {

/// The rows of a feature matrix, in its order.
struct Instances {
  std::vector<features::Instance> rows;
  std::optional<std::int64_t> cutoff;  // common to all; none: each has its own
  core::Table labels;                  // other columns of the cutoff file, an entry an instance
  std::vector<std::string> warnings;
};

/// Finds the instances: with one cutoff time the rows of the target visible then, in table order; with a column the
/// rows that have a time, in table order; with a file its lines. `now` stands for a cutoff of now [ns].
///
/// Rows that are not known at their cutoff times (see unknown_rows.hpp) are told in `warnings`.
/// Errors: UserError for a time that is none, a column or file that is not there, an instance the target does not have,
/// a line of a file that repeats another (as Featuretools does), and when no row is known at its cutoff time.
Instances find_instances(const config::FeaturesOptions& options, const features::EvaluationOptions& evaluation,
                         const core::EntityData& data, core::TableId target, std::int64_t now);

}  // namespace gridmill::jobs
