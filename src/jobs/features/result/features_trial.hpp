#pragma once

#include <cstddef>
#include <span>

#include "config/features_config.hpp"
#include "jobs/features/parts/feature_parts.hpp"
#include "jobs/features/plan/features_plan.hpp"
#include "jobs/features/result/features_result.hpp"
#include "jobs/run/job_forecast.hpp"
#include "mpi/session.hpp"

namespace gridmill::jobs {

/// Seconds that work on rows takes: some each time it begins, whatever the rows, and some a row.
struct TrialCost {
  double begin_s = 0;
  double row_s = 0;

  [[nodiscard]] double of(double n_begins, double n_rows) const { return n_begins * begin_s + n_rows * row_s; }
};

/// Returns the cost by which `fewer` rows took `fewer_s` and `more` rows `more_s`; of `more` alone if they are as many.
TrialCost cost_of(std::size_t fewer, double fewer_s, std::size_t more, double more_s);

/// What some rows of a features job took, in processor time, done as a run does them, with files in a temporary folder.
struct FeaturesTrial {
  std::size_t n_rows = 0;
  std::size_t rows_at_a_time = 0;  // evaluated together
  TrialCost evaluate;
  TrialCost write;      // parts
  double encode_s = 0;  // reading and writing of what is encoded; of categories that turned up in these rows
  double select_s = 0;  // which features are left out
  double csv_s = 0;
  TrialCost copy;             // into features.h5
  std::size_t n_encoded = 0;  // columns
  bool selects = false;       // features are left out
  double seconds = 0;         // that trying took, wall time
  double before_s = 0;        // that this process had taken before: reading
};

/// Tries rows from the middle of a job of one stage: more and more, as long as that takes a second or two. Not
/// collective; in a session of several ranks it does not find out what is left out (select_s).
/// Errors: those of the data, RunError when the temporary folder cannot be written.
FeaturesTrial try_features(PartMaker& maker, const config::FeaturesJob& job, const FeaturesPlan& plan,
                           const PartFiles& files, const SideColumns& side, mpi::Session& session);

/// Foretells the job of which rows were tried: its parts, then what is encoded, then features.h5 and text. Pure.
JobForecast foresee_features(const FeaturesTrial& trial, std::span<const PartRange> parts);

}  // namespace gridmill::jobs
