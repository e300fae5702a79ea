#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/entity_data.hpp"
#include "features/evaluation/evaluation.hpp"

namespace gridmill::jobs {

/// Instances whose own rows are not known at their cutoff times, by reason: such a row has no features but defaults.
struct UnknownInstances {
  std::size_t n_all = 0;           // instances that were looked at
  std::size_t n_without_time = 0;  // never known: their time index is missing
  std::size_t n_later = 0;         // known only after the cutoff, or at it where that does not count
  std::size_t n_older = 0;         // before the training window
  std::size_t first = 0;           // the first of them

  [[nodiscard]] std::size_t n() const { return n_without_time + n_later + n_older; }
};

/// Looks at each instance's own row. Tables without a time index are always known. Cost: reads the time index of the
/// rows; memory: a block of them.
UnknownInstances find_unknown(const core::EntityData& data, const features::EvaluationOptions& evaluation,
                              core::TableId target, std::span<const features::Instance> instances);

/// Says why: "'joined' is missing (so never known) in 3, after the cutoff time in 12".
std::string reasons_text(const UnknownInstances& unknown, const features::EvaluationOptions& evaluation,
                         const std::string& time_index);

/// Says what to do when all instances are unknown. `one_cutoff`: it is common to all.
std::string cure_for(const UnknownInstances& unknown, const core::EntityTable& table, bool one_cutoff);

/// Returns a sentence for each of the tables with a time index of which no row is known to any of the instances: a
/// wrong year, or a training window in which nothing happened. Cost: as a rule reads the first times of each.
std::vector<std::string> tables_never_known(const core::EntityData& data, const features::EvaluationOptions& evaluation,
                                            const std::set<core::TableId>& tables,
                                            std::span<const features::Instance> instances);

}  // namespace gridmill::jobs
