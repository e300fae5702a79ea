#pragma once

#include <optional>

#include "config/features_config.hpp"
#include "config/node.hpp"

namespace gridmill::config {

/// Reads `features.label`. What is wrong with it goes to `problems`.
void read_label(const Node& node, std::optional<LabelOptions>& label, Problems& problems);

}  // namespace gridmill::config
