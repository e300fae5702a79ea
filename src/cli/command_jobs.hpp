#pragma once

#include "cli/commands.hpp"
#include "config/features_config.hpp"
#include "config/run_file.hpp"
#include "config/search_config.hpp"

namespace gridmill::cli {

// The jobs of commands: what the config says, and what the command line says instead of it. What works on a job and
// what watches it (where is it?) ask here. Errors: UserError as RunFile.

config::SearchJob search_job_of(const SearchCommand& command);

/// Of a command without --apply.
config::FeaturesJob features_job_of(const FeaturesCommand& command);

/// The config of a run, with its output and its sample.
config::RunFile run_file_of(const RunCommand& command);

}  // namespace gridmill::cli
