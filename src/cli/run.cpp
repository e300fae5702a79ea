#include "cli/run.hpp"

#include <iostream>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/exit.hpp"
#include "cli/launch.hpp"
#include "cli/perform.hpp"
#include "config/read.hpp"

namespace gridmill::cli {

namespace {

using core::ExitCode;

/// Only these spread over ranks; the others are done by one process.
const SearchCommand* parallel_command(const Invocation& invocation) {
  const auto* search = std::get_if<SearchCommand>(&invocation.command);
  return search != nullptr && !search->dry_run ? search : nullptr;
}

void check_ranks(const Invocation& invocation, const RankInJob& job) {
  if (invocation.ranks && *invocation.ranks != job.n_ranks) {
    throw core::UserError(
        fmt::format("--ranks {} contradicts the launcher, which started {}", *invocation.ranks, job.n_ranks),
        "leave --ranks out under mpirun or srun");
  }
}

/// Started by mpirun or srun: takes part as the rank it is.
ExitCode join(const Invocation& invocation, const RankInJob& job) {
  if (parallel_command(invocation) != nullptr) {
    // Our own launcher hands its --ranks on, and then they agree.
    check_ranks(invocation, job);
    return perform(invocation, {.n_ranks = job.n_ranks, .under_mpi = true});
  }
  return job.rank == 0 ? perform(invocation, {.n_ranks = job.n_ranks}) : ExitCode::done;
}

/// Started by hand: works alone, or starts ranks that do.
ExitCode start(const Invocation& invocation, const std::vector<std::string>& arguments) {
  const std::size_t n_ranks = invocation.ranks.value_or(available_cores());
  const SearchCommand* search = parallel_command(invocation);
  if (search == nullptr || n_ranks == 1) return perform(invocation, {.n_ranks = n_ranks});
  config::read_search_job(search->config);  // what is wrong with it is best said before ranks are started
  return launch(this_program(), arguments, n_ranks, std::cerr);
}

}  // namespace

int run(const std::vector<std::string>& arguments) {
  const std::optional<RankInJob> job = rank_in_job();
  const ExitCode code = guarded(
      [&] {
        const auto parsed = parse_command_line(arguments);
        if (const auto* answer = std::get_if<Answer>(&parsed)) {
          const bool speaks = !job || job->rank == 0;
          if (speaks) (answer->code == ExitCode::done ? std::cout : std::cerr) << answer->text;
          return answer->code;
        }
        const auto& invocation = std::get<Invocation>(parsed);
        return job ? join(invocation, *job) : start(invocation, arguments);
      },
      job ? job->rank : 0, std::cerr);
  return static_cast<int>(code);
}

}  // namespace gridmill::cli
