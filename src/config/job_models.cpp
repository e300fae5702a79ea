#include <algorithm>
#include <variant>

#include "config/search_config.hpp"
#include "core/error.hpp"

namespace gridmill::config {

namespace {

void add(const std::string& name, std::vector<const models::Family*>& families) {
  const models::Family* family = models::find_family(name);
  GRIDMILL_ASSERT(family != nullptr, "a checked job names known models");
  if (std::ranges::find(families, family) == families.end()) families.push_back(family);
}

}  // namespace

std::vector<const models::Family*> SearchJob::families() const {
  std::vector<const models::Family*> families;
  const auto add_named = [&](const core::ValueList& names) {
    for (const core::Value& name : names) add(name.text(), families);
  };
  for (const search::GridAxes& axes : search.grids) {
    if (const auto named = axes.find(search::kModelAxis); named != axes.end()) add_named(named->second);
  }
  if (search.random) {
    for (const search::RandomAxes& axes : search.random->axes) {
      const auto named = axes.find(search::kModelAxis);
      if (named != axes.end()) add_named(std::get<core::ValueList>(named->second));
    }
  }
  if (families.empty()) add(model, families);
  return families;
}

core::Location SearchJob::place(const std::string& option) const {
  const auto found = places.find(option);
  return found == places.end() ? core::Location{} : found->second;
}

core::Location SearchJob::place_of_hyperparameter(const std::string& name) const {
  return place((places.contains("search.grid." + name) ? "search.grid." : "model.") + name);
}

core::Task SearchJob::task() const { return families().front()->task(); }

}  // namespace gridmill::config
