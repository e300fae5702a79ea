#pragma once

#include <functional>
#include <string>

namespace gridmill::io {

/// How something ended that was tried in a process of its own.
enum class TrialEnd { by_itself, by_an_error, by_a_crash, out_of_time };

struct TrialOutcome {
  TrialEnd end = TrialEnd::by_itself;
  std::string reason;  // what was thrown said, its first 500 bytes; empty unless by_an_error
};

/// Calls `work` in a child process, which may crash or never end: after `seconds` of processor time, or five times as
/// long altogether, it is killed. It may take 2 GiB of memory more than this process has; where that is too little,
/// `work` ends by an error, as it does where it throws another.
///
/// For files of strangers, which the HDF5 library is not made to bear. It guards against damage, not against attacks: a
/// file may be made to behave well in the child. Errors: RunError when the system gives no process.
TrialOutcome try_apart(const std::function<void()>& work, unsigned seconds);

}  // namespace gridmill::io
