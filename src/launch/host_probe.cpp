#include "launch/host_probe.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "launch/commands_at_once.hpp"
#include "launch/shell_word.hpp"

namespace gridmill::launch {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::minutes kMostReading{2};

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

std::vector<std::string> remote_line(std::vector<std::string> ssh, const std::string& host, const std::string& script,
                                     std::chrono::seconds patience) {
  // One that is silent is given up.
  for (const std::string& word :
       {std::string("-n"), std::string("-o"), fmt::format("ConnectTimeout={}", patience.count()), std::string("-o"),
        std::string("ServerAliveInterval=2"), std::string("-o"), std::string("ServerAliveCountMax=3"),
        std::string("-o"), std::string("LogLevel=ERROR"), host,
        // Whatever shell the user has there.
        "exec sh -c " + shell_word(script)}) {
    ssh.push_back(word);
  }
  return ssh;
}

}  // namespace

std::vector<Answer> HostProbe::ask(const std::vector<core::Host>& hosts, const ProbePatience& patience,
                                   const sigset_t& until) {
  const Marks marks(needs_.shared);
  std::vector<std::vector<std::string>> lines{{"sh", "-c", script_for("", marks.files())}};
  for (const core::Host& host : hosts) {
    if (is_this_machine(host.name)) continue;
    lines.push_back(remote_line(links_.ssh(), host.name, script_for(host.name, marks.files()), patience.to_connect));
  }
  const CommandLimits limits{
      .first_word = 2 * patience.to_connect, .all = kMostReading, .after_others = patience.after_others};
  const std::vector<CommandEnd> ends = run_at_once(lines, limits, until);
  const HostReport here = report_of("", ends[0].text);
  std::vector<Answer> answers;
  std::size_t next = 1;
  for (const core::Host& host : hosts) {
    const bool is_here = is_this_machine(host.name);
    answers.push_back(judge(host, is_here, is_here ? ends[0].text : ends[next++].text, here));
  }
  return answers;
}

/// `host`: empty for this machine.
std::string HostProbe::script_for(const std::string& host, const std::vector<fs::path>& marks) const {
  const auto known = known_.find(host);
  return report_script(needs_, marks, known == known_.end() ? "" : known->second.state);
}

/// Reads what a host has said, completed by what was known.
HostReport HostProbe::report_of(const std::string& host, const std::string& text) {
  const auto known = known_.find(host);
  HostReport report = read_report(text);
  if (known != known_.end()) report = completed(std::move(report), known->second);
  if (host.empty() && report.has_ended) known_[host] = report;
  return report;
}

Answer HostProbe::judge(const core::Host& host, bool is_here, const std::string& said, const HostReport& here) {
  Answer answer{.host = host, .is_here = is_here};
  const HostReport there = is_here ? here : report_of(host.name, said);
  if (there.has_begun) {
    answer.is_here = there.identity == here.identity;
    answer.problem = problem_of(there, here, needs_);
    if (!answer.is_here && !answer.problem.empty()) answer.lack = lack_of(there, here, needs_);
  } else {
    const std::string why = last_line(said);
    answer.problem = "does not answer" + (why.empty() ? "" : fmt::format(" ({})", why));
  }
  if (host.slots == 0) answer.host.slots = std::max<std::size_t>(1, there.n_cores);
  if (answer.is_here) return answer;
  if (answer.problem.empty()) {
    known_[host.name] = there;
    if (connections_ == Connections::kept) links_.open(host.name);
  } else {
    known_.erase(host.name);
    links_.close(host.name);
  }
  return answer;
}

}  // namespace gridmill::launch
