#pragma once

#include <string>

#include "config/node.hpp"

namespace gridmill::config {

/// How values are compared, for hints.
inline constexpr const char* kComparisonHint = "write one of ==, !=, <, <=, >, >=, isin";

/// Says what is wrong with a comparison of what is (or is no) list: "isin takes a list"; empty: nothing.
std::string comparison_problem(const std::string& comparison, bool of_list);

/// Checks a condition on a column, [column, comparison, value], where comparison is one of ==, !=, <, <=, >, >= and
/// isin, which alone takes a list.
void check_condition(const Node& node, const std::string& path, Problems& problems);

}  // namespace gridmill::config
