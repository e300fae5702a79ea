#include "launch/host_probe.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "launch/commands_at_once.hpp"

namespace gridmill::launch {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMark = "gridmill-host ";  // begins each line of the script's
constexpr std::chrono::minutes kMostReading{2};

std::string for_shell(std::string_view word) {
  std::string text = "'";
  for (const char letter : word) text += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return text + "'";
}

/// The folder of that path that is there already, or the nearest above it.
fs::path existing_folder(fs::path path) {
  std::error_code ignored;
  path = fs::absolute(path, ignored);
  while (!fs::is_directory(path, ignored) && path.has_relative_path()) path = path.parent_path();
  return path;
}

/// Files with names that nothing else has, as long as it lives.
class Marks {
 public:
  explicit Marks(const std::vector<fs::path>& places) {
    for (const fs::path& place : places) {
      const fs::path file = existing_folder(place) / fmt::format(".gridmill-seen-by-all.{}.{}", ::getpid(), n_made++);
      if (!std::ofstream(file)) {
        throw core::RunError(fmt::format("{}: cannot be written", file.parent_path().string()),
                             "all hosts need to see the files of this job there");
      }
      files_.push_back(file);
    }
  }
  ~Marks() {
    std::error_code ignored;
    for (const fs::path& file : files_) fs::remove(file, ignored);
  }
  Marks(const Marks&) = delete;
  Marks& operator=(const Marks&) = delete;

  [[nodiscard]] const std::vector<fs::path>& files() const { return files_; }

 private:
  // A name that was asked for once may be remembered as missing by a network's file system.
  inline static std::size_t n_made = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): a counter
  std::vector<fs::path> files_;
};

std::vector<std::string> remote_line(const std::string& host, const std::string& script,
                                     std::chrono::seconds patience) {
  // A connection that others share would keep what it has inherited open. One that is silent is given up.
  return {"ssh", "-n", "-o", "BatchMode=yes", "-o", fmt::format("ConnectTimeout={}", patience.count()), "-o",
          "ControlMaster=no", "-o", "ServerAliveInterval=2", "-o", "ServerAliveCountMax=3", "-o", "LogLevel=ERROR",
          host,
          // Whatever shell the user has there.
          "exec sh -c " + for_shell(script)};
}

std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return std::string(text.substr(text.rfind('\n') + 1));
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
  if (word == "runs") report.runs = true;
  if (word == "version") report.version = rest;
  if (word == "shared") ++report.n_shared;
  if (word == "end") report.has_ended = true;
  std::size_t number = 0;
  std::string digest;
  if (word == "file" && words >> number >> digest) report.digests[number] = digest;
}

}  // namespace

std::string probe_script(const HostNeeds& needs, const std::vector<fs::path>& marks) {
  const std::string say = fmt::format("echo {}", kMark);
  const std::string program = for_shell(needs.program);
  std::string script = say + "is $(uname -n) $(cat /proc/sys/kernel/random/boot_id) $(readlink /proc/self/ns/pid); " +
                       say + "cores $(nproc); command -v orted >/dev/null && " + say + "mpi; cd " +
                       for_shell(needs.folder.string()) + " && " + say + "folder; ";
  const auto digest = [&](std::size_t number, const std::string& file) {
    script += fmt::format("{}file {} $(sha256sum <{} || echo -); ", say, number, for_shell(file));
  };
  digest(0, needs.program);
  for (std::size_t i = 0; i < needs.files.size(); ++i) digest(i + 1, needs.files[i].string());
  script += fmt::format("said=$({} version 2>&1) && {}runs; {}version $said; ", program, say, say);
  for (const fs::path& mark : marks) script += fmt::format("[ -e {} ] && {}shared && ", for_shell(mark.string()), say);
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

std::string problem_of(const HostReport& there, const HostReport& here, const HostNeeds& needs) {
  const auto digest_of = [](const HostReport& report, std::size_t number) {
    const auto at = report.digests.find(number);
    return at == report.digests.end() ? std::string("-") : at->second;
  };
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

std::vector<Answer> ask_hosts(const std::vector<core::Host>& hosts, const HostNeeds& needs,
                              std::chrono::seconds patience, const sigset_t& until) {
  const Marks marks(needs.shared);
  const std::string script = probe_script(needs, marks.files());
  std::vector<std::vector<std::string>> lines{{"sh", "-c", script}};
  for (const core::Host& host : hosts) {
    if (!is_this_machine(host.name)) lines.push_back(remote_line(host.name, script, patience));
  }
  const std::vector<CommandEnd> ends = run_at_once(lines, {.first_word = 2 * patience, .all = kMostReading}, until);
  const HostReport here = read_report(ends[0].text);
  std::vector<Answer> answers;
  std::size_t next = 1;
  for (const core::Host& host : hosts) {
    Answer answer{.host = host, .is_here = is_this_machine(host.name)};
    const CommandEnd& end = answer.is_here ? ends[0] : ends[next++];
    const HostReport there = read_report(end.text);
    if (there.has_begun) {
      answer.is_here = there.identity == here.identity;
      answer.problem = problem_of(there, here, needs);
    } else {
      const std::string why = last_line(end.text);
      answer.problem = "does not answer" + (why.empty() ? "" : fmt::format(" ({})", why));
    }
    if (host.slots == 0) answer.host.slots = std::max<std::size_t>(1, there.n_cores);
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace gridmill::launch
