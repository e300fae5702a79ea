#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/quantity.hpp"
#include "config/sections.hpp"

namespace gridmill::config {

/// How many workers there are.
struct WorkerCount {
  std::size_t min = 0;  // that stay when nobody works
  std::size_t max = 8;  // that a job is given, and that there can ever be
};

/// Machines of AWS: a head, and workers that come and go (section `aws`). Options are terraform's variables of the same
/// names (terraform/vars.tf); what is empty or unset here is as terraform has it.
struct AwsPlace {
  std::string name;                      // of the cluster, in the names and tags of all that is made
  std::string region;                    // "eu-central-1"
  std::string owner;                     //
  std::string admin_cidr;                // whence ssh reaches the head: "203.0.113.7/32"
  std::filesystem::path ssh_public_key;  // a file
  std::filesystem::path package;         // Debian package that all machines install; empty: the one of this program
  std::string head = "t3.medium";        // instance type
  std::vector<std::string> instance_types{"c7i.2xlarge", "c6i.2xlarge", "c7a.2xlarge"};  // of workers
  WorkerCount workers;
  std::size_t slots_per_node = 0;  // ranks on a worker; 0: one per core
  std::size_t on_demand_base = 0;  // workers that are no spot instances
  double spot_max_price = 0;       // [USD/hour]; 0: the price on demand
  std::string bucket;
  Duration idle{900};          // after which workers go, whole minutes
  std::size_t ttl_hours = 12;  // after which all ends
  Dollars limit;               // what the machines of the cluster may cost in all; 0: no limit
  Budget budget;               // of one run
  Prices prices;               // on demand; what is not there is as in the table of prices

  // Rarely given.
  std::vector<std::string> azs;  // availability zones
  std::string vpc_cidr;
  std::vector<std::string> subnet_ids;
  std::optional<bool> create_bucket;
  std::optional<bool> force_destroy;
  std::optional<std::int64_t> staging_days;
  std::string kms_key_arn;
  std::string permissions_boundary;
  std::string ami_id;
  std::optional<std::int64_t> root_gb;  // disk of a worker
  std::optional<std::int64_t> head_gb;  // disk of the head
};

/// Reads the section. What is wrong goes to `problems`; the rest is as far as it was right. Opens no file.
AwsPlace read_aws(const Node& node, Problems& problems);

/// The declarations of its options.
Fields<AwsPlace> aws_fields();
Fields<WorkerCount> worker_fields();  // "aws.workers"
Fields<Budget> budget_fields();       // "aws.budget"

}  // namespace gridmill::config
