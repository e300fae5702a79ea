#pragma once

#include "config/import_config.hpp"
#include "config/node.hpp"

namespace gridmill::config {

/// Reads `import.relationships` (null: none are given), once the tables are known, and adds those of the tables that
/// are made of others. `tables`: where the user names these.
void read_relationships(const Node* given, const Node& tables, ImportJob& job, Problems& problems);

}  // namespace gridmill::config
