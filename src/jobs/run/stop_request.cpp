#include "jobs/run/stop_request.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "jobs/run/job_forecast.hpp"
#include "mpi/launcher_word.hpp"

namespace gridmill::jobs {

namespace {

constexpr double kGrace_s = 0.4;  // most tasks are shorter, and their results are kept

bool any_rank_computes(mpi::Session& session, const mpi::FarmReport& report) {
  std::vector<std::int64_t> n_running{report.abandoned ? 1 : 0};
  session.transport().allreduce_sum(n_running);
  return n_running[0] > 0;
}

/// The same moment by the clock that farms have.
std::chrono::steady_clock::time_point steady(std::chrono::system_clock::time_point time) {
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(time - std::chrono::system_clock::now());
}

}  // namespace

const char* stopped_text(const StopRequest& stop) {
  const bool is_pause = stop.pause != nullptr && *stop.pause && (stop.wanted == nullptr || !*stop.wanted);
  return is_pause ? "stopped for a moment, as more ranks can work"
                  : "stopped with work left; what is finished is kept, repeat the command to go on";
}

std::string how_far(const Progress& progress) {
  std::string words = fmt::format("{} of {} {} are done", progress.done, progress.total, progress.unit);
  if (progress.seconds_left) {
    words += fmt::format(", the others take some {} more with as many ranks", about(*progress.seconds_left));
  }
  return words;
}

mpi::FarmReport run_stoppable_farm(mpi::Session& session, mpi::Plan plan, const mpi::Work& work, mpi::FarmHooks hooks,
                                   const StopRequest& stop, Observer& observer,
                                   const std::function<Progress()>& progress, const std::function<void()>& last_words) {
  mpi::FarmOptions options{.node_of = session.node_of(),
                           .stop = stop.wanted,
                           .pause = stop.pause,
                           .notice = session.notice(),
                           .host = session.place().host};
  hooks.on_notice = [&observer](const std::string& host, int rank, mpi::HostNotice notice) {
    const bool is_certain = notice == mpi::HostNotice::leaving;
    if (is_certain) mpi::tell_launcher_leaving(rank);
    observer.host_leaving({.host = host, .is_certain = is_certain});
  };
  if (session.place().only_coordinates) options.coordinator = mpi::CoordinatorRole::only_coordinates;
  if (stop.leave) options.grace_s = kGrace_s;
  if (stop.budget) options.deadline = steady(stop.budget->end);
  mpi::FarmReport report = mpi::run_farm(session.transport(), std::move(plan), work, hooks, options);
  if (report.out_of_time) observer.warning(fmt::format("{} is used up: {}", stop.budget->words, how_far(progress())));
  if (report.no_host_left)
    observer.warning("no machine is left that is not about to be taken away: the work stops here");
  if (report.end == mpi::FarmEnd::stopped && stop.leave && any_rank_computes(session, report)) {
    if (session.place().rank == 0) last_words();
    stop.leave();
  }
  return report;
}

}  // namespace gridmill::jobs
