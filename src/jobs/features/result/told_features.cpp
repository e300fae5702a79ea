#include "jobs/features/result/told_features.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/counted.hpp"
#include "jobs/features/result/rounded_features.hpp"

namespace gridmill::jobs {

namespace {

/// A sentence about the features that have no value in any row; nothing if there are none.
std::optional<std::string> empty_features(const FeaturesResult& result) {
  constexpr std::size_t kNamed = 5;
  std::vector<std::string> names;
  std::size_t n = 0;
  for (const ResultColumn& each : result.columns) {
    if (each.statistics.n == 0 || each.statistics.n_missing < each.statistics.n) continue;
    if (++n <= kNamed) names.push_back(each.column.name);
  }
  if (n == 0) return std::nullopt;
  return fmt::format("{} of {} features {} no value in any row: {}{}", n, result.columns.size(),
                     n == 1 ? "has" : "have", fmt::join(names, ", "), n > kNamed ? ", ..." : "");
}

}  // namespace

void tell_features(const FeaturesPlan& plan, const FeaturesResult& result, const std::vector<core::ColumnType>& types,
                   Observer& observer) {
  observer.note(fmt::format("{} x {}", core::counted(plan.instances.size(), "row"),
                            core::counted(result.columns.size(), "feature")));
  std::map<std::string, std::size_t> reasons;
  for (const LeftOut& each : result.left_out) ++reasons[each.reason];
  for (const auto& [reason, n] : reasons)
    observer.note(fmt::format("{} left out: {}", core::counted(n, "feature"), reason));
  if (const auto warning = empty_features(result)) observer.warning(*warning);
  if (const auto warning = rounded_features(plan, result, types)) observer.warning(*warning);
}

}  // namespace gridmill::jobs
