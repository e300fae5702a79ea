#pragma once

#include <functional>

#include "cli/commands.hpp"
#include "core/error.hpp"

namespace gridmill::cli {

/// Does the work of a search, of features or of a run, which other processes do, and serves the page that follows it
/// meanwhile, where --live asks for it (jobs::LiveServer). Tells the address first: on stderr, with --json as a note.
/// Signals are left to `work`. Returns what `work` returns.
/// Errors: those of `work`; UserError if the port is taken, or the command leaves no run directory.
core::ExitCode beside_live_page(const Invocation& invocation, const std::function<core::ExitCode()>& work);

}  // namespace gridmill::cli
