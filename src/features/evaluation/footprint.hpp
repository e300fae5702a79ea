#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "features/evaluation/plan.hpp"
#include "features/evaluation/views.hpp"

namespace gridmill::features {

/// What carrying out a plan takes in memory at a time, the results of wanted features included [bytes].
struct Footprint {
  std::size_t fixed = 0;    // over whole tables, however few instances there are
  std::size_t growing = 0;  // with the instances

  [[nodiscard]] std::size_t total() const { return fixed + growing; }
};

/// How entries are counted: as they are, or before any cutoff, which reads no times and is never less.
enum class Counting { exact, at_most };

/// Goes through a plan as a Run does, with numbers of entries in place of columns. Stops early, with what is known by
/// then, when `growing` is beyond `limit`: views beyond it are never made.
///
/// An estimate: texts count by a guess, and primitives by what those do that sort or count their entries.
Footprint footprint_of(const Plan& plan, const std::vector<NodeId>& order, Views& views,
                       const EvaluationOptions& options, std::size_t limit, Counting counting);

/// Returns about what an entry of a feature takes [bytes].
std::size_t entry_bytes(const Feature& feature);

/// Returns how many rows are read at a time for aggregations that share them, of so many columns.
std::int64_t streamed_rows(std::size_t n_columns, std::size_t working_bytes);

}  // namespace gridmill::features
