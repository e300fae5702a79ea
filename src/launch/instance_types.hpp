#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gridmill::launch {

/// A type of machine that AWS lends, in one region, by terraform/prices.csv.
struct InstanceType {
  std::string region;
  std::string name;  // "c7i.2xlarge"
  std::size_t n_vcpus = 0;
  double memory_bytes = 0;
  double on_demand_usd = 0;          // an hour
  std::optional<double> spot_share;  // what spot has cost, by that; none: not known
};

/// Returns the table that this program was built with.
const std::vector<InstanceType>& instance_types();

/// Returns the type of that name in that region, or null.
const InstanceType* find_instance_type(std::string_view region, std::string_view name);

/// Reads such a table. Errors: InternalError where a line is not as it should be: it is part of the program.
std::vector<InstanceType> read_instance_types(std::string_view csv);

}  // namespace gridmill::launch
