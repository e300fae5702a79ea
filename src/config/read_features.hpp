#pragma once

#include <filesystem>

#include "config/features_config.hpp"
#include "config/node.hpp"

namespace gridmill::config {

/// Reads the section `features`: everything that can be checked without the store. Adds what is wrong to `problems`.
void read_features(const Node& node, const std::filesystem::path& config, FeaturesOptions& options, Problems& problems);

}  // namespace gridmill::config
