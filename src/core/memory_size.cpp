#include "core/memory_size.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <istream>
#include <limits>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace gridmill::core {

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

std::size_t resource_limit(__rlimit_resource resource) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return std::numeric_limits<std::size_t>::max();
  }
  return limit.rlim_cur;
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
  return std::min({physical, cgroup_memory_limit(groups, "/sys/fs/cgroup"), resource_limit(RLIMIT_AS),
                   resource_limit(RLIMIT_DATA)});
}

std::string size_text(double bytes) {
  constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  if (unit == 0) return fmt::format("{:.0f} B", bytes);
  return bytes < 1e6 ? fmt::format("{:.1f} {}", bytes, kUnits[unit]) : fmt::format("{:.2g} {}", bytes, kUnits[unit]);
}

std::string size_text(std::size_t bytes) { return size_text(static_cast<double>(bytes)); }

std::optional<Problem> memory_problem(double bytes, const Location& where, std::string_view what,
                                      std::string_view hint) {
  const std::size_t there = node_memory_bytes();
  if (bytes <= static_cast<double>(there)) return std::nullopt;
  return Problem{where,
                 fmt::format("{} would take {} of memory, and there are {}", what, size_text(bytes), size_text(there)),
                 std::string(hint)};
}

void require_memory(double bytes, const Location& where, std::string_view what, std::string_view hint) {
  if (auto problem = memory_problem(bytes, where, what, hint)) throw UserError(std::move(*problem));
}

}  // namespace gridmill::core
