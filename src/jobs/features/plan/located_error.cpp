#include "jobs/features/plan/located_error.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace gridmill::jobs {

core::UserError located(const core::UserError& error, const std::map<std::string, core::Location>& places) {
  constexpr std::string_view kSection = "features.";
  std::vector<core::Problem> problems = error.problems();
  for (core::Problem& problem : problems) {
    std::string_view what = problem.what;
    if (what.starts_with(kSection)) what.remove_prefix(kSection.size());
    const auto found = places.find(std::string(what.substr(0, what.find_first_of(":. ["))));
    if (problem.where.file.empty() && found != places.end()) problem.where = found->second;
  }
  return core::UserError(std::move(problems));
}

}  // namespace gridmill::jobs
