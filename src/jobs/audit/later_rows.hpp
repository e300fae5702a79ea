#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/entity_data.hpp"
#include "features/definitions/feature.hpp"
#include "features/evaluation/evaluation.hpp"
#include "jobs/audit/finding.hpp"

namespace gridmill::jobs {

/// Features of rows, and when each is known.
struct DatedFeatures {
  core::TableId target = 0;
  std::span<const features::FeatureRef> features;
  features::EvaluationOptions evaluation;
  std::span<const features::Instance> instances;
  std::optional<std::int64_t> cutoff;  // common to all; none: each has its own
  bool is_now = false;                 // the common one is the time of the run, which says nothing of the rows
};

/// What came of cutting the data.
struct LaterRows {
  bool done = false;
  std::string outcome;  // how many rows were compared at which time; or why nothing was
  std::optional<Finding> finding = {};
};

/// Cuts the data at a time, makes the features of rows before it again, and compares: what comes later may change
/// nothing. The time: in the middle of the cutoffs; of one cutoff that is given, that; of a cutoff of now, in the
/// middle of the rows' own times.
///
/// Up to 200 rows are compared, numbers to 1e-9 of their size. Cost: holds some numbers a row of each table, and makes
/// the features of these rows twice. Errors: those of the data.
LaterRows find_later_rows(const core::EntityData& data, const DatedFeatures& dated);

}  // namespace gridmill::jobs
