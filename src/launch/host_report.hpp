#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "launch/send_files.hpp"

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
  std::string state;          // of all files: numbers, sizes, times; equal ones tell that nothing was written meanwhile
  bool is_unchanged = false;  // it is the state that the script was told
  std::map<std::size_t, std::string> digests;  // 0: the program; 1...: HostNeeds::files; "-": not there
  std::size_t n_shared = 0;                    // of HostNeeds::shared that it sees, up to the first that it does not
};

/// Returns the script. `marks`: a file in each of HostNeeds::shared that lies here. `known`: HostReport::state of an
/// earlier report; where it is still so, files are not read again. Empty: there was none.
std::string report_script(const HostNeeds& needs, const std::vector<std::filesystem::path>& marks,
                          const std::string& known = {});

/// Reads what the script has said; what else stands there (greetings of a shell) is passed over.
HostReport read_report(std::string_view text);

/// Completes a report on files that are unchanged by what the earlier one said of them.
HostReport completed(HostReport report, const HostReport& earlier);

/// Says what a host lacks that is here, where ranks could work if it had that; else nothing.
Lack lack_of(const HostReport& there, const HostReport& here, const HostNeeds& needs);

/// Says in a sentence without a name why ranks cannot work at a host, compared with this machine; empty: they can.
std::string problem_of(const HostReport& there, const HostReport& here, const HostNeeds& needs);

}  // namespace gridmill::launch
