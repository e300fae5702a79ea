#pragma once

#include "cli/commands.hpp"
#include "core/error.hpp"
#include "jobs/run/observer.hpp"
#include "launch/stop_signal.hpp"

namespace gridmill::cli {

/// Makes, asks or removes the machines of a cluster (config::AwsPlace) by terraform and ssh. What it makes is written
/// down in a folder of this machine (cluster::WorkFolder), where the same command goes on.
///
/// Asks on the terminal before it makes or removes anything, unless `--yes`. Errors: UserError, RunError.
core::ExitCode work_on_cluster(const ClusterCommand& command, Voice voice, jobs::Observer& observer,
                               launch::StopSignal& stop);

}  // namespace gridmill::cli
