#include "features/definitions/feature_inputs.hpp"

#include <utility>

namespace gridmill::features {

std::vector<FeatureRef> inputs_of(const Feature& feature) {
  std::vector<FeatureRef> inputs(feature.bases);
  if (feature.group_by) inputs.push_back(feature.group_by);
  if (feature.where) inputs.push_back(feature.where->feature);
  return inputs;
}

std::set<const Feature*> with_all_inputs(std::span<const FeatureRef> features, const std::set<const Feature*>& known) {
  std::set<const Feature*> all;
  std::vector<FeatureRef> open(features.begin(), features.end());
  while (!open.empty()) {
    const FeatureRef feature = open.back();
    open.pop_back();
    if (!all.insert(feature.get()).second || known.contains(feature.get())) continue;
    for (FeatureRef& input : inputs_of(*feature)) open.push_back(std::move(input));
  }
  return all;
}

}  // namespace gridmill::features
