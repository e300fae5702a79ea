#include "launch/available_cores.hpp"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

namespace gridmill::launch {

namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

std::size_t cores_in_mask() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof mask, &mask) != 0) return 1;
  return static_cast<std::size_t>(CPU_COUNT(&mask));
}

/// Reads cpu.max of one control group: "quota period" or "max period".
std::size_t cores_of_group(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  double quota = 0;
  double period = 0;
  if (!(file >> quota >> period) || quota <= 0 || period <= 0) return kNoLimit;
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::floor(quota / period)));
}

/// The path of this process's group in the unified hierarchy: the line "0::/path".
std::string own_group() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return "";
}

}  // namespace

std::size_t available_cores() {
  std::size_t cores = cores_in_mask();
  // A quota anywhere above this process holds for it too.
  for (std::string group = own_group(); !group.empty(); group = group.substr(0, group.rfind('/'))) {
    cores = std::min(cores, cores_of_group("/sys/fs/cgroup" + group));
  }
  return std::max<std::size_t>(1, std::min(cores, cores_of_group("/sys/fs/cgroup")));
}

}  // namespace gridmill::launch
