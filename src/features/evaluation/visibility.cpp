#include "features/evaluation/visibility.hpp"

#include <limits>

namespace gridmill::features {
namespace {

// core::kMissingTime is the smallest number there is: it lies in no span.
constexpr std::int64_t kBeforeAll = core::kMissingTime + 1;

}  // namespace

bool Visibility::filters(core::TableId table) const { return !data_.entity_set().tables[table].time_index.empty(); }

Visibility::Span Visibility::span(std::int64_t cutoff) const {
  // What ends with the cutoff begins after the window's end, and the other way round.
  const std::int64_t step = options_.include_cutoff_time ? 0 : 1;
  const std::int64_t first =
      options_.training_window ? options_.training_window->before(cutoff) + (1 - step) : kBeforeAll;
  return {.first = first, .last = cutoff - step};
}

Visibility::Span Visibility::outer_span(std::int64_t cutoff) const {
  if (is_one_range()) return span(cutoff);
  return {.first = kBeforeAll, .last = span(cutoff).last};
}

std::vector<std::uint8_t> Visibility::mask(core::TableId table, const core::RowSet& rows, Cutoffs cutoffs) const {
  std::vector<std::uint8_t> mask(rows.size(), 1);
  if (!filters(table) || mask.empty()) return mask;
  const std::vector<std::int64_t> times = data_.times(table, rows);
  const std::vector<std::int64_t> last_times =
      is_one_range() ? std::vector<std::int64_t>{} : data_.last_times(table, rows);
  const bool common = cutoffs.times.size() == 1;
  Span window = common ? span(cutoffs[0]) : Span{};
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (!common) window = span(cutoffs[i]);
    const bool young = window.first <= times[i] || (!last_times.empty() && window.first <= last_times[i]);
    mask[i] = young && times[i] != core::kMissingTime && times[i] <= window.last;
  }
  return mask;
}

std::vector<std::uint8_t> Visibility::mask_of_instances(core::TableId table, const core::RowSet& rows,
                                                        Cutoffs cutoffs) const {
  if (options_.instances_known) return std::vector<std::uint8_t>(rows.size(), 1);
  std::vector<std::uint8_t> known = mask(table, rows, cutoffs);
  if (options_.include_cutoff_time || !options_.instances_begin || !filters(table) || known.empty()) return known;
  const std::vector<std::int64_t> times = data_.times(table, rows);
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (times[i] == cutoffs[i]) known[i] = 1;
  }
  return known;
}

}  // namespace gridmill::features
