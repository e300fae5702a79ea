#pragma once

#include <cstdint>
#include <filesystem>

#include "jobs/run/observer.hpp"

namespace gridmill::jobs {

/// A run that is to be looked at while it works.
struct LiveJob {
  std::filesystem::path run;  // run directory
  std::uint16_t port = 0;     // 0: any that is free
};

/// Serves a page that follows a run, at 127.0.0.1 alone, until the process is ended. Tells the address, which holds a
/// token drawn for this server; who does not know it is refused (403), and so is a request for another host's name.
///
///   /         the page
///   /events   the lines of events.jsonl as server-sent events, from the first one on (or behind the one that the
///             browser names as its last), as they come; `end` when the run is finished
///   /report   report.html of the run
///
/// Only reads. Starts no ranks. Errors: UserError if the folder is no run directory, or the port is taken.
void serve_live(const LiveJob& job, Observer& observer);

}  // namespace gridmill::jobs
