#include "jobs/run/job_forecast.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/readable_number.hpp"

namespace gridmill::jobs {

namespace {

constexpr std::size_t kMostSimulated = 50'000;  // of more tasks each is a small part of the whole

/// A farm of so many tasks that none of them matters.
double even_seconds(const mpi::ForeseenFarm& farm, const RankLayout& layout) {
  double seconds = 0;
  for (const mpi::ForeseenTask& each : farm.tasks) seconds += each.seconds;
  for (const auto& [key, shared] : farm.shared_s) seconds += shared * static_cast<double>(layout.n_nodes);
  return seconds / static_cast<double>(layout.n_nodes * layout.ranks_per_node);
}

}  // namespace

RankLayout layout_of(const mpi::Place& place) {
  const std::size_t coordinating = place.only_coordinates ? 1 : 0;
  const std::size_t n_nodes = std::max<std::size_t>(1, place.n_nodes - coordinating);
  const std::size_t n_ranks = std::max<std::size_t>(1, static_cast<std::size_t>(place.n_ranks) - coordinating);
  return {.n_nodes = n_nodes, .ranks_per_node = std::max<std::size_t>(1, n_ranks / n_nodes)};
}

double JobForecast::seconds(const RankLayout& layout) const {
  std::vector<std::size_t> node_of;
  if (layout.has_coordinator) node_of.push_back(layout.n_nodes);
  const std::size_t first = node_of.size();
  for (std::size_t node = 0; node < layout.n_nodes; ++node) node_of.insert(node_of.end(), layout.ranks_per_node, node);
  double sum = before_s + after_s + (node_of.size() > 1 ? kStart_s : 0);
  for (const mpi::ForeseenFarm& farm : farms) {
    sum += farm.tasks.size() > kMostSimulated ? even_seconds(farm, layout) : mpi::farm_seconds(farm, node_of, first);
  }
  return sum;
}

std::string JobForecast::text(const RankLayout& layout) const {
  const double all_s = seconds(layout);
  if (at_least) return fmt::format("more than {}, from {}", about(all_s), measured_by);
  return fmt::format("some {} ({} to {}), from {}", about(all_s), about(all_s / factor), about(all_s * factor),
                     measured_by);
}

std::string about(double seconds) {
  if (seconds < 0.95) return seconds < 0.1 ? "0.1 s" : fmt::format("{:.1f} s", seconds);
  if (seconds < 9.5) return fmt::format("{:.2g} s", seconds);
  if (seconds < 100) return fmt::format("{:.0f} s", seconds);
  if (seconds < 100 * 60) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 2 * kDay) return fmt::format("{:.0f} h", seconds / kHour);
  if (seconds < 1000 * kDay) return fmt::format("{:.0f} days", seconds / kDay);
  const double years = seconds / kDay / 365;
  return years < 10 ? fmt::format("{:.2g} years", years) : core::six_digits_text(std::round(years)) + " years";
}

}  // namespace gridmill::jobs
