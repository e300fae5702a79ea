#include "jobs/run/launch_facts.hpp"

#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

#include "jobs/run/this_command.hpp"

namespace gridmill::jobs {

LaunchFacts launch_facts(std::string job, mpi::Session& session) {
  const auto host = std::as_bytes(std::span(session.place().host));
  LaunchFacts facts{.job = std::move(job), .n_ranks = static_cast<std::size_t>(session.place().n_ranks)};
  for (const mpi::Bytes& name : session.transport().gather({host.begin(), host.end()})) {
    ++facts.ranks_on[{reinterpret_cast<const char*>(name.data()), name.size()}];
  }
  std::error_code ignored;
  facts.command = this_command();
  facts.folder = std::filesystem::current_path(ignored).string();
  return facts;
}

}  // namespace gridmill::jobs
