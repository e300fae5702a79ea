#pragma once

#include <sys/types.h>

#include <string>

namespace gridmill::io {

/// Returns where numbers of processes mean the same, as eight digits: the host, and the PID namespace, since containers
/// may share the host's name.
std::string host_number();

/// Says whether a process of this host runs; one that has ended and waits for its parent to notice does not.
bool is_running(pid_t process);

}  // namespace gridmill::io
