#include "jobs/search/search_time.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "models/family/model.hpp"

namespace gridmill::jobs {

namespace {

// Seconds for a unit of Family::cost where everything is at its best: measured on digits and covtype, four times less.
constexpr double kFastestUnit = 2e-10;

/// Whether some fits share a number for each pair of rows.
bool has_kernels(const search::SearchPlan& plan) {
  return std::ranges::any_of(plan.families, [](const models::Family* family) {
    return family->shared_work(2000, 1).cost > 3 * family->shared_work(1000, 1).cost;
  });
}

}  // namespace

bool takes_long(const PlannedSearch& planned, std::size_t n_ranks) {
  return planned.cost * kFastestUnit / static_cast<double>(std::max<std::size_t>(1, n_ranks)) > kHour;
}

std::optional<std::string> time_warning(const JobForecast& forecast, const PlannedSearch& planned,
                                        const core::Dataset& data, const RankLayout& layout) {
  const double seconds = forecast.seconds(layout);
  if (seconds < kDay) return std::nullopt;
  const std::size_t n_ranks = layout.n_nodes * layout.ranks_per_node;
  return fmt::format(
      "the {} fits may take {} on {} rank{} ({} to {}): the time grows with {} {} rows, so learn from a sample of them "
      "first, try fewer candidates or folds, or set search.fit_time_limit",
      planned.n_trials, about(seconds), n_ranks, n_ranks == 1 ? "" : "s", about(seconds / forecast.factor),
      about(seconds * forecast.factor), has_kernels(planned.plan) ? "the square of the" : "the", data.n_samples());
}

}  // namespace gridmill::jobs
