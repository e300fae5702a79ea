#include "cli/live_page.hpp"

#include <filesystem>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "cli/command_jobs.hpp"
#include "cli/progress.hpp"
#include "jobs/live_server.hpp"

namespace gridmill::cli {

namespace {

/// The run directories that a command works in, in that order.
std::vector<std::filesystem::path> runs_of(const Invocation& invocation) {
  if (const auto* search = std::get_if<SearchCommand>(&invocation.command)) return {search_job_of(*search).output};
  if (const auto* features = std::get_if<FeaturesCommand>(&invocation.command)) {
    return {features_job_of(*features).output};
  }
  const auto& run = std::get<RunCommand>(invocation.command);
  const config::RunFile file = run_file_of(run);
  std::vector<std::filesystem::path> runs;
  if (file.has_features() && run.until != "import") runs.push_back(file.features_job().output);
  if (file.has_search() && run.until != "import" && run.until != "features") runs.push_back(file.search_job().output);
  if (runs.empty()) {
    throw core::UserError("gridmill run: --live: an import alone leaves no run to look at", "leave out --live");
  }
  return runs;
}

}  // namespace

void tell_address(Voice voice, const std::string& address, std::string_view hint) {
  if (voice == Voice::json) {
    const Console console = system_console();
    make_observer(voice, console)->note(address);
  } else {
    std::cerr << fmt::format("{}\n", address);
    if (voice != Voice::quiet) std::cerr << fmt::format("{}\n", hint);
    std::cerr << std::flush;
  }
}

core::ExitCode beside_live_page(const Invocation& invocation, const std::function<core::ExitCode()>& work) {
  if (!invocation.live) return work();
  jobs::LiveServer server(runs_of(invocation), invocation.live_port, jobs::LiveServer::End::by_finish);
  tell_address(invocation.voice, server.address(),
               "open it in a browser to follow the run; the page ends as its report");
  server.start();
  try {
    const core::ExitCode code = work();
    server.finish(code != core::ExitCode::bad_input);  // which may have been: another run lies there
    return code;
  } catch (...) {
    server.finish(false);
    throw;
  }
}

}  // namespace gridmill::cli
