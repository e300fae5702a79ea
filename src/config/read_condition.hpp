#pragma once

#include <string>

#include "config/node.hpp"

namespace gridmill::config {

/// Checks a condition on a column, [column, comparison, value], where comparison is one of ==, !=, <, <=, >, >= and
/// isin, which alone takes a list.
void check_condition(const Node& node, const std::string& path, Problems& problems);

}  // namespace gridmill::config
