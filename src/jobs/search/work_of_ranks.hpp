#pragma once

#include "jobs/search/search_farm.hpp"
#include "jobs/search/search_findings.hpp"
#include "mpi/transport.hpp"

namespace gridmill::jobs {

/// Brings together, in one reduction, what each rank has measured of itself since its process began: bytes read, most
/// memory held; and what its farms have reported. Collective; valid on rank 0. `reports`: on rank 0.
Work work_of_ranks(const RankReports& reports, mpi::Transport& transport);

}  // namespace gridmill::jobs
