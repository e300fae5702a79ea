#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <string>

namespace gridmill::jobs {

/// Returns the memory of this machine, or of the cgroups it confines us to if that is less. [bytes]
std::size_t node_memory_bytes();

/// Returns the least memory limit of a process's control groups and all above them [bytes]; no limit: SIZE_MAX.
///
/// `groups` says which they are, as /proc/self/cgroup does; `root` is where they are mounted (/sys/fs/cgroup), those of
/// version 1 by controller. Where a container shows its own group as the root, that one counts.
std::size_t cgroup_memory_limit(std::istream& groups, const std::filesystem::path& root);

/// Returns the memory that this process has now [bytes]; 0 where /proc does not tell.
std::size_t resident_bytes();

/// Returns "13.2 MiB".
std::string size_text(std::size_t bytes);

}  // namespace gridmill::jobs
