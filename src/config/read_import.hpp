#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "config/import_config.hpp"
#include "config/node.hpp"

namespace gridmill::config {

/// Reads the section `import` of the config `config`. What is wrong with it goes to `problems`.
ImportJob read_import(const Node& node, const std::filesystem::path& config, Problems& problems);

/// Checks the options of the one table that stand in the section `features`, of which `node` is, and completes them: a
/// table of that name, with its index. Notes in `places` where the data may contradict them.
void complete_table(const Node& node, const std::filesystem::path& config, const std::string& name, TableOptions& table,
                    std::map<std::string, core::Location>& places, Problems& problems);

/// Checks what both `data` and the tables of an import say of a text file.
void check_source(const Node& node, const std::string& section, const SourceOptions& source, Problems& problems);

}  // namespace gridmill::config
