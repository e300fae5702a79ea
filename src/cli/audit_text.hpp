#pragma once

#include <string>
#include <vector>

#include "core/value.hpp"
#include "jobs/audit_job.hpp"

namespace gridmill::cli {

/// Returns what an audit has found as text: each finding, why it matters and what to do; then, unless `only_findings`,
/// what was looked for in vain, and what was not looked for.
std::string audit_text(const jobs::AuditReport& report, bool only_findings);

/// Returns the same as mappings: {"event": "finding", ...} for each, then {"event": "check", ...} for each check.
std::vector<core::Value> audit_lines(const jobs::AuditReport& report);

}  // namespace gridmill::cli
