#include "jobs/run/remove_unneeded.hpp"

#include <cstddef>
#include <string>
#include <system_error>

#include <fmt/format.h>

namespace gridmill::jobs {

void remove_unneeded(std::span<const std::filesystem::path> files, Observer& observer) {
  std::size_t n_left = 0;
  std::string first;
  for (const std::filesystem::path& file : files) {
    std::error_code error;
    std::filesystem::remove(file, error);
    if (error && n_left++ == 0) first = fmt::format("{} cannot be removed: {}", file.string(), error.message());
  }
  if (n_left == 0) return;
  observer.warning(fmt::format("{}; nobody reads it again{}", first,
                               n_left > 1 ? fmt::format(" (and {} more files)", n_left - 1) : std::string()));
}

}  // namespace gridmill::jobs
