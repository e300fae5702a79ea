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
  /// `otherwise`: the model of a grid that names none; null: there is none, or it is not known.
  GridReader(const models::Family* otherwise, bool random, Problems& problems)
      : otherwise_(otherwise), random_(random), problems_(problems) {}

  search::RandomAxes read(const Node& grid, const std::string& path) {
    search::RandomAxes axes;
    if (!grid.is_mapping()) {
      problems_.add(grid.where, fmt::format("{} must be a mapping of hyperparameters to lists, not {}", path,
                                            grid.value().python_repr()));
      return axes;
    }
    take_models(grid);
    for (const Node& axis : grid.children) {
      const bool is_model = axis.key == search::kModelAxis;
      const Specs specs = is_model ? Specs{} : find_specs(axis, path);
      auto values = read_axis(axis, path_of(path, axis.key), specs);
      if (is_model && values && !std::holds_alternative<core::ValueList>(*values)) {
        problems_.add(axis.where, path_of(path, axis.key) + ": must be a list of names of models");
      } else if (values) {
        axes[axis.key] = std::move(*values);
      }
    }
    return axes;
  }

 private:
  using Specs = std::vector<core::OptionSpec>;  // of one axis: what each model of the grid takes

  /// Takes the models that the grid is for: those that it names, or else the one for all.
  void take_models(const Node& grid) {
    models_.clear();
    const Node* named = grid.find(search::kModelAxis);
    if (named == nullptr) {
      if (otherwise_ != nullptr) models_.push_back(otherwise_);
      return;
    }
    for (const Node& name : named->children) {
      const models::Family* family = models::find_family(name.value().python_str());
      if (family != nullptr) models_.push_back(family);
    }
  }

  Specs find_specs(const Node& axis, const std::string& path) {
    Specs specs;
    for (const models::Family* model : models_) {
      const std::vector<core::OptionSpec> options = search::hyperparameters(*model);
      if (const core::OptionSpec* spec = core::find_option(options, axis.key)) {
        specs.push_back(*spec);
        continue;
      }
      problems_.add(axis.key_where,
                    fmt::format("{}: {} has no such hyperparameter", path_of(path, axis.key), model->name()),
                    hint_for_key(axis.key, options));
    }
    return specs;
  }

  /// Says once what is wrong for several models.
  bool check_for_all(const Node& value, const std::string& path, const Specs& specs) {
    return std::ranges::all_of(specs, [&](const auto& spec) { return check_value(value, path, spec, problems_); });
  }

  std::optional<search::Axis> read_axis(const Node& axis, const std::string& path, const Specs& specs) {
    if (axis.is_list()) return read_list(axis, path, specs);
    if (axis.is_mapping()) return read_distribution(axis, path, specs);
    problems_.add(axis.where,
                  fmt::format("{}: must be a list of values to try, not {}", path, axis.value().python_repr()),
                  fmt::format("write [{}]", axis.is_null() ? "null" : axis.value().python_str()));
    return std::nullopt;
  }

  std::optional<search::Axis> read_list(const Node& axis, const std::string& path, const Specs& specs) {
    if (axis.children.empty()) {
      problems_.add(axis.where, path + ": is an empty list; a hyperparameter needs at least one value to try",
                    "leave it out to use its default");
      return std::nullopt;
    }
    core::ValueList values;
    for (const Node& value : axis.children) {
      check_for_all(value, path, specs);
      values.push_back(value.value());
    }
    return values;
  }

  std::optional<search::Axis> read_distribution(const Node& axis, const std::string& path, const Specs& specs) {
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
    return read_bounds(*first, path_of(path, name), specs);
  }

  std::optional<search::Axis> read_bounds(const Node& bounds, const std::string& path, const Specs& specs) {
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
    check_bounds(bounds, path, specs, whole);
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
  void check_bounds(const Node& bounds, const std::string& path, const Specs& specs, bool whole) {
    Node low = bounds.children[0];
    Node high = bounds.children[1];
    if (whole) {
      high.scalar = high.scalar.integer() - 1;  // randint leaves the upper bound out
    } else {
      low.scalar = low.scalar.number();
      high.scalar = high.scalar.number();
    }
    if (check_for_all(low, path, specs)) check_for_all(high, path, specs);
  }

  const models::Family* otherwise_;
  std::vector<const models::Family*> models_;  // of the grid being read
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

/// Lets each grid say of which model its candidates are where one does; those that do not are of `otherwise`.
void name_models(const Node& where, const std::string& otherwise, std::vector<search::RandomAxes>& grids,
                 Problems& problems) {
  const auto names = [](const search::RandomAxes& axes) { return axes.contains(search::kModelAxis); };
  if (std::ranges::none_of(grids, names)) return;
  for (std::size_t i = 0; i < grids.size(); ++i) {
    if (names(grids[i])) continue;
    if (otherwise.empty()) {
      problems.add(where.children[i].where,
                   fmt::format("search.grid[{}] names no model, and nothing at the top does", i),
                   fmt::format("write 'model: [{}]' into it", models::family_names().back()));
    }
    grids[i][search::kModelAxis] = core::ValueList{otherwise};
  }
}

/// Checks each candidate for what its values are together; says the same thing once.
void check_together(const Node& where, const SearchJob& job, const std::vector<search::GridAxes>& grids,
                    Problems& problems) {
  if (search::count_candidates(grids) > kMostChecked) return;
  const std::vector<const models::Family*> families = job.families();
  const bool one = families.size() == 1;
  std::set<std::string> said;
  for (std::size_t i = 0; i < grids.size(); ++i) {
    for (const core::Params& candidate : search::expand_grid({grids[i]})) {
      const models::Family& family = search::family_in(families, candidate);
      for (const std::string& wrong :
           search::check_together(family, search::hyperparameters_of(candidate, family, job.fixed))) {
        const std::string words =
            one ? "search.grid: " + wrong
                : fmt::format("search.grid{}: {}: {}", where.is_list() ? fmt::format("[{}]", i) : "", family.name(),
                              wrong);
        if (said.insert(words).second) problems.add(one ? where.where : where.children[i].where, words);
      }
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

void read_candidates(const Node* grid, const Node* random, const SearchJob& job, SearchOptions& options,
                     Problems& problems) {
  const bool draws = random != nullptr && !random->is_null();
  const bool is_random = draws || options.random;  // as hyperband is
  if (draws) options.random = read_random(*random, job.seed, problems);
  if (grid == nullptr) {
    if (draws) problems.add(random->where, "search.random draws from the axes of search.grid, which is missing");
    return;
  }
  GridReader reader(models::find_family(job.model), is_random, problems);
  std::vector<search::RandomAxes> grids = read_grids(*grid, reader, problems);
  name_models(*grid, job.model, grids, problems);
  if (is_random) {
    options.random->axes = std::move(grids);
    options.grids.clear();
    return;
  }
  options.grids = lists_only(grids);
  if (problems.empty()) check_together(*grid, job, options.grids, problems);
}

}  // namespace gridmill::config
