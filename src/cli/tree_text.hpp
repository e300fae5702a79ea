#pragma once

#include <string>
#include <vector>

#include "core/value.hpp"
#include "jobs/info_job.hpp"

namespace gridmill::cli {

/// Returns the tables of an entity set as a tree, children under their parents: rows, indexes, keys, and how many rows
/// have no parent. A table with several parents stands under each, its own children once. Empty without relationships.
std::string tree_text(const jobs::FileSummary& file);

/// Returns the same as mappings: {"event": "relationship", ...}.
std::vector<core::Value> relationship_lines(const jobs::FileSummary& file);

}  // namespace gridmill::cli
