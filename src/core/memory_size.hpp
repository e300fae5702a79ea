#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace gridmill::core {

/// Returns the memory that processes like this one may have [bytes]: that of the machine, of the cgroups that confine
/// us, or what resource limits leave (`ulimit -v`, `ulimit -d`), whichever is least.
std::size_t node_memory_bytes();

/// Returns the least memory limit of a process's control groups and all above them [bytes]; no limit: SIZE_MAX.
///
/// `groups` says which they are, as /proc/self/cgroup does; `root` is where they are mounted (/sys/fs/cgroup), those of
/// version 1 by controller. Where a container shows its own group as the root, that one counts.
std::size_t cgroup_memory_limit(std::istream& groups, const std::filesystem::path& root);

/// Returns "13.2 MiB"; of what no machine has, too: "1.2e+09 TiB".
std::string size_text(double bytes);
std::string size_text(std::size_t bytes);

/// Returns what to say, before it is taken, of what would need more memory than there is; nothing if there is enough.
///
/// `what` begins the sentence: "a table of 4 rows and 10000000 columns". `bytes` is an estimate, a double since inputs
/// can ask for more than integers count.
std::optional<Problem> memory_problem(double bytes, const Location& where, std::string_view what,
                                      std::string_view hint = {});
/// Throws it as UserError.
void require_memory(double bytes, const Location& where, std::string_view what, std::string_view hint = {});

}  // namespace gridmill::core
