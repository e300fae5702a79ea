#pragma once

#include <functional>

namespace gridmill::io {

/// How something ended that was tried in a process of its own.
enum class TrialEnd { by_itself, by_a_crash, out_of_time };

/// Calls `work` in a child process, which may crash or never end: after `seconds` of processor time, or five times as
/// long altogether, it is killed. It may take 2 GiB of memory more than this process has. What it throws does not
/// matter.
///
/// For files of strangers, which the HDF5 library is not made to bear. It guards against damage, not against attacks: a
/// file may be made to behave well in the child. Errors: RunError when the system gives no process.
TrialEnd try_apart(const std::function<void()>& work, unsigned seconds);

}  // namespace gridmill::io
