#pragma once

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "launch/host_links.hpp"

namespace gridmill::launch {

/// What a host lacks of what a job needs there.
struct Lack {
  bool folder = false;                       // that the command was given in
  std::vector<std::filesystem::path> files;  // absolute; they are there on this machine

  [[nodiscard]] bool is_any() const { return folder || !files.empty(); }
};

struct Parcel {
  std::string host;
  std::filesystem::path folder;  // made if it is not there
  Lack lack;
};

/// Sends files over ssh to hosts, all at once, to where they lie here and with the same permissions. Folders are made
/// on the way. A file that is there is not replaced, and that is a problem; of one that is cut off nothing is left, but where
/// the host itself was cut off: the next one that is sent there two minutes later removes that.
/// Nobody else can read a file before it has its permissions.
///
/// Returns for each parcel why not all of it has arrived, in a few words; empty: it has. Ends early when a signal of
/// `until`, which must be blocked, has come; what it returns means nothing then.
std::vector<std::string> send_files(const std::vector<Parcel>& parcels, const HostLinks& links, const sigset_t& until);

}  // namespace gridmill::launch
