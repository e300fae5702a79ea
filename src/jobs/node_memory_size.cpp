#include "jobs/node_memory_size.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <istream>
#include <limits>
#include <string>

#include <fmt/format.h>

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;

/// The limit in a cgroup file, which holds a number or "max"; no limit if there is no such file.
std::size_t limit_in(const fs::path& file) {
  std::ifstream in(file);
  std::size_t bytes = 0;
  return in >> bytes ? bytes : std::numeric_limits<std::size_t>::max();
}

/// The least limit of `group` and those above it, up to the root of its hierarchy.
std::size_t least_limit(const fs::path& hierarchy, const std::string& group, const char* file) {
  std::size_t least = limit_in(hierarchy / file);
  for (fs::path own = fs::path(group).relative_path(); !own.empty(); own = own.parent_path()) {
    least = std::min(least, limit_in(hierarchy / own / file));
  }
  return least;
}

}  // namespace

std::size_t cgroup_memory_limit(std::istream& groups, const fs::path& root) {
  std::string unified;
  std::string memory;
  // hierarchy:controllers:path
  for (std::string number, controllers, path;
       std::getline(groups, number, ':') && std::getline(groups, controllers, ':') && std::getline(groups, path);) {
    if (controllers.empty()) unified = path;
    if ((',' + controllers + ',').find(",memory,") != std::string::npos) memory = path;
  }
  return std::min(least_limit(root, unified, "memory.max"),
                  least_limit(root / "memory", memory, "memory.limit_in_bytes"));
}

std::size_t node_memory_bytes() {
  const auto physical =
      static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(sysconf(_SC_PAGE_SIZE));
  std::ifstream groups("/proc/self/cgroup");
  return std::min(physical, cgroup_memory_limit(groups, "/sys/fs/cgroup"));
}

std::size_t resident_bytes() {
  std::ifstream sizes("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  if (!(sizes >> total >> resident)) return 0;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGE_SIZE));
}

std::string size_text(std::size_t bytes) {
  constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= 1024 && unit + 1 < kUnits.size()) {
    size /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", size, kUnits[unit]);
}

}  // namespace gridmill::jobs
