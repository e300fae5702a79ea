#include "jobs/live_job.hpp"

#include "core/error.hpp"
#include "jobs/live_server.hpp"
#include "jobs/run/own_files.hpp"

namespace gridmill::jobs {

void serve_live(const LiveJob& job, const std::function<void(const std::string& address)>& tell) {
  if (!run_kind(job.run)) {
    throw core::UserError(core::Problem{{.file = job.run.string()},
                                        "is no run directory",
                                        "name the 'output' of a config; 'gridmill runs' lists those of a folder"});
  }
  LiveServer server({job.run}, job.port, LiveServer::End::by_itself);
  tell(server.address());
  server.serve();
}

}  // namespace gridmill::jobs
