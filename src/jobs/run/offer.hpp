#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "jobs/run/job_forecast.hpp"
#include "jobs/run/observer.hpp"

namespace gridmill::jobs {

/// Machines that could be had for a job, and what they cost.
struct Offer {
  std::string name;  // "4 workers"
  RankLayout layout;
  double usd_per_hour = 0;       // of all machines, as they usually cost
  double most_usd_per_hour = 0;  // the most that they may cost
};

/// What a job is offered, and may cost.
struct Offers {
  std::vector<Offer> each;
  std::string of;                        // "c7i.2xlarge or alike: 8 cores, 16 GiB of memory"
  std::vector<std::string> assumptions;  // what prices and times rest on, a sentence each
  std::optional<double> budget_s;        // time that the job may take
  std::optional<double> budget_usd;      // that it may cost at most
};

/// Returns what a dry run says of time: where nothing is offered (null), how long the job takes here, in `layout`; else
/// for each offer the hours and dollars that it takes there, and which of them keep to the budget. The truth is
/// expected within the forecast's factor.
std::vector<Fact> time_facts(const JobForecast& forecast, const RankLayout& layout, const Offers* offers);

}  // namespace gridmill::jobs
