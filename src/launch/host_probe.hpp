#pragma once

#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "launch/hosts.hpp"

namespace gridmill::launch {

/// What a job needs on each host that its ranks are to work on.
struct HostNeeds {
  std::string program;                        // gridmill, the same there as here; absolute
  std::filesystem::path folder;               // that the command was given in; absolute
  std::vector<std::filesystem::path> files;   // that each rank reads: there with what they hold here
  std::vector<std::filesystem::path> shared;  // files and folders that all hosts must see as one and the same
};

/// What a host has, as a short shell script says it there.
struct HostReport {
  bool has_begun = false;  // it answers
  bool has_ended = false;  // all is said
  std::string identity;    // differs from machine to machine, and from container to container
  std::size_t n_cores = 1;
  bool has_mpi = false;
  bool has_folder = false;
  std::string version;  // what the program says of itself, or why it does not run
  bool runs = false;
  std::map<std::size_t, std::string> digests;  // 0: the program; 1...: HostNeeds::files; "-": not there
  std::size_t n_shared = 0;                    // of HostNeeds::shared that it sees, up to the first that it does not
};

/// Returns the script. `marks`: a file in each of HostNeeds::shared that lies here.
std::string probe_script(const HostNeeds& needs, const std::vector<std::filesystem::path>& marks);

/// Reads what the script has said; what else stands there (greetings of a shell) is passed over.
HostReport read_report(std::string_view text);

/// Says in a sentence without a name why ranks cannot work at a host, compared with this machine; empty: they can.
std::string problem_of(const HostReport& there, const HostReport& here, const HostNeeds& needs);

/// A host that was asked.
struct Answer {
  core::Host host;       // slots as it has said where they were open
  bool is_here = false;  // it is this machine
  std::string problem;   // a sentence without the host's name; empty: ranks can work there
};

/// Asks all hosts at once over ssh whether a job can work there; this machine is asked without.
///
/// Returns an answer each, in their order. One that cannot be reached within four seconds, or says nothing within
/// eight, has a problem; one that answers is given two minutes to read its files. Ends early when a signal of `until`,
/// which must be blocked, has come; the answers mean nothing then. Errors: RunError if a folder that is to be shared
/// cannot be written here.
std::vector<Answer> ask_hosts(const std::vector<core::Host>& hosts, const HostNeeds& needs,
                              std::chrono::seconds patience, const sigset_t& until);

}  // namespace gridmill::launch
