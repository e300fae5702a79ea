#include "search/border_warnings.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "search/candidates.hpp"

namespace gridmill::search {

namespace {

constexpr std::string_view kSeed = "random_state";

/// Says whether both may be of one grid: the same parameters of the same model.
bool may_share_a_grid(const core::Params& a, const core::Params& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && (x.first != kModelAxis || x.second == y.second);
  });
}

/// The values of an axis in the best one's grid.
std::set<double> values_of(std::string_view name, std::span<const core::Params> candidates, const core::Params& best) {
  std::set<double> values;
  for (const core::Params& params : candidates) {
    if (!may_share_a_grid(params, best)) continue;
    const core::Value& value = params.find(std::string(name))->second;
    if (value.is_number()) values.insert(value.number());
  }
  return values;
}

}  // namespace

std::vector<std::string> border_warnings(std::span<const core::Params> candidates, const core::Params& best,
                                         std::span<const core::OptionSpec> options) {
  std::vector<std::string> warnings;
  for (const auto& [name, value] : best) {
    if (!value.is_number() || name == kSeed) continue;
    const std::set<double> values = values_of(name, candidates, best);
    if (values.size() < 3) continue;
    const core::OptionSpec* option = core::find_option(options, name);
    const core::Range range = option == nullptr ? core::Range() : option->range;
    const bool is_least = value.number() == *values.begin();
    const bool is_greatest = value.number() == *values.rbegin();
    const bool can_go_on = (is_least && value.number() > range.low) || (is_greatest && value.number() < range.high);
    if (!can_go_on) continue;
    warnings.push_back(fmt::format("best {} = {} lies on the border of the grid; try {} values", name,
                                   value.python_repr(), is_least ? "smaller" : "larger"));
  }
  return warnings;
}

}  // namespace gridmill::search
