#pragma once

#include <filesystem>
#include <string>

#include "config/import_config.hpp"
#include "config/node.hpp"

namespace gridmill::config {

/// Reads the section `import` of the config `config`. What is wrong with it goes to `problems`.
ImportJob read_import(const Node& node, const std::filesystem::path& config, Problems& problems);

/// Checks what both `data` and the tables of an import say of a text file.
void check_source(const Node& node, const std::string& section, const SourceOptions& source, Problems& problems);

}  // namespace gridmill::config
