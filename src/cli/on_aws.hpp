#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/aws_place.hpp"
#include "core/error.hpp"

namespace gridmill::cli {

/// A command that the machines of a cluster are to carry out.
struct AwsCommand {
  std::vector<std::string> arguments;          // of gridmill, without --on
  std::vector<std::filesystem::path> inputs;   // files and folders of this machine that it reads: below the folder
                                               // in which it is given, as all that stands in it
  std::vector<std::filesystem::path> outputs;  // what it makes there; the last is the folder in which it works
  std::filesystem::path place_file;            // of --on, for words to the user
  bool begins_anew = false;                    // --overwrite
};

/// Sends what the command reads to the bucket of the cluster, unless it is there; has the head begin it, unless it is
/// running already; passes on what it says until it has ended, and brings its outputs here. SIGINT, SIGTERM and SIGHUP
/// end that alone: the job goes on, and the same command is there again.
///
/// Returns the exit code of the job; interrupted or stopped when it is left to itself.
/// Errors: UserError where the cluster is not up, or a path lies outside the folder; RunError where the head or the
/// bucket does not answer.
core::ExitCode work_on_aws(const config::AwsPlace& place, const AwsCommand& command);

}  // namespace gridmill::cli
