#include "launch/host_report.hpp"

#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "launch/shell_word.hpp"

namespace gridmill::launch {

namespace {

constexpr std::string_view kMark = "gridmill-host ";  // begins each line of the script's

/// The digest of the program (0) or a file; "-": it is not there.
std::string digest_of(const HostReport& report, std::size_t number) {
  const auto at = report.digests.find(number);
  return at == report.digests.end() ? "-" : at->second;
}

/// Takes in a line of the script's.
void take(std::string_view line, HostReport& report) {
  const std::size_t space = line.find(' ');
  const std::string_view word = line.substr(0, space);
  const std::string rest(space == std::string_view::npos ? "" : line.substr(space + 1));
  std::istringstream words(rest);
  report.has_begun = true;
  if (word == "is") report.identity = rest;
  if (word == "cores") words >> report.n_cores;
  if (word == "mpi") report.has_mpi = true;
  if (word == "folder") report.has_folder = true;
  if (word == "state") report.state = rest;
  if (word == "unchanged") report.is_unchanged = true;
  if (word == "runs") report.runs = true;
  if (word == "version") report.version = rest;
  if (word == "shared") ++report.n_shared;
  if (word == "end") report.has_ended = true;
  std::size_t number = 0;
  std::string digest;
  if (word == "file" && words >> number >> digest) report.digests[number] = digest;
}

/// The part of the script that reads the files, and tries the program.
std::string reading(const HostNeeds& needs, const std::string& say) {
  std::string script;
  const auto digest = [&](std::size_t number, const std::string& file) {
    script += fmt::format("{}file {} $(sha256sum <{} || echo -); ", say, number, shell_word(file));
  };
  digest(0, needs.program);
  for (std::size_t i = 0; i < needs.files.size(); ++i) digest(i + 1, needs.files[i].string());
  return script +
         fmt::format("said=$({} version 2>&1) && {}runs; {}version $said; ", shell_word(needs.program), say, say);
}

}  // namespace

std::string report_script(const HostNeeds& needs, const std::vector<std::filesystem::path>& marks,
                          const std::string& known) {
  const std::string say = fmt::format("echo {}", kMark);
  std::string script = say + "is $(uname -n) $(cat /proc/sys/kernel/random/boot_id) $(readlink /proc/self/ns/pid); " +
                       say + "cores $(nproc); command -v orted >/dev/null && " + say + "mpi; cd " +
                       shell_word(needs.folder.string()) + " && " + say + "folder; ";
  std::string files = shell_word(needs.program);
  for (const std::filesystem::path& file : needs.files) files += " " + shell_word(file.string());
  // Taken before the files are read: what is written meanwhile shows the next time.
  script += fmt::format("state=$(echo $(stat -L -c '%d %i %s %y %z' {} 2>/dev/null)); {}state $state; ", files, say);
  if (known.empty()) {
    script += reading(needs, say);
  } else {
    script += fmt::format("if [ \"$state\" = {} ]; then {}unchanged; else {}fi; ", shell_word(known), say,
                          reading(needs, say));
  }
  for (const std::filesystem::path& mark : marks) {
    script += fmt::format("[ -e {} ] && {}shared && ", shell_word(mark.string()), say);
  }
  return script + "true; " + say + "end";
}

HostReport read_report(std::string_view text) {
  HostReport report;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kMark)) take(std::string_view(line).substr(kMark.size()), report);
  }
  return report;
}

HostReport completed(HostReport report, const HostReport& earlier) {
  if (!report.is_unchanged) return report;
  report.digests = earlier.digests;
  report.version = earlier.version;
  report.runs = earlier.runs;
  return report;
}

Lack lack_of(const HostReport& there, const HostReport& here, const HostNeeds& needs) {
  Lack lack;
  // What is sent below a folder that is to be shared, and is not, would lie under it later.
  if (!there.has_ended || !there.has_mpi || there.n_shared < needs.shared.size()) return lack;
  for (std::size_t i = 0; i <= needs.files.size(); ++i) {
    const bool differs = digest_of(there, i) != "-" && digest_of(there, i) != digest_of(here, i);
    if (differs || digest_of(here, i) == "-") return lack;
  }
  lack.folder = !there.has_folder;
  for (std::size_t i = 0; i <= needs.files.size(); ++i) {
    if (digest_of(there, i) != "-") continue;
    lack.files.push_back(i == 0 ? std::filesystem::path(needs.program) : needs.files[i - 1]);
  }
  return lack;
}

std::string problem_of(const HostReport& there, const HostReport& here, const HostNeeds& needs) {
  if (!there.has_ended) return "has not said within two minutes what files it has";
  if (!there.has_mpi) return "has no Open MPI (orted is not found there)";
  if (digest_of(there, 0) == "-") return fmt::format("has no {}", needs.program);
  if (digest_of(there, 0) != digest_of(here, 0)) return fmt::format("has another {} than this machine", needs.program);
  if (!there.runs) return fmt::format("cannot run {} ({})", needs.program, there.version);
  if (!there.has_folder) return fmt::format("has no folder {}", needs.folder.string());
  for (std::size_t i = 0; i < needs.files.size(); ++i) {
    const std::string name = needs.files[i].string();
    if (digest_of(there, i + 1) == "-") return fmt::format("has no {}", name);
    if (digest_of(there, i + 1) != digest_of(here, i + 1)) return fmt::format("has another {} than this machine", name);
  }
  if (there.n_shared < needs.shared.size()) {
    return fmt::format("does not see what this machine writes to {}, which all hosts of this job must share",
                       needs.shared[there.n_shared].string());
  }
  return "";
}

}  // namespace gridmill::launch
