#include "jobs/features/plan/unknown_rows.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "features/evaluation/visibility.hpp"
#include "io/text/datetime.hpp"

namespace gridmill::jobs {

namespace {

constexpr std::size_t kBlock = 1U << 16U;  // rows

}  // namespace

UnknownInstances find_unknown(const core::EntityData& data, const features::EvaluationOptions& evaluation,
                              core::TableId target, std::span<const features::Instance> instances) {
  UnknownInstances unknown{.n_all = instances.size()};
  const features::Visibility visibility(data, evaluation);
  if (!visibility.filters(target)) return unknown;
  for (std::size_t begin = 0; begin < instances.size(); begin += kBlock) {
    const auto block = instances.subspan(begin, std::min(kBlock, instances.size() - begin));
    std::vector<core::RowId> rows;
    std::vector<std::int64_t> cutoffs;
    for (const features::Instance& each : block) {
      rows.push_back(each.row);
      cutoffs.push_back(each.cutoff);
    }
    const core::RowSet set = core::RowSet::of(rows);
    const std::vector<std::int64_t> times = data.times(target, set);
    const std::vector<std::uint8_t> known = visibility.mask_of_instances(target, set, {.times = cutoffs});
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (known[i] != 0) continue;
      if (unknown.n() == 0) unknown.first = begin + i;
      if (times[i] == core::kMissingTime) {
        ++unknown.n_without_time;
      } else if (times[i] > visibility.span(cutoffs[i]).last) {
        ++unknown.n_later;
      } else {
        ++unknown.n_older;
      }
    }
  }
  return unknown;
}

std::string reasons_text(const UnknownInstances& unknown, const features::EvaluationOptions& evaluation,
                         const std::string& time_index) {
  std::vector<std::string> reasons;
  const auto add = [&](std::size_t n, const std::string& is) {
    if (n > 0) reasons.push_back(fmt::format("{} in {}", is, n));
  };
  add(unknown.n_without_time, "missing (so never known)");
  add(unknown.n_later, evaluation.include_cutoff_time ? "after the cutoff time"
                                                      : "not before the cutoff time (include_cutoff_time: false)");
  add(unknown.n_older, "before the training window");
  return fmt::format("'{}' is {}", time_index, fmt::join(reasons, ", "));
}

std::string cure_for(const UnknownInstances& unknown, const core::EntityTable& table, bool one_cutoff) {
  if (unknown.n_without_time == unknown.n_all) {
    return fmt::format("give the rows a '{}', or import '{}' without time_index: its rows are always known then",
                       table.time_index, table.name);
  }
  if (unknown.n_older > unknown.n_later) return "choose a longer training_window, or cutoff times nearer to the rows";
  if (one_cutoff) return "choose a later cutoff time";
  return fmt::format(
      "for features of events from what was before them, make the events a table of their own without time_index: "
      "import '{}' a second time under another name, with the same relationships, and make that the target; or choose "
      "later cutoff times",
      table.name);
}

namespace {

/// The times of a table that no cutoff reaches.
struct Unreached {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = core::kMissingTime;  // if this is what it stays, all are missing
};

/// Reads times until one is found that lies in the span of a cutoff; nothing then.
std::optional<Unreached> find_unreached(const core::EntityData& data, const features::Visibility& visibility,
                                        core::TableId table, const std::vector<std::int64_t>& cutoffs) {
  Unreached found;
  const std::size_t n_rows = data.entity_set().tables[table].n_rows;
  for (std::size_t row = 0; row < n_rows; row += kBlock) {
    const std::size_t n = std::min(kBlock, n_rows - row);
    for (const std::int64_t time : data.times(table, core::RowSet::range(static_cast<core::RowId>(row), n))) {
      if (time == core::kMissingTime) continue;
      // Later cutoffs have later spans: only the first that ends late enough can hold the time.
      const auto least = std::partition_point(cutoffs.begin(), cutoffs.end(), [&](std::int64_t cutoff) {
        return visibility.outer_span(cutoff).last < time;
      });
      if (least != cutoffs.end() && visibility.outer_span(*least).has(time)) return std::nullopt;
      found.first = std::min(found.first, time);
      found.last = std::max(found.last, time);
    }
  }
  return found;
}

std::string unreached_text(const Unreached& found, const core::EntityTable& table, std::int64_t latest,
                           bool one_cutoff) {
  if (found.last == core::kMissingTime) {
    return fmt::format("no row of '{}' is ever known: its '{}' is missing in all rows", table.name, table.time_index);
  }
  const std::string which = one_cutoff ? "the" : "the last";
  const std::string when = io::datetime_text(latest);
  if (found.first >= latest) {
    return fmt::format("no row of '{}' is known at {} cutoff time, {}: its first '{}' is {}", table.name, which, when,
                       table.time_index, io::datetime_text(found.first));
  }
  return fmt::format("no row of '{}' lies in the training window of {}: its '{}' goes from {} to {}", table.name,
                     one_cutoff ? "the cutoff time, " + when : "any cutoff time", table.time_index,
                     io::datetime_text(found.first), io::datetime_text(found.last));
}

}  // namespace

std::vector<std::string> tables_never_known(const core::EntityData& data, const features::EvaluationOptions& evaluation,
                                            const std::set<core::TableId>& tables,
                                            std::span<const features::Instance> instances) {
  std::vector<std::string> sentences;
  std::vector<std::int64_t> cutoffs;
  for (const features::Instance& each : instances) {
    if (cutoffs.empty() || cutoffs.back() != each.cutoff) cutoffs.push_back(each.cutoff);
  }
  if (cutoffs.empty()) return sentences;
  std::sort(cutoffs.begin(), cutoffs.end());
  cutoffs.erase(std::unique(cutoffs.begin(), cutoffs.end()), cutoffs.end());
  const features::Visibility visibility(data, evaluation);
  for (const core::TableId id : tables) {
    const core::EntityTable& table = data.entity_set().tables[id];
    if (table.time_index.empty() || table.n_rows == 0) continue;
    const std::optional<Unreached> found = find_unreached(data, visibility, id, cutoffs);
    if (found) sentences.push_back(unreached_text(*found, table, cutoffs.back(), cutoffs.size() == 1));
  }
  return sentences;
}

}  // namespace gridmill::jobs
