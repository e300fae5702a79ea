#pragma once

#include <string>
#include <vector>

#include "config/import_config.hpp"
#include "config/node.hpp"

namespace gridmill::config {

/// Reads `import.relationships` (null: none are given), once the tables are known, and adds those of the tables that
/// are made of others. `tables`: where the user names these.
void read_relationships(const Node* given, const Node& tables, ImportJob& job, Problems& problems);

/// Returns how a relationship's key is written: "[origin, hour]" of several columns, else the name of the one.
std::string shown_key(const std::string& name, const std::vector<std::string>& columns);

}  // namespace gridmill::config
