#pragma once

#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "launch/host_links.hpp"
#include "launch/host_report.hpp"
#include "launch/hosts.hpp"

namespace gridmill::launch {

/// A host that was asked.
struct Answer {
  core::Host host;       // slots as it has said where they were open
  bool is_here = false;  // it is this machine
  std::string problem;   // a sentence without the host's name; empty: ranks can work there
  Lack lack;             // of what is here, if that is a problem
};

/// How long hosts are waited for.
struct ProbePatience {
  std::chrono::seconds to_connect{4};  // and twice as long for the first word
  /// One that is silent after three times as long as others took, and at least so long, is given up; 0: no such haste.
  std::chrono::milliseconds after_others{0};
};

/// Whether connections to hosts where all is well stay open, or each question makes its own. What is kept ends with the
/// thread that has asked.
enum class Connections { kept, own };

/// Asks hosts over ssh whether a job can work there; this machine is asked without.
///
/// What it has read on a host it does not read again as long as the files there are the same ones, unwritten; and the
/// connections to hosts where all is well can stay open. So a question put again takes a tenth of the first one's time.
class HostProbe {
 public:
  explicit HostProbe(const HostNeeds& needs, Connections connections = Connections::kept)
      : needs_(needs), connections_(connections) {}

  /// Asks all at once. Returns an answer each, in their order.
  ///
  /// One that cannot be reached in time, or says nothing, has a problem; one that answers is given two minutes to read
  /// its files. Ends early when a signal of `until`, which must be blocked, has come; the answers mean nothing then.
  /// Errors: RunError if a folder that is to be shared cannot be written here.
  std::vector<Answer> ask(const std::vector<core::Host>& hosts, const ProbePatience& patience, const sigset_t& until);

  [[nodiscard]] const HostLinks& links() const { return links_; }

 private:
  [[nodiscard]] std::string script_for(const std::string& host, const std::vector<std::filesystem::path>& marks) const;
  HostReport report_of(const std::string& host, const std::string& text);
  Answer judge(const core::Host& host, bool is_here, const std::string& said, const HostReport& here);

  const HostNeeds& needs_;
  Connections connections_;
  HostLinks links_;
  std::map<std::string, HostReport> known_;  // by host: what it had when all was well
};

}  // namespace gridmill::launch
