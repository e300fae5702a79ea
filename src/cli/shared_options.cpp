#include "cli/shared_options.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/time_budget.hpp"
#include "core/address.hpp"
#include "core/error.hpp"
#include "core/user_path.hpp"

namespace gridmill::cli {

template <class Paths>
CLI::Option* add_path(CLI::App& command, const std::string& name, Paths& paths, const std::string& what) {
  return command.add_option(name, paths, what)->transform([](const std::string& word) {
    if (const auto problem = core::problem_with_path(word)) throw core::UserError(*problem, core::kAddressHint);
    return core::user_path(word).string();
  });
}

template CLI::Option* add_path(CLI::App&, const std::string&, std::filesystem::path&, const std::string&);
template CLI::Option* add_path(CLI::App&, const std::string&, std::vector<std::filesystem::path>&, const std::string&);
template CLI::Option* add_path(CLI::App&, const std::string&, std::string&, const std::string&);

namespace {

void add_on(CLI::App& command, Invocation& invocation) {
  add_path(command, "--on", invocation.on,
           "Work elsewhere: this file names a Slurm cluster, hosts or machines of AWS ('gridmill describe places')")
      ->type_name("FILE");
}

void add_hosts(CLI::App& command, Invocation& invocation) {
  add_path(command, "--hosts", invocation.hosts,
           "Work on the machines that this file lists, as mpirun's hostfile does: node1 slots=4")
      ->type_name("FILE")
      ->excludes("--ranks");
  command.add_flag(
      "--copy", invocation.copies,
      "Send hosts what they lack of gridmill, config, and data of a search or of features; nothing is replaced there");
}

}  // namespace

void add_voice(CLI::App& command, Invocation& invocation) {
  auto* quiet = command.add_flag_callback(
      "-q,--quiet", [&] { invocation.voice = Voice::quiet; }, "Say nothing but results, warnings and errors");
  command
      .add_flag_callback(
          "--json", [&] { invocation.voice = Voice::json; }, "Say everything as JSON, one object a line, on stdout")
      ->excludes(quiet);
}

void add_ranks(CLI::App& command, Invocation& invocation, const std::string& meaning) {
  command.add_option("-n,--ranks", invocation.ranks, meaning)->check(CLI::Range(1, 4096))->type_name("N");
}

void add_work(CLI::App& command, Invocation& invocation) {
  add_ranks(command, invocation);
  add_on(command, invocation);
  add_hosts(command, invocation);
  command
      .add_option_function<std::string>(
          "--budget", [&invocation](const std::string& word) { invocation.budget = read_budget(word); },
          "Time that this command may take, '2 hours': it begins nothing that would end later, and stops in order (75)")
      ->take_last()
      ->type_name("TIME");
}

void add_live(CLI::App& command, Invocation& invocation, const std::vector<std::string>& without) {
  auto* live =
      command.add_flag("--live", invocation.live,
                       "Follow the run in a browser: tells an address of this machine, for as long as it runs");
  for (const std::string& flag : without) live->excludes(flag);
  command.add_option("--port", invocation.live_port, "Of --live; by default any that is free")
      ->needs(live)
      ->type_name("N");
}

}  // namespace gridmill::cli
