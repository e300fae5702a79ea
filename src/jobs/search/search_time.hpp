#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/dataset.hpp"
#include "jobs/search/search_plan.hpp"
#include "models/family/model.hpp"

namespace gridmill::jobs {

/// How long the fits of a search may take.
struct TimeEstimate {
  double seconds = 0;
  double factor = 1;       // the truth is expected between seconds / factor and seconds x factor
  std::size_t n_rows = 0;  // that were tried

  /// Returns "some 20 min (7 min to 1 h), from fits of 2000 rows".
  [[nodiscard]] std::string text() const;
};

/// Fits a few of the plan's candidates to some rows, for about a second at most, and extrapolates by Family::cost to
/// all fits on `n_ranks` ranks with `resources` and the one at the end. Nothing: none of them could be fitted. A
/// measurement: another one each time, and never part of a result.
std::optional<TimeEstimate> estimate_time(const PlannedSearch& planned, const core::Dataset& data,
                                          const models::Resources& resources, std::size_t n_ranks);

/// True if the plan's fits will take more than an hour on `n_ranks` ranks though the machine be the fastest of today:
/// worth an estimate before they begin. Fits nothing.
bool takes_long(const PlannedSearch& planned, std::size_t n_ranks);

/// Returns what to say before a search begins that may take days; nothing if it does not.
std::optional<std::string> time_warning(const TimeEstimate& estimate, const PlannedSearch& planned,
                                        const core::Dataset& data, std::size_t n_ranks);

}  // namespace gridmill::jobs
