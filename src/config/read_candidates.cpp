#include <cmath>
#include <set>

#include <fmt/format.h>

#include "config/field.hpp"
#include "config/read_search.hpp"
#include "config/sections.hpp"
#include "core/hint.hpp"
#include "search/hyperparameters.hpp"
#include "search/plan_size.hpp"

namespace gridmill::config {

namespace {

/// More combinations than this are not checked one by one; what is wrong with them shows when they are fitted.
constexpr double kMostChecked = 20'000;

const std::vector<std::string> kDistributions{"uniform", "loguniform", "randint"};

class GridReader {
 public:
  GridReader(const models::Family* family, bool random, Problems& problems)
      : family_(family), random_(random), problems_(problems) {
    if (family != nullptr) options_ = search::hyperparameters(*family);
  }

  search::RandomAxes read(const Node& grid, const std::string& path) {
    search::RandomAxes axes;
    if (!grid.is_mapping()) {
      problems_.add(grid.where, fmt::format("{} must be a mapping of hyperparameters to lists, not {}", path,
                                            grid.value().python_repr()));
      return axes;
    }
    for (const Node& axis : grid.children) {
      const core::OptionSpec* spec = find_spec(axis, path);
      if (auto values = read_axis(axis, path_of(path, axis.key), spec)) axes[axis.key] = std::move(*values);
    }
    return axes;
  }

 private:
  const core::OptionSpec* find_spec(const Node& axis, const std::string& path) {
    if (family_ == nullptr) return nullptr;
    const core::OptionSpec* spec = core::find_option(options_, axis.key);
    if (spec == nullptr) {
      problems_.add(axis.key_where,
                    fmt::format("{}: {} has no such hyperparameter", path_of(path, axis.key), family_->name()),
                    hint_for_key(axis.key, options_));
    }
    return spec;
  }

  std::optional<search::Axis> read_axis(const Node& axis, const std::string& path, const core::OptionSpec* spec) {
    if (axis.is_list()) return read_list(axis, path, spec);
    if (axis.is_mapping()) return read_distribution(axis, path, spec);
    problems_.add(axis.where,
                  fmt::format("{}: must be a list of values to try, not {}", path, axis.value().python_repr()),
                  fmt::format("write [{}]", axis.is_null() ? "null" : axis.value().python_str()));
    return std::nullopt;
  }

  std::optional<search::Axis> read_list(const Node& axis, const std::string& path, const core::OptionSpec* spec) {
    if (axis.children.empty()) {
      problems_.add(axis.where, path + ": is an empty list; a hyperparameter needs at least one value to try",
                    "leave it out to use its default");
      return std::nullopt;
    }
    core::ValueList values;
    for (const Node& value : axis.children) {
      if (spec != nullptr) check_value(value, path, *spec, problems_);
      values.push_back(value.value());
    }
    return values;
  }

  std::optional<search::Axis> read_distribution(const Node& axis, const std::string& path,
                                                const core::OptionSpec* spec) {
    const Node* first = axis.children.empty() ? nullptr : &axis.children.front();
    const std::string name = first == nullptr ? "" : first->key;
    const bool known = std::find(kDistributions.begin(), kDistributions.end(), name) != kDistributions.end();
    if (!known || axis.children.size() != 1) {
      problems_.add(axis.where, fmt::format("{}: must be a list of values to try, or one distribution", path),
                    core::hint_for(name, kDistributions));
      return std::nullopt;
    }
    if (!random_) {
      problems_.add(axis.where, fmt::format("{}: a grid tries lists; only a random search draws from {}", path, name),
                    "add 'random: {n: 20}' to search");
      return std::nullopt;
    }
    return read_bounds(*first, path_of(path, name), spec);
  }

  std::optional<search::Axis> read_bounds(const Node& bounds, const std::string& path, const core::OptionSpec* spec) {
    const std::string& name = bounds.key;
    const bool whole = name == "randint";
    if (!are_bounds(bounds, whole)) {
      problems_.add(bounds.where, fmt::format("{}: must be two {}, [low, high] with low < high, not {}", path,
                                              whole ? "whole numbers" : "numbers", bounds.value().python_repr()));
      return std::nullopt;
    }
    const core::Value low = bounds.children[0].scalar;
    const core::Value high = bounds.children[1].scalar;
    if (name == "loguniform" && low.number() <= 0) {
      problems_.add(bounds.children[0].where, path + ": the lower bound of loguniform must be > 0");
      return std::nullopt;
    }
    if (spec != nullptr) check_bounds(bounds, path, *spec, whole);
    if (whole) return search::RandomInteger{low.integer(), high.integer()};
    if (name == "uniform") return search::Uniform{low.number(), high.number()};
    return search::LogUniform{low.number(), high.number()};
  }

  static bool are_bounds(const Node& bounds, bool whole) {
    if (bounds.children.size() != 2 || !bounds.is_list()) return false;
    const core::Value& low = bounds.children[0].scalar;
    const core::Value& high = bounds.children[1].scalar;
    if (whole && !(low.is_integer() && high.is_integer())) return false;
    return low.is_number() && high.is_number() && std::isfinite(low.number()) && std::isfinite(high.number()) &&
           low.number() < high.number();
  }

  /// What is drawn must be what the hyperparameter takes: the least and the greatest of it are checked.
  void check_bounds(const Node& bounds, const std::string& path, const core::OptionSpec& spec, bool whole) {
    Node low = bounds.children[0];
    Node high = bounds.children[1];
    if (whole) {
      high.scalar = high.scalar.integer() - 1;  // randint leaves the upper bound out
    } else {
      low.scalar = low.scalar.number();
      high.scalar = high.scalar.number();
    }
    if (check_value(low, path, spec, problems_)) check_value(high, path, spec, problems_);
  }

  const models::Family* family_;
  std::vector<core::OptionSpec> options_;
  bool random_;
  Problems& problems_;
};

std::vector<search::GridAxes> lists_only(const std::vector<search::RandomAxes>& grids) {
  std::vector<search::GridAxes> lists;
  for (const search::RandomAxes& axes : grids) {
    search::GridAxes& plain = lists.emplace_back();
    for (const auto& [name, axis] : axes) {
      if (const auto* values = std::get_if<core::ValueList>(&axis)) plain[name] = *values;
    }
  }
  return lists;
}

/// Checks each candidate for what its values are together; says the same thing once.
void check_together(const Node& where, const models::Family& family, const core::Params& fixed,
                    const std::vector<search::GridAxes>& grids, Problems& problems) {
  if (search::count_candidates(grids) > kMostChecked) return;
  std::set<std::string> said;
  for (core::Params candidate : search::expand_grid(grids)) {
    candidate.insert(fixed.begin(), fixed.end());  // keeps the candidate's own values
    for (const std::string& wrong : family.check(candidate)) {
      if (said.insert(wrong).second) problems.add(where.where, "search.grid: " + wrong);
    }
  }
}

RandomOptions read_random(const Node& node, std::uint32_t seed, Problems& problems) {
  RandomOptions random{.seed = seed};
  read_section(node, "search.random", random_fields(), random, problems);
  return random;
}

std::vector<search::RandomAxes> read_grids(const Node& grid, GridReader& reader, Problems& problems) {
  if (grid.is_mapping()) return {reader.read(grid, "search.grid")};
  std::vector<search::RandomAxes> grids;
  if (grid.children.empty()) problems.add(grid.where, "search.grid: is an empty list; it needs at least one mapping");
  for (std::size_t i = 0; i < grid.children.size(); ++i) {
    grids.push_back(reader.read(grid.children[i], fmt::format("search.grid[{}]", i)));
  }
  return grids;
}

}  // namespace

void read_candidates(const Node* grid, const Node* random, const models::Family* family, const SearchJob& job,
                     SearchOptions& options, Problems& problems) {
  const bool is_random = random != nullptr && !random->is_null();
  if (is_random) options.random = read_random(*random, job.seed, problems);
  if (grid == nullptr) {
    if (is_random) problems.add(random->where, "search.random draws from the axes of search.grid, which is missing");
    return;
  }
  GridReader reader(family, is_random, problems);
  std::vector<search::RandomAxes> grids = read_grids(*grid, reader, problems);
  if (is_random) {
    options.random->axes = std::move(grids);
    options.grids.clear();
    return;
  }
  options.grids = lists_only(grids);
  if (family != nullptr && problems.empty()) check_together(*grid, *family, job.fixed, options.grids, problems);
}

}  // namespace gridmill::config
