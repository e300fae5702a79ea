#include "jobs/features/result/rounded_features.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "features/definitions/feature.hpp"
#include "features/definitions/stored_column.hpp"

namespace gridmill::jobs {
namespace {

/// Names of the columns of features that are whole numbers.
std::set<std::string> whole_columns(const FeaturesPlan& plan) {
  std::set<std::string> names;
  for (const features::FeatureRef& feature : plan.features) {
    if (!features::gives_whole_numbers(*feature)) continue;
    for (std::string& name : features::column_names(*feature)) names.insert(std::move(name));
  }
  return names;
}

bool reaches_beyond_doubles(const features::ColumnStatistics& statistics) {
  return statistics.n_finite() > 0 && std::max(-statistics.least, statistics.greatest) >= features::kFirstRounded;
}

}  // namespace

std::optional<std::string> rounded_features(const FeaturesPlan& plan, const FeaturesResult& result,
                                            const std::vector<core::ColumnType>& types) {
  constexpr std::size_t kNamed = 3;
  const std::set<std::string> whole = whole_columns(plan);
  std::vector<std::string> names;
  std::size_t n = 0;
  for (const ResultColumn& each : result.columns) {
    const bool is_real = each.list == 0 && types[each.at] == core::ColumnType::real;
    if (!is_real || !whole.contains(each.column.name) || !reaches_beyond_doubles(each.statistics)) continue;
    if (++n <= kNamed) names.push_back(each.column.name);
  }
  if (n == 0) return std::nullopt;
  return fmt::format("{} of whole numbers beyond 2^53 {} written as doubles, which are rounded there: {}{}",
                     n == 1 ? "1 feature" : fmt::format("{} features", n), n == 1 ? "is" : "are",
                     fmt::join(names, ", "), n > kNamed ? ", ..." : "");
}

}  // namespace gridmill::jobs
