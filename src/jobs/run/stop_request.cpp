#include "jobs/run/stop_request.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace gridmill::jobs {

namespace {

constexpr double kGrace_s = 0.4;  // most tasks are shorter, and their results are kept

bool any_rank_computes(mpi::Session& session, const mpi::FarmReport& report) {
  std::vector<std::int64_t> n_running{report.abandoned ? 1 : 0};
  session.transport().allreduce_sum(n_running);
  return n_running[0] > 0;
}

}  // namespace

mpi::FarmReport run_stoppable_farm(mpi::Session& session, mpi::Plan plan, const mpi::Work& work,
                                   const mpi::FarmHooks& hooks, const StopRequest& stop,
                                   const std::function<void()>& last_words) {
  mpi::FarmOptions options{.node_of = session.node_of(), .stop = stop.wanted};
  if (session.place().only_coordinates) options.coordinator = mpi::CoordinatorRole::only_coordinates;
  if (stop.leave) options.grace_s = kGrace_s;
  mpi::FarmReport report = mpi::run_farm(session.transport(), std::move(plan), work, hooks, options);
  if (report.end == mpi::FarmEnd::stopped && stop.leave && any_rank_computes(session, report)) {
    if (session.place().rank == 0) last_words();
    stop.leave();
  }
  return report;
}

}  // namespace gridmill::jobs
