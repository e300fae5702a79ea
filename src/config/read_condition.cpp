#include "config/read_condition.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace gridmill::config {

std::string comparison_problem(const std::string& comparison, bool of_list) {
  static constexpr std::array kComparisons{"==", "!=", "<", "<=", ">", ">=", "isin"};
  if (std::find(kComparisons.begin(), kComparisons.end(), comparison) == kComparisons.end()) {
    return fmt::format("unknown comparison '{}'", comparison);
  }
  const bool takes_list = comparison == "isin";
  return takes_list == of_list ? "" : fmt::format("{} takes {}", comparison, takes_list ? "a list" : "one value");
}

void check_condition(const Node& node, const std::string& path, Problems& problems) {
  const bool whole =
      node.children.size() == 3 && node.children[0].shape == Node::Shape::scalar && node.children[1].scalar.is_text();
  if (!whole) {
    problems.add(node.where, path + ": must be [column, comparison, value]");
    return;
  }
  const std::string& comparison = node.children[1].scalar.text();
  const std::string problem = comparison_problem(comparison, node.children[2].is_list());
  if (problem.empty()) return;
  const bool is_known = comparison_problem(comparison, false).empty() || comparison_problem(comparison, true).empty();
  problems.add(node.children[is_known ? 2 : 1].where, fmt::format("{}: {}", path, problem),
               is_known ? "" : kComparisonHint);
}

}  // namespace gridmill::config
