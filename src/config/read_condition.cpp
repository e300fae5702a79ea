#include "config/read_condition.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace gridmill::config {

void check_condition(const Node& node, const std::string& path, Problems& problems) {
  static constexpr std::array kComparisons{"==", "!=", "<", "<=", ">", ">=", "isin"};
  const bool whole =
      node.children.size() == 3 && node.children[0].shape == Node::Shape::scalar && node.children[1].scalar.is_text();
  if (!whole) {
    problems.add(node.where, path + ": must be [column, comparison, value]");
    return;
  }
  const std::string& comparison = node.children[1].scalar.text();
  if (std::find(kComparisons.begin(), kComparisons.end(), comparison) == kComparisons.end()) {
    problems.add(node.children[1].where, fmt::format("{}: unknown comparison '{}'", path, comparison),
                 "write one of ==, !=, <, <=, >, >=, isin");
  } else if ((comparison == "isin") != node.children[2].is_list()) {
    problems.add(node.children[2].where,
                 fmt::format("{}: {} takes {}", path, comparison, comparison == "isin" ? "a list" : "one value"));
  }
}

}  // namespace gridmill::config
