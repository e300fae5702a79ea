#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "config/search_config.hpp"
#include "core/dataset.hpp"
#include "io/tables/remarks.hpp"
#include "jobs/audit/finding.hpp"
#include "mpi/session.hpp"
#include "search/baseline.hpp"

namespace gridmill::jobs {

/// What a search learns from and what it is held to at the end, one copy a node.
struct SearchData {
  core::Dataset train;
  std::optional<core::Dataset> held_out;
  std::uint64_t digest = 0;                         // hash of both; on rank 0
  io::Remarks remarks = {};                         // what is to be said of the sources; on rank 0
  std::vector<search::EarlierLabels> earlier = {};  // where rows have a time; on rank 0
  std::vector<Finding> findings = {};               // what rows give away by how they are dealt; on rank 0
};

/// Reads the job's data on rank 0, splits off the held-out part and shares both with every node.
///
/// Collective; valid on every rank; lives as long as the session. Errors: UserError on every rank (see
/// build_dataset; a cell that is no number is named with its line and column).
SearchData load_search_data(const config::SearchJob& job, mpi::Session& session);

}  // namespace gridmill::jobs
