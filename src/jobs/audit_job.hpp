#pragma once

#include <string>
#include <vector>

#include "config/run_file.hpp"
#include "jobs/audit/finding.hpp"
#include "jobs/run/observer.hpp"
#include "mpi/session.hpp"

namespace gridmill::jobs {

/// One thing that was looked for.
struct AuditedCheck {
  enum class State { clear, found, not_done };

  std::string name;  // as Finding::check
  State state = State::clear;
  std::string detail;  // what was looked at; or why it was not
};

struct AuditReport {
  std::vector<Finding> findings;
  std::vector<AuditedCheck> checks;  // in the order in which they were made
};

/// Looks for what makes a search promise more than its model will keep: labels, later rows or held-out rows that find
/// their way into what is learnt. Looks at the sections there are, `features` and `search`.
///
/// What the config's import and features have not made yet is made in a temporary folder, and gone afterwards; nothing
/// else is written. Up to three candidates are fitted, on at most 2,000 rows a fold. One process.
/// Errors: UserError for the config and the data, as of the jobs themselves.
AuditReport run_audit(const config::RunFile& file, mpi::Session& session, Observer& observer);

}  // namespace gridmill::jobs
