#include "launch/instance_metadata.hpp"

#include <cstdlib>

namespace gridmill::launch {

using mpi::HostNotice;
using staging::InstanceService;

std::optional<std::string> metadata_address() {
  // NOLINTBEGIN(concurrency-mt-unsafe): nobody sets them
  if (const char* address = std::getenv(kMetadataVariable)) {
    return *address == '\0' ? std::nullopt : std::optional<std::string>(address);
  }
  if (std::getenv("SLURM_JOB_ID") == nullptr) return std::nullopt;
  return staging::kInstanceServiceAddress;
  // NOLINTEND(concurrency-mt-unsafe)
}

std::optional<bool> InstanceMetadata::has(const std::string& name) {
  const long status = service_.ask(name).status;
  if (status == InstanceService::kOk) return true;
  return status == InstanceService::kNotFound ? std::optional(false) : std::nullopt;
}

std::optional<HostNotice> InstanceMetadata::ask() {
  // There is nothing under these names until there is something to say, whatever the words ("stop", "terminate").
  const std::optional<bool> is_leaving = has("spot/instance-action");
  if (!is_leaving || *is_leaving) return is_leaving ? std::optional(HostNotice::leaving) : std::nullopt;
  const std::optional<bool> is_at_risk = has("events/recommendations/rebalance");
  if (!is_at_risk) return std::nullopt;
  return *is_at_risk ? HostNotice::at_risk : HostNotice::none;
}

}  // namespace gridmill::launch
