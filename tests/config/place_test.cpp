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

TEST(read_place, names_one_place_and_nothing_of_a_job) {
  EXPECT_THAT(problems_of_place(""), testing::ElementsAre(testing::HasSubstr("on.yaml: does not say where")));
  EXPECT_THAT(problems_of_place("hosts: {network: eth0}"),
              testing::ElementsAre(testing::HasSubstr("hosts.hosts is missing")));
  EXPECT_THAT(problems_of_place("hosts: {hosts: []}"), testing::ElementsAre(testing::HasSubstr("names no host")));
  EXPECT_THAT(problems_of_place("slurm: {}\nhosts: {hosts: [a]}\n"),
              testing::ElementsAre(testing::HasSubstr("names a Slurm cluster already")));
  EXPECT_THAT(problems_of_place("slum: {nodes: 1}\n"),
              testing::ElementsAre(testing::HasSubstr("did you mean 'slurm'?")));
  EXPECT_THAT(problems_of_place("slurm: {}\nsearch: {cv: 5}\n"),
              testing::ElementsAre(testing::HasSubstr("that belongs into a config")));
}

}  // namespace
}  // namespace gridmill::config
