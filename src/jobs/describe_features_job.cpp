#include "jobs/describe_features_job.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "config/run_file.hpp"
#include "core/error.hpp"
#include "core/hint.hpp"
#include "features/definitions/describe.hpp"
#include "io/store/store_entity_data.hpp"
#include "jobs/features/plan/features_plan.hpp"

namespace gridmill::jobs {

std::string describe_feature(const std::string& name, const std::filesystem::path& config) {
  const config::FeaturesJob job = config::RunFile(config).features_job();
  const io::StoreEntityData data(job.features.store);
  std::vector<std::string> warnings;
  std::vector<std::string> known;
  for (const features::FeatureRef& feature : make_features(job.features, data, warnings)) {
    const std::vector<std::string> columns = features::column_names(*feature);
    const bool found = feature->name == name || std::find(columns.begin(), columns.end(), name) != columns.end();
    if (found) {
      return features::sentence_for(data.entity_set(), *feature) + "\n\n" +
             features::lineage_of(data.entity_set(), *feature);
    }
    known.push_back(feature->name);
  }
  throw core::UserError(fmt::format("{} makes no feature '{}'", config.string(), name), core::hint_for(name, known));
}

}  // namespace gridmill::jobs
