#include "features/definitions/definitions.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "core/error.hpp"

namespace gridmill::features {
namespace {

using core::Value;
using core::ValueList;
using core::ValueMapping;

class Writer {
 public:
  explicit Writer(const core::EntitySet& set) : set_(set) {}

  /// Returns the feature's place in the list.
  std::int64_t place_of(const FeatureRef& feature) {
    if (const auto found = by_address_.find(feature.get()); found != by_address_.end()) return found->second;
    Value definition = definition_of(*feature);
    // Equal features need not be the same object.
    const auto [entry, is_new] = by_text_.try_emplace(definition.yaml(), static_cast<std::int64_t>(all_.size()));
    if (is_new) all_.push_back(std::move(definition));
    by_address_[feature.get()] = entry->second;
    return entry->second;
  }

  ValueList take() { return std::move(all_); }

 private:
  Value definition_of(const Feature& feature) {
    ValueMapping entries{{"kind", std::string(name_of(feature.kind))}, {"name", feature.name}};
    if (feature.kind == FeatureKind::identity) {
      entries.emplace_back("table", set_.tables[feature.table].name);
      entries.emplace_back("column", feature.column);
    }
    if (feature.primitive.primitive != nullptr) entries.emplace_back("primitive", primitive_of(feature.primitive));
    if (!feature.bases.empty()) {
      ValueList inputs;
      for (const FeatureRef& each : feature.bases) inputs.emplace_back(place_of(each));
      entries.emplace_back("inputs", std::move(inputs));
    }
    if (!feature.path.empty()) {
      ValueList path;
      for (const core::RelationshipId step : feature.path) path.push_back(relationship_of(step));
      entries.emplace_back("path", std::move(path));
    }
    if (feature.group_by) entries.emplace_back("group_by", place_of(feature.group_by));
    if (feature.where) {
      entries.emplace_back("where", ValueMapping{{"feature", place_of(feature.where->feature)},
                                                 {"comparison", feature.where->comparison},
                                                 {"value", feature.where->value}});
    }
    if (feature.use_previous) entries.emplace_back("use_previous", feature.use_previous->text());
    if (feature.kind == FeatureKind::output_slice) {
      entries.emplace_back("output", static_cast<std::int64_t>(feature.output));
    }
    return entries;
  }

  static Value primitive_of(const PrimitiveUse& use) {
    ValueMapping entries{{"name", use.primitive->name}};
    for (const core::OptionSpec& each : use.primitive->arguments) {
      entries.emplace_back(each.name, core::value_of(use.arguments, use.primitive->arguments, each.name));
    }
    return entries;
  }

  [[nodiscard]] Value relationship_of(core::RelationshipId id) const {
    const core::Relationship& link = set_.relationships[id];
    return ValueMapping{
        {"parent", set_.tables[link.parent].name}, {"child", set_.tables[link.child].name}, {"key", link.child_column}};
  }

  const core::EntitySet& set_;
  ValueList all_;
  std::unordered_map<const Feature*, std::int64_t> by_address_;
  std::unordered_map<std::string, std::int64_t> by_text_;
};

}  // namespace

Value definitions_of(const core::EntitySet& set, std::span<const FeatureRef> features) {
  Writer writer(set);
  ValueList places;
  for (const FeatureRef& each : features) places.emplace_back(writer.place_of(each));
  return ValueMapping{{"format", kDefinitionsFormat},
                      {"version", kDefinitionsVersion},
                      {"features", std::move(places)},
                      {"definitions", writer.take()}};
}

}  // namespace gridmill::features
