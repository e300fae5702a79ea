#include "launch/send_files.hpp"

#include <unistd.h>

#include <chrono>
#include <string_view>

#include <fmt/format.h>

#include "launch/commands_at_once.hpp"
#include "launch/shell_word.hpp"

namespace gridmill::launch {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::hours kMostSending{12};
constexpr std::chrono::seconds kFirstWord{20};
constexpr const char* kDone = "gridmill-sent";  // the last word of a command that has come to its end

/// What the other side does with a file that comes on its stdin.
std::string receiving(const fs::path& file, std::size_t number) {
  std::error_code ignored;
  const auto mode = static_cast<unsigned>(fs::status(file, ignored).permissions() & fs::perms::mask);
  const auto n_bytes = fs::file_size(file, ignored);
  const std::string target = shell_word(file.string());
  const std::string part = shell_word(
      (file.parent_path() / fmt::format(".gridmill-sent.{}.{}.{}", ::gethostid(), ::getpid(), number)).string());
  return fmt::format(
      "umask 022; part={1}; trap 'rm -f \"$part\"' EXIT; trap 'exit 1' HUP INT TERM; "
      // A shell that dies of saying something to nobody removes nothing.
      "trap '' PIPE; mkdir -p {0} || exit; "
      // Who was cut off while it received does not know for hours that nothing more comes.
      "find {0} -maxdepth 1 -name '.gridmill-sent.*' -mmin +2 -exec rm -f '{{}}' + 2>/dev/null; "
      "if [ -e {3} ] || [ -L {3} ]; then echo {3} is there, but cannot be read; exit 1; fi; "
      "(umask 077; cat >\"$part\") || exit; "
      // Where the connection ends, cat takes that for the end of the file.
      "if [ $(wc -c <\"$part\") -ne {4} ]; then echo {3} did not arrive whole; exit 1; fi; "
      "chmod {2:o} \"$part\" && ln \"$part\" {3}",
      shell_word(file.parent_path().string()), part, mode, target, n_bytes);
}

/// Sends one file after the other; stops at the first that does not arrive.
std::string script_of(const Parcel& parcel, const HostLinks& links) {
  std::string ssh = "exec";
  for (const std::string& word : links.ssh()) ssh += " " + shell_word(word);
  ssh += " -o ConnectTimeout=20 -o ServerAliveInterval=10 -o ServerAliveCountMax=3 -o LogLevel=ERROR " +
         shell_word(parcel.host);
  // Whatever shell the user has there.
  const auto there = [&](const std::string& script) { return shell_word("exec sh -c " + shell_word(script)); };
  std::string all =
      fmt::format("echo; ({} {} </dev/null)", ssh, there("mkdir -p " + shell_word(parcel.folder.string())));
  for (std::size_t i = 0; i < parcel.lack.files.size(); ++i) {
    const fs::path& file = parcel.lack.files[i];
    all += fmt::format(" && ({} {} <{})", ssh, there(receiving(file, i)), shell_word(file.string()));
  }
  return all + fmt::format(" && echo {}", kDone);
}

}  // namespace

std::vector<std::string> send_files(const std::vector<Parcel>& parcels, const HostLinks& links, const sigset_t& until) {
  std::vector<std::vector<std::string>> lines;
  for (const Parcel& parcel : parcels) lines.push_back({"sh", "-c", script_of(parcel, links)});
  const CommandLimits limits{.first_word = kFirstWord, .all = kMostSending};
  std::vector<std::string> problems;
  for (const CommandEnd& end : run_at_once(lines, limits, until)) {
    const std::string last = last_line(end.text);
    const bool has_arrived = end.code == 0 && last == kDone;
    problems.push_back(has_arrived ? "" : last.empty() ? "the connection was lost" : last);
  }
  return problems;
}

}  // namespace gridmill::launch
