#include "jobs/features/result/rounded_features.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/logical_type.hpp"
#include "features/definitions/feature.hpp"
#include "features/definitions/held_type.hpp"

namespace gridmill::jobs {
namespace {

/// Names of the features that hold integers while they are computed.
std::set<std::string> integer_features(const FeaturesPlan& plan) {
  std::set<std::string> names;
  for (const features::FeatureRef& feature : plan.features) {
    const auto type = features::held_type(*feature).type;
    if (type && core::column_type_of(*type) == core::ColumnType::integer) names.insert(feature->name);
  }
  return names;
}

bool reaches_beyond_doubles(const features::ColumnStatistics& statistics) {
  constexpr double kFirstRounded = 9007199254740992.0;  // 2^53
  return statistics.n_finite() > 0 && std::max(-statistics.least, statistics.greatest) >= kFirstRounded;
}

}  // namespace

std::optional<std::string> rounded_features(const FeaturesPlan& plan, const FeaturesResult& result,
                                            const std::vector<core::ColumnType>& types) {
  constexpr std::size_t kNamed = 3;
  const std::set<std::string> integers = integer_features(plan);
  std::vector<std::string> names;
  std::size_t n = 0;
  for (const ResultColumn& each : result.columns) {
    const bool is_real = each.list == 0 && types[each.at] == core::ColumnType::real;
    if (!is_real || !integers.contains(each.column.name) || !reaches_beyond_doubles(each.statistics)) continue;
    if (++n <= kNamed) names.push_back(each.column.name);
  }
  if (n == 0) return std::nullopt;
  return fmt::format("{} of whole numbers beyond 2^53 {} written as doubles, which are rounded there: {}{}",
                     n == 1 ? "1 feature" : fmt::format("{} features", n), n == 1 ? "is" : "are",
                     fmt::join(names, ", "), n > kNamed ? ", ..." : "");
}

}  // namespace gridmill::jobs
