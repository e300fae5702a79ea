#include "jobs/run/offer.hpp"

#include <fmt/format.h>

namespace gridmill::jobs {

namespace {

std::string usd(double amount) {
  if (amount < 0.01) return "under 0.01 USD";
  return amount < 100 ? fmt::format("{:.2f} USD", amount) : fmt::format("{:.0f} USD", amount);
}

bool keeps_to(const Offers& offers, const Offer& offer, double seconds) {
  return seconds <= offers.budget_s.value_or(seconds) &&
         !(offers.budget_usd && seconds / kHour * offer.most_usd_per_hour > *offers.budget_usd);
}

std::string budget_text(const Offers& offers) {
  std::string text;
  if (offers.budget_s) text = about(*offers.budget_s);
  if (offers.budget_usd) text += (text.empty() ? "" : ", ") + usd(*offers.budget_usd);
  return text;
}

std::vector<Fact> offer_facts(const Offers& offers, const JobForecast& forecast) {
  std::vector<Fact> facts{{"machines", offers.of}};
  std::string enough;
  for (const Offer& offer : offers.each) {
    const double seconds = forecast.seconds(offer.layout);
    const double hours = seconds / kHour;
    facts.push_back(
        {"with " + offer.name, fmt::format("some {} ({} to {}), {} (at most {} in that time)", about(seconds),
                                           about(seconds / forecast.factor), about(seconds * forecast.factor),
                                           usd(hours * offer.usd_per_hour), usd(hours * offer.most_usd_per_hour))});
    if (keeps_to(offers, offer, seconds)) enough += (enough.empty() ? "" : ", ") + offer.name;
  }
  if (offers.budget_s || offers.budget_usd) {
    facts.push_back(
        {"budget", fmt::format("{}: {}", budget_text(offers),
                               enough.empty() ? "none of these keeps to it"
                                              : "kept to by " + enough + ", if it takes the time foreseen")});
  }
  for (const std::string& assumption : offers.assumptions) facts.push_back({"taken for granted", assumption});
  return facts;
}

}  // namespace

std::vector<Fact> time_facts(const JobForecast& forecast, const RankLayout& layout, const Offers* offers) {
  if (offers != nullptr) return offer_facts(*offers, forecast);
  return {{"time", forecast.text(layout)}};
}

}  // namespace gridmill::jobs
