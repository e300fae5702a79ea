#pragma once

#include <string>

#include "config/features_config.hpp"
#include "jobs/run/run_folder.hpp"
#include "mpi/session.hpp"

namespace gridmill::jobs {

/// Returns the time that a cutoff of "now" means: that of the run that is gone on with, if there is one, else the
/// present, to the second. Collective; the same on every rank.
std::string settled_now(const config::FeaturesJob& job, IfOther if_other, mpi::Session& session);

}  // namespace gridmill::jobs
