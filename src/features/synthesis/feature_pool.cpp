#include "features/synthesis/feature_pool.hpp"

#include <algorithm>

namespace gridmill::features {
namespace {

std::size_t wheres_of(const Feature& feature) {
  std::size_t n = feature.where ? 1 + wheres_of(*feature.where->feature) : 0;
  for (const FeatureRef& each : feature.bases) n += wheres_of(*each);
  return feature.group_by ? n + wheres_of(*feature.group_by) : n;
}

}  // namespace

const Primitive* root_primitive(const Feature& feature) {
  switch (feature.kind) {
    case FeatureKind::direct: return root_primitive(*feature.bases.front());
    case FeatureKind::output_slice: return feature.bases.front()->primitive.primitive;
    default: return feature.primitive.primitive;
  }
}

void FeaturePool::add(FeatureRef feature) {
  const auto [place, is_new] = places_.try_emplace(feature->name, features_.size());
  if (is_new) {
    features_.push_back(std::move(feature));
  } else if (is_seed(*feature)) {
    const std::size_t at = place->second;
    places_.erase(place);
    places_.emplace(feature->name, at);
    features_[at] = std::move(feature);
  } else {
    return;
  }
  indexed_ = false;
}

std::vector<FeatureRef> FeaturePool::features() const { return features_; }

const std::vector<Candidate>& FeaturePool::candidates() const {
  index();
  return candidates_;
}

const std::vector<const Candidate*>& FeaturePool::by_name() const {
  index();
  return by_name_;
}

void FeaturePool::index() const {
  if (indexed_) return;
  candidates_.clear();
  const auto append = [this](const FeatureRef& feature) {
    candidates_.push_back({.feature = feature,
                           .depth = depth_of(*feature),
                           .n_wheres = wheres_of(*feature),
                           .root = root_primitive(*feature)});
  };
  for (const FeatureRef& each : features_) {
    if (each->n_outputs == 1) append(each);
    for (std::size_t i = 0; each->n_outputs > 1 && i < each->n_outputs; ++i) append(make_output_slice(each, i));
  }
  by_name_.clear();
  for (const Candidate& each : candidates_) by_name_.push_back(&each);
  std::stable_sort(by_name_.begin(), by_name_.end(),
                   [](const Candidate* a, const Candidate* b) { return a->feature->name < b->feature->name; });
  indexed_ = true;
}

std::size_t FeaturePool::depth_of(const Feature& feature) const {
  if (seeds_->empty()) return feature.depth;
  if (feature.kind == FeatureKind::identity || is_seed(feature)) return 0;
  std::size_t deepest = 0;
  for (const FeatureRef& each : feature.bases) deepest = std::max(deepest, depth_of(*each));
  if (feature.group_by) deepest = std::max(deepest, depth_of(*feature.group_by));
  if (feature.where) deepest = std::max(deepest, depth_of(*feature.where->feature) + 1);
  return deepest + 1;
}

}  // namespace gridmill::features
