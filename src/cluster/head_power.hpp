#pragma once

#include <atomic>
#include <string>

#include "cluster/work_folder.hpp"

namespace gridmill::cluster {

/// Starts a head that is stopped, or about to be, with the program aws, and waits until it runs: some minutes at most.
/// Its address is then another one (Terraform::refresh). Ends early when `stop` becomes true.
///
/// Errors: UserError where there is no program aws; RunError with what is wrong and what to do.
void start_head(const Outputs& head, const std::string& region, const std::atomic<bool>& stop);

}  // namespace gridmill::cluster
