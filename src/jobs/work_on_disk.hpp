#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace gridmill::jobs {

/// How much of a job is on the disk. Numbers to be compared with earlier ones: they say that something was done since.
struct WorkOnDisk {
  std::uint64_t n_finished = 0;  // results in journals, parts, files
  std::uint64_t n_deaths = 0;    // of ranks, as they have written down
  std::uint64_t n_blamed = 0;    // tasks that were blamed for a death of another record
};

/// Looks at run directories and files that a job writes; at any time, whoever works there. Never fails: what cannot be
/// read counts for nothing.
WorkOnDisk work_on_disk(std::span<const std::filesystem::path> places) noexcept;

}  // namespace gridmill::jobs
