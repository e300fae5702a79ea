#pragma once

#include <optional>

#include "config/aws_place.hpp"
#include "config/quantity.hpp"
#include "jobs/run/offer.hpp"

namespace gridmill::cli {

/// Returns what a job may be done with on machines of AWS: 1, 2, 4, ... workers, up to aws.workers.max.
///
/// Prices are those of aws.prices, else of the table that this program was built with; workers cost as spot instances
/// usually do, at most as on demand. Of several types the dearest counts, and the smallest in cores and memory.
/// Errors: UserError naming the type without a price, or of which nothing is known.
jobs::Offers aws_offers(const config::AwsPlace& place);

/// Returns the place with the prices of its types from the table that this program was built with, where it gives none
/// itself and the table has them.
config::AwsPlace with_known_prices(config::AwsPlace place);

/// Returns how many ranks a worker has. Errors: UserError where that is not known of its type.
std::size_t ranks_per_worker(const config::AwsPlace& place);

/// Returns the time that a job may take there: that of the budget, or in which all workers would cost as much as it
/// allows at most. None: it has none. Errors: as aws_offers, where the budget has a cost.
std::optional<config::Duration> aws_time_budget(const config::AwsPlace& place);

}  // namespace gridmill::cli
