#include "cli/aws_offers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/memory_size.hpp"
#include "launch/instance_types.hpp"

namespace gridmill::cli {

namespace {

/// An hour of a machine [USD].
struct HourPrice {
  double usual = 0;
  double most = 0;  // on demand
};

std::string no_price_hint(const config::AwsPlace& place, const std::string& type) {
  return fmt::format(
      "write it into the file of --on, in USD an hour on demand: prices: {{{}: 0.5}}; for {} the program knows {}",
      type, place.region, [&] {
        std::vector<std::string> names;
        for (const launch::InstanceType& each : launch::instance_types()) {
          if (each.region == place.region) names.push_back(each.name);
        }
        return names.empty() ? std::string("none") : fmt::format("{}", fmt::join(names, ", "));
      }());
}

/// What does not depend on the region.
const launch::InstanceType* known_type(const config::AwsPlace& place, const std::string& name) {
  if (const auto* here = launch::find_instance_type(place.region, name)) return here;
  const auto& all = launch::instance_types();
  const auto elsewhere = std::ranges::find(all, name, &launch::InstanceType::name);
  return elsewhere == all.end() ? nullptr : &*elsewhere;
}

HourPrice price_of(const config::AwsPlace& place, const std::string& type, bool is_spot) {
  const auto own = place.prices.find(type);
  const launch::InstanceType* here = launch::find_instance_type(place.region, type);
  if (own == place.prices.end() && here == nullptr) {
    throw core::UserError(fmt::format("the price of {} in {} is not known", type, place.region),
                          no_price_hint(place, type));
  }
  HourPrice price{.most = own == place.prices.end() ? here->on_demand_usd : own->second};
  const launch::InstanceType* type_of_it = known_type(place, type);
  const double share = is_spot && type_of_it != nullptr ? type_of_it->spot_share.value_or(1) : 1;
  price.usual = share * price.most;
  if (is_spot && place.spot_max_price > 0) price.most = std::min(price.most, place.spot_max_price);
  price.usual = std::min(price.usual, price.most);
  return price;
}

/// Of a worker, whichever of the types it is.
HourPrice worker_price(const config::AwsPlace& place, bool is_spot) {
  HourPrice dearest;
  for (const std::string& type : place.instance_types) {
    const HourPrice own = price_of(place, type, is_spot);
    dearest.usual = std::max(dearest.usual, own.usual);
    dearest.most = std::max(dearest.most, own.most);
  }
  return dearest;
}

HourPrice price_with(const config::AwsPlace& place, std::size_t n_workers) {
  HourPrice sum = price_of(place, place.head, /*is_spot=*/false);
  const std::size_t n_on_demand = std::min(place.on_demand_base, n_workers);
  const auto add = [&](std::size_t n, const HourPrice& each) {
    sum.usual += static_cast<double>(n) * each.usual;
    sum.most += static_cast<double>(n) * each.most;
  };
  add(n_on_demand, worker_price(place, /*is_spot=*/false));
  add(n_workers - n_on_demand, worker_price(place, /*is_spot=*/true));
  return sum;
}

double worker_memory(const config::AwsPlace& place) {
  double least = std::numeric_limits<double>::infinity();
  for (const std::string& name : place.instance_types) {
    if (const auto* type = known_type(place, name)) least = std::min(least, type->memory_bytes);
  }
  return least;
}

}  // namespace

config::AwsPlace with_known_prices(config::AwsPlace place) {
  const auto add = [&](const std::string& type) {
    const launch::InstanceType* known = launch::find_instance_type(place.region, type);
    if (known != nullptr) place.prices.try_emplace(type, known->on_demand_usd);
  };
  add(place.head);
  std::ranges::for_each(place.instance_types, add);
  return place;
}

std::size_t ranks_per_worker(const config::AwsPlace& place) {
  if (place.slots_per_node > 0) return place.slots_per_node;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const std::string& name : place.instance_types) {
    const launch::InstanceType* type = known_type(place, name);
    if (type == nullptr) {
      throw core::UserError(fmt::format("how many cores {} has is not known", name),
                            "say how many ranks each worker has: slots_per_node: 8");
    }
    least = std::min(least, type->n_vcpus);
  }
  return least;
}

jobs::Offers aws_offers(const config::AwsPlace& place) {
  const std::size_t n_ranks = ranks_per_worker(place);
  const double memory = worker_memory(place);
  jobs::Offers offers;
  offers.of =
      fmt::format("{} in {}: {} ranks{} each; head {}", fmt::join(place.instance_types, ", "), place.region, n_ranks,
                  std::isfinite(memory) ? " and " + core::size_text(memory) + " of memory" : "", place.head);
  const auto offer = [&](std::size_t n) {
    const HourPrice price = price_with(place, n);
    offers.each.push_back({.name = fmt::format("{} worker{}", n, n == 1 ? "" : "s"),
                           .layout = {.n_nodes = n, .ranks_per_node = n_ranks, .has_coordinator = true},
                           .usd_per_hour = price.usual,
                           .most_usd_per_hour = price.most});
  };
  for (std::size_t n = 1; n <= place.workers.max; n *= 2) offer(n);
  if (offers.each.back().layout.n_nodes < place.workers.max) offer(place.workers.max);
  offers.assumptions = {
      "each vCPU there is as fast as a core of this machine, and a worker's memory is enough (memory per node above is "
      "what its ranks take of this machine's)",
      "prices of terraform/prices.csv, spot as it was then; disks, traffic and the minutes in which machines "
      "start come on top"};
  if (place.budget.time.seconds > 0) offers.budget_s = place.budget.time.seconds;
  if (place.budget.cost.usd > 0) offers.budget_usd = place.budget.cost.usd;
  return offers;
}

std::optional<config::Duration> aws_time_budget(const config::AwsPlace& place) {
  constexpr double kHour = 3600;
  double seconds = std::numeric_limits<double>::infinity();
  if (place.budget.time.seconds > 0) seconds = place.budget.time.seconds;
  if (place.budget.cost.usd > 0) {
    seconds = std::min(seconds, kHour * place.budget.cost.usd / price_with(place, place.workers.max).most);
  }
  if (!std::isfinite(seconds)) return std::nullopt;
  return config::Duration{std::max(1.0, std::floor(seconds))};
}

}  // namespace gridmill::cli
