#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace gridmill::jobs {

/// A run that is to be looked at while it works.
struct LiveJob {
  std::filesystem::path run;  // run directory
  std::uint16_t port = 0;     // 0: any that is free
};

/// Serves a page that follows a run (LiveServer) until the process is ended. `tell` is told its address. Starts no
/// ranks. Errors: UserError if the folder is no run directory, or the port is taken.
void serve_live(const LiveJob& job, const std::function<void(const std::string& address)>& tell);

}  // namespace gridmill::jobs
