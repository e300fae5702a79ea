#include "jobs/search/pipeline_of_candidate.hpp"

#include <cstdint>
#include <string>
#include <utility>

#include "jobs/search/search_plan.hpp"
#include "search/calibration.hpp"

namespace gridmill::jobs {

PipelineInfo pipeline_of_candidate(const config::SearchJob& job, const search::SearchPlan& plan,
                                   const core::Dataset& data, std::size_t candidate, std::size_t n_steps) {
  const models::Family& family = search::family_of(plan, candidate);
  core::Params params = search::params_of(plan, candidate);
  if (n_steps > 0) params[std::string(family.free_axis(params))] = static_cast<std::int64_t>(n_steps);
  PipelineInfo info{.family = std::string(family.name()),
                    .params = std::move(params),
                    .task = data.task,
                    .target = data.target_name,
                    .features = data.feature_names,
                    .classes = data.classes,
                    .probability = search::calibration_asked_for(plan.fixed) || wants_probability(plan, candidate),
                    .absent_is_missing = absent_is_missing(job)};
  for (const core::Words& each : data.words) info.words.emplace(each.name, each.type);
  return info;
}

}  // namespace gridmill::jobs
