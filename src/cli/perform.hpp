#pragma once

#include <cstddef>

#include "cli/commands.hpp"
#include "core/error.hpp"
#include "jobs/run/offer.hpp"

namespace gridmill::cli {

/// The ranks a command is carried out by.
struct Ranks {
  std::size_t n_ranks = 1;               // of the job; for a dry run, as many as there would be
  bool under_mpi = false;                // this process is one of them, started by an MPI launcher
  const jobs::Offers* offers = nullptr;  // of a dry run: machines elsewhere that it is to tell of; null: none
};

/// Carries out a command in this process, until it is done or a signal asks it to stop (StopSignal). Collective over
/// the ranks of the job if under MPI. Errors: UserError, RunError as the command's job does.
core::ExitCode perform(const Invocation& invocation, const Ranks& ranks);

}  // namespace gridmill::cli
