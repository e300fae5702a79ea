#include "jobs/run/offer.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gridmill::jobs {
namespace {

/// 64 hours of one core in tasks of an hour.
JobForecast forecast() {
  JobForecast all{.factor = 2};
  mpi::ForeseenFarm& farm = all.farms.emplace_back();
  for (int i = 0; i < 64; ++i) farm.tasks.push_back({.task = {.cost = 1}, .seconds = 3600});
  return all;
}

Offers offers() {
  Offers offers{.of = "x.large: 8 cores", .assumptions = {"cores are alike"}};
  for (const std::size_t n : {1U, 2U, 8U}) {
    offers.each.push_back({.name = std::to_string(n) + " workers",
                           .layout = {.n_nodes = n, .ranks_per_node = 8, .has_coordinator = true},
                           .usd_per_hour = 0.1 + 0.2 * static_cast<double>(n),
                           .most_usd_per_hour = 0.1 + 0.4 * static_cast<double>(n)});
  }
  return offers;
}

std::vector<Fact> facts_of(const Offers& offers) { return time_facts(forecast(), {}, &offers); }

std::string value_of(const std::vector<Fact>& facts, const std::string& name) {
  for (const Fact& each : facts) {
    if (each.name == name) return each.value.text();
  }
  return "no such fact";
}

TEST(Offers, say_hours_and_dollars_of_each) {
  const std::vector<Fact> facts = facts_of(offers());
  EXPECT_EQ(value_of(facts, "machines"), "x.large: 8 cores");
  EXPECT_EQ(value_of(facts, "with 1 workers"), "some 8 h (4 h to 16 h), 2.40 USD (at most 4.00 USD in that time)");
  EXPECT_EQ(value_of(facts, "with 8 workers"), "some 60 min (30 min to 2 h), 1.70 USD (at most 3.30 USD in that time)");
  EXPECT_EQ(value_of(facts, "taken for granted"), "cores are alike");
  EXPECT_EQ(value_of(facts, "budget"), "no such fact");
}

TEST(Offers, say_which_keep_to_a_budget) {
  Offers some = offers();
  some.budget_s = 4.5 * 3600;
  some.budget_usd = 3.5;
  EXPECT_EQ(value_of(facts_of(some), "budget"), "4 h, 3.50 USD: kept to by 8 workers, if it takes the time foreseen");
  some.budget_usd = 0.5;
  EXPECT_EQ(value_of(facts_of(some), "budget"), "4 h, 0.50 USD: none of these keeps to it");
}

}  // namespace
}  // namespace gridmill::jobs
