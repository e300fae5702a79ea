#pragma once

#include <optional>
#include <string>
#include <utility>

#include "mpi/host_notice.hpp"
#include "staging/http.hpp"
#include "staging/instance_service.hpp"

namespace gridmill::launch {

/// Names the variable that says where the service answers ("http://127.0.0.1:1338"); empty: it is not to be asked.
inline constexpr const char* kMetadataVariable = "GRIDMILL_METADATA";

/// Returns where this process is to ask: what the variable says, else, in a job of Slurm, the address on EC2. Nothing:
/// nowhere, as on a laptop.
std::optional<std::string> metadata_address();

/// Asks the metadata service of EC2 what is to become of this machine.
///
/// Not for several threads at once. Source: AWS, "Spot Instance interruption notices" and "rebalance recommendations".
class InstanceMetadata {
 public:
  static constexpr long kPatience_s = 1;  // for each answer

  /// Errors: RunError where libcurl cannot be started.
  explicit InstanceMetadata(std::string address) : service_(http_, std::move(address), kPatience_s) {}
  InstanceMetadata(const InstanceMetadata&) = delete;
  InstanceMetadata& operator=(const InstanceMetadata&) = delete;

  /// Returns what is said; nothing where no such service answers in time.
  std::optional<mpi::HostNotice> ask();

 private:
  /// Says whether there is something under that name; nothing: no answer.
  std::optional<bool> has(const std::string& name);

  staging::Http http_;
  staging::InstanceService service_;
};

}  // namespace gridmill::launch
