#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/commands.hpp"
#include "core/error.hpp"

namespace gridmill::cli {

/// Tells where a page is served, whatever the voice: nobody can guess it. On stderr, with `hint` unless it is to be
/// quiet; with --json as a note.
void tell_address(Voice voice, const std::string& address, std::string_view hint);

/// Does the work of a search, of features or of a run, which other processes do, and serves the page that follows it
/// meanwhile, where --live asks for it (jobs::LiveServer). Tells the address first.
/// Signals are left to `work`. Returns what `work` returns.
/// Errors: those of `work`; UserError if the port is taken, or the command leaves no run directory.
core::ExitCode beside_live_page(const Invocation& invocation, const std::function<core::ExitCode()>& work);

}  // namespace gridmill::cli
