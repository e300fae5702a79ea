#include "jobs/search/search_time.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/readable_number.hpp"
#include "jobs/dataset/dataset_block.hpp"
#include "search/evaluate.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::jobs {

namespace {

constexpr double kHour = 3600;
constexpr double kDay = 24 * kHour;
// Seconds for a unit of Family::cost where everything is at its best: measured on digits and covtype, four times less.
constexpr double kFastestUnit = 2e-10;

std::string about(double seconds) {
  if (seconds < 1) return "1 s";
  if (seconds < 100) return fmt::format("{:.0f} s", seconds);
  if (seconds < 100 * 60) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 2 * kDay) return fmt::format("{:.0f} h", seconds / kHour);
  if (seconds < 1000 * kDay) return fmt::format("{:.0f} days", seconds / kDay);
  const double years = seconds / kDay / 365;
  return years < 10 ? fmt::format("{:.2g} years", years) : core::six_digits_text(std::round(years)) + " years";
}

/// Every so-manieth row of each class, so that all classes are there.
std::vector<core::Index> some_rows(const core::Dataset& data, std::size_t n) {
  std::vector<core::Index> rows(data.n_samples());
  std::iota(rows.begin(), rows.end(), core::Index{0});
  std::stable_sort(rows.begin(), rows.end(), [&](auto a, auto b) { return data.y[a] < data.y[b]; });
  std::vector<core::Index> some;
  for (std::size_t k = 0; k < n; ++k) some.push_back(rows[k * rows.size() / n]);
  std::sort(some.begin(), some.end());
  return some;
}

std::vector<std::size_t> candidates_of(const search::SearchPlan& plan, const models::Family& family) {
  std::vector<std::size_t> candidates;
  for (std::size_t c = 0; c < search::n_distinct(plan); ++c) {
    if (&search::family_of(plan, c) == &family) candidates.push_back(c);
  }
  return candidates;
}

/// Of a family, the cheapest, the middle and the costliest but for some: what is between them costs about the same on
/// average.
std::vector<std::size_t> some_candidates(const search::SearchPlan& plan, const models::Family& family,
                                         const core::Dataset& data) {
  const std::vector<std::size_t> all = candidates_of(plan, family);
  std::vector<std::pair<double, std::size_t>> by_cost;
  const std::size_t step = std::max<std::size_t>(1, all.size() / 1000);
  for (std::size_t i = 0; i < all.size(); i += step) {
    by_cost.emplace_back(search::fit_cost(plan, all[i], data.n_samples(), data), all[i]);
  }
  std::sort(by_cost.begin(), by_cost.end());
  std::vector<std::size_t> some;
  for (const std::size_t sixth : {1U, 3U, 5U}) some.push_back(by_cost[by_cost.size() * sixth / 6].second);
  some.erase(std::unique(some.begin(), some.end()), some.end());
  return some;
}

struct Trial {
  double seconds = 0;         // of the fits
  double shared_seconds = 0;  // of what fits with one sharing key share
  double n = 0;               // fits that were timed
  double cost = 0;            // of the fits that were timed
};

/// Fits candidates of a family to `n` rows, one fifth of which are predicted.
Trial try_rows(const search::SearchPlan& plan, const models::Family& family, const core::Dataset& data, std::size_t n,
               double enough_s) {
  const core::Dataset part = take(data, some_rows(data, n));
  search::SearchPlan trial = plan;
  trial.families = {&family};
  trial.candidates.clear();
  trial.number.clear();
  trial.listed.clear();
  trial.fold_number.clear();
  trial.rounds.clear();
  for (const std::size_t candidate : some_candidates(plan, family, data))
    trial.candidates.push_back(plan.candidates[candidate]);
  trial.folds.assign(1, {});
  for (std::size_t i = 0; i < n; ++i) {
    (i % 5 == 2 ? trial.folds[0].test : trial.folds[0].train).push_back(static_cast<core::Index>(i));
  }
  trial.keep_predictions = false;
  trial.fit_time_limit_s = 2 * enough_s;
  constexpr std::size_t kMemory = std::size_t{256} << 20U;
  search::Evaluator evaluator(trial, part, {.memory_bytes = kMemory});
  Trial sum;
  for (std::size_t candidate = 0; candidate < trial.candidates.size() && sum.seconds < enough_s; ++candidate) {
    const auto seconds = [&] {
      const search::FitRecord record = evaluator.evaluate(search::bundle_of({candidate, 0})).front();
      return record.status == models::FitStatus::failed ? -1.0 : record.end_s - record.start_s;
    };
    const double first = seconds();
    if (first < 0) continue;
    const double again = std::min(first, seconds());  // finds what is shared
    sum.seconds += again;
    sum.shared_seconds += first - again;
    sum.cost += search::fit_cost(trial, candidate, trial.folds[0].train.size(), part);
    sum.n += 1;
  }
  return sum;
}

/// How often a family makes what fits share: once a sharing key, or once for each fold as well.
double n_shared(const search::SearchPlan& plan, const models::Family& family) {
  std::map<std::string, std::size_t> times;
  for (const std::size_t candidate : candidates_of(plan, family)) {
    const bool by_fold = search::shares_rows(family, search::params_of(plan, candidate));
    times[search::sharing_key_of(plan, candidate)] = by_fold ? search::rounds_of(plan).front().n_folds : 1;
  }
  double n = 0;
  for (const auto& [key, each] : times) n += static_cast<double>(each);
  return n;
}

/// Whether some fits share a number for each pair of rows.
bool has_kernels(const search::SearchPlan& plan) {
  return std::ranges::any_of(plan.families, [](const models::Family* family) {
    return family->shared_work(2000, 1).cost > 3 * family->shared_work(1000, 1).cost;
  });
}

/// Of all fits of a family; nothing: those that were tried failed.
std::optional<TimeEstimate> family_time(const PlannedSearch& planned, const models::Family& family,
                                        const core::Dataset& data, const models::Resources& resources,
                                        std::size_t n_ranks) {
  constexpr double kEnough = 0.25;  // seconds
  constexpr std::size_t kMostRows = 4000;
  const search::SearchPlan& plan = planned.plan;
  std::size_t n = std::min<std::size_t>(data.n_samples(), 500);
  Trial trial = try_rows(plan, family, data, n, kEnough);
  while (trial.cost > 0 && trial.seconds < kEnough / 4 && n < std::min(data.n_samples(), kMostRows)) {
    n = std::min({2 * n, data.n_samples(), kMostRows});
    trial = try_rows(plan, family, data, n, kEnough);
  }
  if (!(trial.cost > 0)) return std::nullopt;
  const auto at_work = static_cast<double>(std::max<std::size_t>(1, std::min(n_ranks, planned.bundles.size())));
  double cost = cost_of_family(planned, family) / at_work;
  if (&search::family_of(plan, 0) == &family) cost += search::fit_cost(plan, 0, data.n_samples(), data);  // the refit
  const models::SharedWork shared = family.shared_work(data.n_samples(), data.n_features());
  const double growth = shared.cost / family.shared_work(n, data.n_features()).cost;
  double seconds = cost * trial.seconds / trial.cost;
  if (shared.bytes < static_cast<double>(resources.memory_bytes)) {
    seconds += trial.shared_seconds / trial.n * growth * n_shared(plan, family) / at_work;
  } else {
    seconds += cost * trial.shared_seconds / trial.cost;  // each fit makes it anew
  }
  return TimeEstimate{.seconds = seconds, .n_rows = n};
}

}  // namespace

std::string TimeEstimate::text() const {
  return fmt::format("some {} ({} to {}), from fits of {} rows", about(seconds), about(seconds / factor),
                     about(seconds * factor), n_rows);
}

std::optional<TimeEstimate> estimate_time(const PlannedSearch& planned, const core::Dataset& data,
                                          const models::Resources& resources, std::size_t n_ranks) {
  constexpr double kFactor = 4;  // tried on tables of 1 to 3,000 features and 2,000 to 12,000 rows
  std::optional<TimeEstimate> sum;
  for (const models::Family* family : planned.plan.families) {
    const auto own = family_time(planned, *family, data, resources, n_ranks);
    if (!own) continue;  // fits that fail take no time
    if (!sum) sum = TimeEstimate{.factor = kFactor};
    sum->seconds += own->seconds;
    sum->n_rows = std::max(sum->n_rows, own->n_rows);
  }
  return sum;
}

bool takes_long(const PlannedSearch& planned, std::size_t n_ranks) {
  return planned.cost * kFastestUnit / static_cast<double>(std::max<std::size_t>(1, n_ranks)) > kHour;
}

std::optional<std::string> time_warning(const TimeEstimate& estimate, const PlannedSearch& planned,
                                        const core::Dataset& data, std::size_t n_ranks) {
  if (estimate.seconds < kDay) return std::nullopt;
  return fmt::format(
      "the {} fits may take {} on {} rank{} ({} to {}): the time grows with {} {} rows, so learn from a sample of them "
      "first, try fewer candidates or folds, or set search.fit_time_limit",
      planned.n_trials, about(estimate.seconds), n_ranks, n_ranks == 1 ? "" : "s",
      about(estimate.seconds / estimate.factor), about(estimate.seconds * estimate.factor),
      has_kernels(planned.plan) ? "the square of the" : "the", data.n_samples());
}

}  // namespace gridmill::jobs
