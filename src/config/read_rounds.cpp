#include <algorithm>

#include <fmt/format.h>

#include "config/field.hpp"
#include "config/read_search.hpp"
#include "config/sections.hpp"
#include "core/hint.hpp"

namespace gridmill::config {

namespace {

bool is_whole_number(const core::OptionSpec& spec) {
  const auto has = [&](core::Kind kind) {
    return std::find(spec.kinds.begin(), spec.kinds.end(), kind) != spec.kinds.end();
  };
  return has(core::Kind::integer) && !has(core::Kind::real);
}

template <class Axes>
bool any_varies(const std::vector<Axes>& grids, const std::string& name) {
  return std::any_of(grids.begin(), grids.end(), [&](const Axes& axes) { return axes.contains(name); });
}

/// A resource that is no number of rows is a hyperparameter that nothing else sets.
void check_resource(const Node& where, const NamedModels& models, const SearchJob& job, const SearchOptions& options,
                    Problems& problems) {
  const search::HalvingOptions& halving = *options.halving;
  if (halving.rations_rows() || models.empty()) return;
  const std::string section = halving.brackets == search::Brackets::all ? "search.hyperband" : "search.halving";
  for (const NamedModel& model : models) {
    const core::OptionSpec* spec = core::find_option(model.family->options(), halving.resource);
    if (spec != nullptr && is_whole_number(*spec)) continue;
    std::vector<std::string> known{"n_samples"};
    for (const core::OptionSpec& each : model.family->options()) {
      if (is_whole_number(each)) known.push_back(each.name);
    }
    problems.add(where.where,
                 fmt::format("{}.resource: '{}' is no hyperparameter of {} that is a whole number{}", section,
                             halving.resource, model.family->name(), place_words(model, models)),
                 core::hint_for(halving.resource, known));
    return;
  }
  const bool varies = any_varies(options.grids, halving.resource) ||
                      (options.random && any_varies(options.random->axes, halving.resource));
  if (varies || job.fixed.contains(halving.resource)) {
    problems.add(
        where.where,
        fmt::format("{}.resource: '{}' is rationed, so that nothing else may set it", section, halving.resource),
        fmt::format("leave '{}' out of {}", halving.resource, varies ? "search.grid" : "model"));
  }
  if (!halving.max_resources) {
    problems.add(where.where, fmt::format("search.halving.max_resources must say how much '{}' the last round may have",
                                          halving.resource));
  }
}

}  // namespace

void read_halving(const Node* node, const Node& place, const NamedModels& models, const SearchJob& job,
                  bool train_scores_given, SearchOptions& options, Problems& problems) {
  if (node == nullptr || node->is_null()) {
    if (options.halving) check_resource(place, models, job, options, problems);
    if (options.random && !options.random->n) {
      problems.add(place.where, "search.random.n: 'exhaust' shares out what search.halving rations, which is missing",
                   "say how many: 'n: 60'");
    }
    return;
  }
  search::HalvingOptions& halving = options.halving.emplace();
  halving.seed = job.seed;
  if (options.random) halving.first = search::FirstRation::smallest;
  const auto accepted = read_section(*node, "search.halving", halving_fields(), halving, problems);
  if (!train_scores_given) options.train_scores = true;
  const Node* resource = find_entry(accepted, "resource");
  check_resource(resource == nullptr ? *node : *resource, models, job, options, problems);
  if (halving.min_resources && halving.max_resources && *halving.min_resources > *halving.max_resources) {
    problems.add(find_entry(accepted, "min_resources")->where,
                 fmt::format("search.halving.min_resources: {} is more than max_resources, {}", *halving.min_resources,
                             *halving.max_resources));
  }
  if (!options.random || options.random->n) return;
  if (!halving.min_resources && halving.first == search::FirstRation::exhaust) {
    problems.add(
        find_entry(accepted, "min_resources")->where,
        "search.halving.min_resources and search.random.n cannot both be 'exhaust': each follows from the other");
  }
}

void read_hyperband(const Node* node, const SearchJob& job, SearchOptions& options, Problems& problems) {
  if (node == nullptr || node->is_null()) return;
  search::HalvingOptions& hyperband = options.halving.emplace();
  hyperband.brackets = search::Brackets::all;
  hyperband.seed = job.seed;
  RandomOptions& random = options.random.emplace();
  const std::size_t n_problems = problems.size();
  read_section(*node, "search.hyperband", hyperband_fields(), hyperband, problems);
  if (hyperband.min_resources && hyperband.max_resources && *hyperband.min_resources > *hyperband.max_resources) {
    problems.add(node->where, fmt::format("search.hyperband.min_resources: {} is more than max_resources, {}",
                                          *hyperband.min_resources, *hyperband.max_resources));
  }
  if (problems.size() > n_problems) {
    options.halving.reset();
    return;
  }
  random.seed = hyperband.seed;
  random.n = search::n_candidates_of(search::hyperband_schedule(hyperband));
}

void read_nested(const Node* node, SearchOptions& options, Problems& problems) {
  if (node == nullptr || node->is_null()) return;
  search::NestedOptions& nested = options.nested.emplace();
  if (node->is_mapping()) {
    read_section(*node, "search.nested", nested_fields(), nested, problems);
  } else {
    nested.n_folds = static_cast<std::size_t>(node->scalar.integer());
  }
  if (const auto problem = search::nested_problem(options.folds, nested)) {
    problems.add(node->where, problem->what, problem->hint);
  }
  if (options.random && !options.random->n) {
    problems.add(node->where,
                 "search.nested: each outer fold would draw another number of candidates ('random: {n: exhaust}')",
                 "say how many: 'n: 60'");
  }
}

}  // namespace gridmill::config
