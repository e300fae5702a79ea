#include "config/place.hpp"

#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace gridmill::config {
namespace {

std::vector<std::string> problems_of_place(const char* text) {
  std::vector<std::string> all;
  try {
    (void)read_place(text, "on.yaml");
  } catch (const core::UserError& error) {
    for (const core::Problem& problem : error.problems()) all.push_back(problem.text());
  }
  return all;
}

TEST(read_place, a_slurm_cluster) {
  const auto slurm =
      std::get<SlurmPlace>(read_place("slurm: {nodes: 1-8, time: 4:00:00, partition: compute, account: 42,\n"
                                      "  ranks_per_node: 4, options: [--qos=low], setup: [module load x]}",
                                      "on.yaml"));
  EXPECT_EQ(slurm.nodes, "1-8");
  EXPECT_EQ(slurm.time, "4:00:00");
  EXPECT_EQ(slurm.partition, "compute");
  EXPECT_EQ(slurm.account, "42");
  EXPECT_EQ(slurm.ranks_per_node, 4U);
  EXPECT_THAT(slurm.options, testing::ElementsAre("--qos=low"));
  EXPECT_THAT(slurm.setup, testing::ElementsAre("module load x"));
  EXPECT_EQ(std::get<SlurmPlace>(read_place("slurm: {nodes: 4}", "on.yaml")).nodes, "4");
  EXPECT_EQ(std::get<SlurmPlace>(read_place("slurm: {}", "on.yaml")).time, "24:00:00");
}

TEST(read_place, hosts_by_name_or_with_their_slots) {
  const auto place = std::get<HostsPlace>(
      read_place("hosts: {hosts: [node1, 10.0.0.7, {name: node2, slots: 4}], network: 10.0.0.0/24}", "on.yaml"));
  EXPECT_THAT(place.hosts,
              testing::ElementsAre(core::Host{"node1", 0}, core::Host{"10.0.0.7", 0}, core::Host{"node2", 4}));
  EXPECT_EQ(place.network, "10.0.0.0/24");
  EXPECT_EQ(std::get<HostsPlace>(read_place("hosts: {hosts: [a], network: eth0}", "on.yaml")).network, "eth0");
}

TEST(read_place, says_all_that_is_wrong_at_once_with_its_place) {
  EXPECT_THAT(problems_of_place(
                  "slurm:\n  nodes: 8-1\n  time: soon\n  partition: two words\n  options: [qos=low]\n  partion: x\n"),
              testing::ElementsAre(
                  testing::HasSubstr("on.yaml:2:10: slurm.nodes: must be a number of nodes or a range, not '8-1'\n"),
                  testing::HasSubstr("on.yaml:3:9: slurm.time: must be a time as Slurm writes it, not 'soon'\n"),
                  testing::HasSubstr("on.yaml:4:14: slurm.partition: must be one word"),
                  testing::HasSubstr("on.yaml:5:12: slurm.options: 'qos=low' is no option of sbatch\n"),
                  testing::HasSubstr("on.yaml:6:3: slurm.partion: unknown option\n  did you mean 'partition'?")));
  EXPECT_THAT(
      problems_of_place(
          "hosts:\n  hosts: [a, a, {slots: 4}, [b], {name: c, slots: 5000}, 'd,e']\n  network: 10.0.0.0/33\n"),
      testing::ElementsAre(testing::HasSubstr("on.yaml:2:14: hosts.hosts[1]: 'a' stands there twice"),
                           testing::HasSubstr("hosts.hosts[2].name is missing"),
                           testing::HasSubstr("hosts.hosts[3]: must be the name of a host"),
                           testing::HasSubstr("hosts.hosts[4].slots: must be whole number in [0, 4096], not 5000"),
                           testing::HasSubstr("hosts.hosts[5]: must be the name of a host"),
                           testing::HasSubstr("on.yaml:3:12: hosts.network: must be a network")));
}

constexpr const char* kAws =
    "aws:\n"
    "  name: dev\n"
    "  region: eu-central-1\n"
    "  admin_cidr: 203.0.113.7/32\n"
    "  ssh_public_key: key.pub\n"
    "  bucket: acme-gridmill\n";

std::vector<std::string> problems_of_aws(const std::string& more) { return problems_of_place((kAws + more).c_str()); }

TEST(read_place, machines_of_aws_with_their_defaults) {
  const auto place = std::get<AwsPlace>(read_place(kAws, "on.yaml"));
  EXPECT_EQ(place.name, "dev");
  EXPECT_EQ(place.admin_cidr, "203.0.113.7/32");
  EXPECT_EQ(place.ssh_public_key, "key.pub");
  EXPECT_EQ(place.head, "t3.medium");
  EXPECT_EQ(place.instance_types.size(), 3U);
  EXPECT_EQ(place.workers.min, 0U);
  EXPECT_EQ(place.workers.max, 8U);
  EXPECT_EQ(place.idle.text(), "15 minutes");
  EXPECT_EQ(place.ttl_hours, 12U);
  EXPECT_EQ(place.budget, Budget{});
  EXPECT_FALSE(place.force_destroy);
}

TEST(read_place, times_money_and_prices_of_aws) {
  const std::string more =
      "  workers: {min: 1, max: 4}\n  idle: 1 hour\n  limit: 20 USD\n  budget: {time: 90 min, cost: 2.5 USD}\n"
      "  prices: {t3.medium: 0.05, c7i.2xlarge: 1}\n  head_gb: 100\n  force_destroy: true\n";
  const auto place = std::get<AwsPlace>(read_place(kAws + more, "on.yaml"));
  EXPECT_EQ(place.workers.min, 1U);
  EXPECT_EQ(place.workers.max, 4U);
  EXPECT_EQ(place.idle.seconds, 3600);
  EXPECT_EQ(place.limit.usd, 20);
  EXPECT_EQ(place.budget.time.seconds, 5400);
  EXPECT_EQ(place.budget.cost.usd, 2.5);
  EXPECT_THAT(place.prices, testing::ElementsAre(testing::Pair("c7i.2xlarge", 1), testing::Pair("t3.medium", 0.05)));
  EXPECT_EQ(place.head_gb, 100);
  EXPECT_EQ(place.force_destroy, true);
}

TEST(read_place, says_what_of_aws_is_missing_or_cannot_be) {
  EXPECT_THAT(problems_of_place("aws: {}"), testing::ElementsAre(testing::HasSubstr("aws.name is missing"),
                                                                 testing::HasSubstr("aws.region is missing"),
                                                                 testing::HasSubstr("aws.admin_cidr is missing"),
                                                                 testing::HasSubstr("aws.ssh_public_key is missing"),
                                                                 testing::HasSubstr("aws.bucket is missing")));
  EXPECT_THAT(problems_of_place("aws:\n  name: Dev\n  region: Frankfurt\n  admin_cidr: 0.0.0.0/0\n"
                                "  ssh_public_key: ssh-ed25519 AAAA me\n  bucket: a.b\n"),
              testing::ElementsAre(testing::HasSubstr("on.yaml:2:9: aws.name: must be 2 to 20 small letters"),
                                   testing::HasSubstr("on.yaml:3:11: aws.region: must be the code of a region"),
                                   testing::HasSubstr("on.yaml:4:15: aws.admin_cidr: 0.0.0.0/0 is more than 256"),
                                   testing::HasSubstr("on.yaml:5:19: aws.ssh_public_key: must be the file"),
                                   testing::HasSubstr("on.yaml:6:11: aws.bucket: must be 3 to 63 small letters")));
  EXPECT_THAT(problems_of_aws("  instance_types: [c7i.large, c7i.large, c7g.large]\n"),
              testing::ElementsAre(testing::HasSubstr("must be x86-64 instance types, not 'c7g.large'"),
                                   testing::HasSubstr("names a type twice")));
  EXPECT_THAT(problems_of_aws("  instance_types: [c7i.large, c6i.large]\n"),
              testing::ElementsAre(testing::HasSubstr("at least three types")));
  EXPECT_THAT(problems_of_aws("  workers: {min: 5, max: 4}\n  on_demand_base: 6\n"),
              testing::ElementsAre(testing::HasSubstr("on.yaml:7:12: aws.workers: min, 5, is more than max, 4"),
                                   testing::HasSubstr("aws.on_demand_base: 6 is more than workers.max, 4")));
  EXPECT_THAT(problems_of_aws("  workers: {max: 65}\n"), testing::ElementsAre(testing::HasSubstr("aws.workers.max")));
  EXPECT_THAT(problems_of_aws("  idle: 15\n  limit: 5 EUR\n  budget: {time: soon}\n"),
              testing::ElementsAre(testing::HasSubstr("aws.idle: must be a time with its unit, not '15'"),
                                   testing::HasSubstr("aws.limit: must be an amount of dollars, not '5 EUR'"),
                                   testing::HasSubstr("aws.budget.time: must be a time with its unit, not 'soon'")));
  EXPECT_THAT(problems_of_aws("  idle: 2 minutes\n"),
              testing::ElementsAre(testing::HasSubstr("at least 5, not 2 min")));
  EXPECT_THAT(problems_of_aws("  prices: {t3.medium: free}\n"),
              testing::ElementsAre(testing::HasSubstr("aws.prices.t3.medium: must be a number > 0")));
  EXPECT_THAT(problems_of_aws("  secret_access_key: x\n"),
              testing::ElementsAre(testing::HasSubstr("aws.secret_access_key: unknown option")));
}

TEST(read_place, names_one_place_and_nothing_of_a_job) {
  EXPECT_THAT(problems_of_place(""), testing::ElementsAre(testing::HasSubstr("on.yaml: does not say where")));
  EXPECT_THAT(problems_of_place("hosts: {network: eth0}"),
              testing::ElementsAre(testing::HasSubstr("hosts.hosts is missing")));
  EXPECT_THAT(problems_of_place("hosts: {hosts: []}"), testing::ElementsAre(testing::HasSubstr("names no host")));
  EXPECT_THAT(problems_of_place("slurm: {}\nhosts: {hosts: [a]}\n"),
              testing::ElementsAre(testing::HasSubstr("on.yaml:2:1: hosts: the file says already where, in 'slurm'")));
  EXPECT_THAT(problems_of_place("slum: {nodes: 1}\n"),
              testing::ElementsAre(testing::HasSubstr("did you mean 'slurm'?")));
  EXPECT_THAT(problems_of_place("slurm: {}\nsearch: {cv: 5}\n"),
              testing::ElementsAre(testing::HasSubstr("that belongs into a config")));
}

}  // namespace
}  // namespace gridmill::config
