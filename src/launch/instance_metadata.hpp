#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "mpi/host_notice.hpp"

namespace gridmill::launch {

/// Names the variable that says where the service answers ("http://127.0.0.1:1338"); empty: it is not to be asked.
inline constexpr const char* kMetadataVariable = "GRIDMILL_METADATA";
/// Where it answers on a machine of EC2.
inline constexpr const char* kMetadataAddress = "http://169.254.169.254";

/// Returns where this process is to ask: what the variable says, else, in a job of Slurm, the address on EC2. Nothing:
/// nowhere, as on a laptop.
std::optional<std::string> metadata_address();

/// Asks the metadata service of EC2 (IMDSv2: with a token) what is to become of this machine.
///
/// Not for several threads at once. Source: AWS, "Spot Instance interruption notices" and "rebalance recommendations".
class InstanceMetadata {
 public:
  static constexpr std::chrono::milliseconds kPatience{1000};  // for each answer

  explicit InstanceMetadata(std::string address);
  ~InstanceMetadata();
  InstanceMetadata(const InstanceMetadata&) = delete;
  InstanceMetadata& operator=(const InstanceMetadata&) = delete;

  /// Returns what is said; nothing where no such service answers in time.
  std::optional<mpi::HostNotice> ask();

 private:
  struct Client;
  std::unique_ptr<Client> client_;
};

}  // namespace gridmill::launch
