#include "launch/mpirun_line.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/host.hpp"
#include "launch/instance_metadata.hpp"
#include "mpi/launcher_watch.hpp"
#include "mpi/session.hpp"
#include "staging/instance_service.hpp"

namespace gridmill::launch {

namespace {

using Words = std::vector<std::string>;

void append(Words& line, const Words& words) { line.insert(line.end(), words.begin(), words.end()); }

/// --quiet: what went wrong is said by us, once, not by mpirun in boxes.
Words beginning(std::size_t n_ranks) {
  Words line{"mpirun", "--quiet", "-n", std::to_string(n_ranks), "--bind-to", "none"};
  if (geteuid() == 0) line.emplace_back("--allow-run-as-root");
  return line;
}

Words program_of(const RankJob& job) {
  Words words{job.program};
  append(words, job.arguments);
  return words;
}

bool is_set(const char* name) { return std::getenv(name) != nullptr; }  // NOLINT(concurrency-mt-unsafe): one thread

/// How ranks and daemons of several machines are started, find each other, notice a loss, and end after it.
Words of_network(const std::string& network, const Placement& placement) {
  std::vector<std::pair<const char*, std::string>> settings{
      {"oob_tcp_keepalive_time", "4"},
      {"oob_tcp_keepalive_intvl", "2"},
      {"oob_tcp_keepalive_probes", "2"},
      // The two kinds of ports must not meet: whoever comes second finds none free.
      {"oob_tcp_dynamic_ipv4_ports",
       fmt::format("{}-{}", placement.first_port, placement.first_port + kPortsOfLaunch - 1)},
      {"btl_tcp_port_min_v4", "20500"},
      {"btl_tcp_port_range_v4", "500"},
      {"plm_rsh_agent", placement.agent},
      {"plm_rsh_args", "-q -o BatchMode=yes -o ConnectTimeout=20"},
      // After a loss ranks are killed without delay. Else each daemon waits a second before SIGTERM and another one
      // before SIGKILL, those of other machines after the one here.
      {"odls_base_sigkill_timeout", "0"}};
  if (!network.empty()) {
    settings.emplace_back("oob_tcp_if_include", network);
    settings.emplace_back("btl_tcp_if_include", network);
  }
  Words words;
  for (const auto& [name, value] : settings) append(words, {"--mca", name, value});
  return words;
}

/// Spares Open MPI most of its start, which is of no use to ranks beside each other: looking for graphics cards and
/// disks, and making files for the few facts that ranks exchange.
void spare_searches() {
  if (!is_set("HWLOC_COMPONENTS") && !is_set("HWLOC_PLUGINS_PATH")) {
    setenv("HWLOC_COMPONENTS", "-linuxio", 1);
    setenv("HWLOC_PLUGINS_PATH", "/nonexistent", 1);
  }
  setenv("PMIX_MCA_gds", "hash", 0);
}

}  // namespace

Placement place_ranks(const std::vector<Answer>& answers) {
  Placement placement{.machines = {{core::own_host_name(), 1}}, .computes_here = false};
  for (const Answer& answer : answers) {
    if (!answer.problem.empty()) continue;
    if (answer.is_here) {
      placement.machines.front().n_ranks = answer.host.slots;
      placement.computes_here = true;
    } else {
      placement.machines.push_back({answer.host.name, answer.host.slots});
    }
  }
  return placement;
}

/// mpirun fills one machine after the other.
const std::string& machine_of(int rank, const Placement& placement) {
  auto left = static_cast<std::size_t>(rank);
  for (const RanksOn& machine : placement.machines) {
    if (left < machine.n_ranks) return machine.host;
    left -= machine.n_ranks;
  }
  return placement.machines.back().host;
}

Words mpirun_line(const RankJob& job) {
  Words line = beginning(job.n_ranks);
  line.emplace_back("--oversubscribe");
  append(line, program_of(job));
  return line;
}

Words mpirun_line(const RankJob& job, const Placement& placement, const Words& passed) {
  std::size_t n_ranks = 0;
  std::string hosts;
  for (const RanksOn& machine : placement.machines) {
    n_ranks += machine.n_ranks;
    hosts += fmt::format("{}{}:{}", hosts.empty() ? "" : ",", machine.host, machine.n_ranks);
  }
  Words line = beginning(n_ranks);
  append(line, {"--host", hosts});
  append(line, of_network(job.hosts->network, placement));
  for (const std::string& name : passed) append(line, {"-x", name});
  append(line, program_of(job));
  return line;
}

void set_environment(const Placement& placement, long launcher) {
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  setenv("OMP_NUM_THREADS", "1", 1);
  setenv(mpi::kLauncherVariable, fmt::format("{} {}", launcher, core::own_host_name()).c_str(), 1);
  setenv(mpi::kCoordinatorVariable, placement.computes_here ? "0" : "1", 1);
  if (!placement.machines.empty()) setenv(kMetadataVariable, staging::kInstanceServiceAddress, 0);
  // Without one, execvp finds mpirun, but mpirun finds nothing.
  setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 0);
  mpi::spare_adapter_search();
  spare_searches();
}

Words passed_variables() {
  Words names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string_view name = text.substr(0, text.find('='));
    if (name.starts_with("GRIDMILL_") || name.starts_with("HWLOC_") || name.starts_with("OPENBLAS_") ||
        name.ends_with("_NUM_THREADS")) {
      names.emplace_back(name);
    }
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace gridmill::launch
