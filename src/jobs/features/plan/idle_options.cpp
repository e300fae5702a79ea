#include "jobs/features/plan/idle_options.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/hint.hpp"
#include "features/definitions/feature_inputs.hpp"
#include "features/evaluation/condition.hpp"
#include "jobs/dataset/column_blocks.hpp"
#include "jobs/features/plan/named_in_store.hpp"
#include "jobs/features/plan/seed_features.hpp"

namespace gridmill::jobs {

namespace {

using features::FeatureKind;
using features::FeatureRef;

/// Names primitives the user asked for that fit nothing.
std::vector<std::string> unused_primitives(const config::FeaturesOptions& options, std::span<const FeatureRef> made) {
  std::set<std::pair<FeatureKind, std::string>> used;
  for (const features::Feature* each : features::with_all_inputs(made)) {
    if (each->primitive.primitive != nullptr) used.emplace(each->kind, each->primitive.primitive->name);
  }
  std::vector<std::string> sentences;
  const auto check = [&](const std::vector<features::PrimitiveUse>& uses, FeatureKind kind, const char* word) {
    for (const features::PrimitiveUse& use : uses) {
      if (used.contains({kind, use.primitive->name})) continue;
      sentences.push_back(
          fmt::format("no feature comes of the {} '{}': it fits no column, or gives a type that is not returned", word,
                      use.primitive->name));
    }
  };
  if (options.aggregations) check(*options.aggregations, FeatureKind::aggregation, "aggregation");
  if (options.transforms) check(*options.transforms, FeatureKind::transform, "transform");
  check(options.group_by_transforms, FeatureKind::group_by_transform, "group-by transform");
  return sentences;
}

/// Says whether a row of the table meets a condition on one of its columns.
bool is_there(const core::EntityData& data, core::TableId table, const features::Where& where,
              features::Semantics semantics) {
  bool found = false;
  for_each_block(data, table, where.feature->column, [&](const features::Column& block) {
    const std::vector<std::uint8_t> met = features::meets(block, where, semantics);
    found = std::any_of(met.begin(), met.end(), [](std::uint8_t each) { return each != 0; });
    return !found;
  });
  return found;
}

/// Seed features that are not in the result, and conditions of theirs that no row meets.
std::vector<std::string> idle_seeds(const config::FeaturesOptions& options, const core::EntityData& data,
                                    std::span<const FeatureRef> made) {
  const std::vector<FeatureRef> seeds = make_seeds(options, data.entity_set());
  const auto used = features::with_all_inputs(made);
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const features::Feature& seed = *seeds[i];
    const bool is_used = std::any_of(used.begin(), used.end(), [&](const features::Feature* each) {
      return each->table == seed.table && each->name == seed.name;
    });
    if (!is_used) {
      sentences.push_back(
          fmt::format("seed_features[{}]: '{}' is not in the result, nor is anything made of it: its "
                      "type is not returned, it is dropped, or its table has no way to the target",
                      i, seed.name));
    }
    const bool can_be_looked_for = seed.where && seed.where->feature->kind == FeatureKind::identity;
    if (can_be_looked_for && !is_there(data, seed.where->feature->table, *seed.where, options.semantics)) {
      sentences.push_back(fmt::format("seed_features[{}]: no row of '{}' meets the condition {} {} {}", i,
                                      data.entity_set().tables[seed.where->feature->table].name,
                                      seed.where->feature->name, seed.where->comparison,
                                      seed.where->value.python_repr()));
    }
  }
  return sentences;
}

/// Says whether a relationship joins two tables.
bool are_joined(const core::EntitySet& set, core::TableId a, core::TableId b) {
  return std::any_of(set.relationships.begin(), set.relationships.end(), [&](const core::Relationship& each) {
    return (each.parent == a && each.child == b) || (each.parent == b && each.child == a);
  });
}

/// Tables that relationships lead to from another, itself included.
std::set<core::TableId> tables_around(const core::EntitySet& set, core::TableId from) {
  std::vector<core::TableId> found{from};
  std::set<core::TableId> seen{from};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (core::TableId id = 0; id < set.tables.size(); ++id) {
      if (are_joined(set, found[i], id) && seen.insert(id).second) found.push_back(id);
    }
  }
  return seen;
}

/// Tables that no way leads to, whether they are ignored or forgotten, and ways that do not exist.
std::vector<std::string> idle_tables(const config::FeaturesOptions& options, const core::EntitySet& set) {
  std::vector<std::string> sentences;
  const std::set<core::TableId> around = tables_around(set, set.find(options.target));
  for (const std::string& name : options.ignore_tables) {
    if (around.contains(set.find(name))) continue;
    sentences.push_back(
        fmt::format("ignore_tables: no relationship leads from '{}' to '{}' anyway", options.target, name));
  }
  for (core::TableId id = 0; id < set.tables.size(); ++id) {
    const std::string& name = set.tables[id].name;
    if (around.contains(id) || std::ranges::find(options.ignore_tables, name) != options.ignore_tables.end()) continue;
    sentences.push_back(
        fmt::format("no feature is made of table '{}': no relationship leads from '{}' to it; import.relationships is "
                    "where to name one",
                    name, options.target));
  }
  for (const std::vector<std::string>& path : options.allowed_paths) {
    bool leads_on = !path.empty() && path.front() == options.target;
    for (std::size_t i = 1; i < path.size(); ++i) {
      leads_on = leads_on && are_joined(set, set.find(path[i - 1]), set.find(path[i]));
    }
    if (leads_on) continue;
    sentences.push_back(fmt::format("allowed_paths: [{}] is no way from '{}' along relationships",
                                    fmt::join(path, ", "), options.target));
  }
  return sentences;
}

/// Says whether the most frequent values of such a column can be found.
bool is_counted(core::ColumnType type) {
  return type == core::ColumnType::categorical || type == core::ColumnType::boolean ||
         type == core::ColumnType::integer || type == core::ColumnType::real;
}

/// Names values that are to make conditions, and that no row has.
std::vector<std::string> absent_values(const config::FeaturesOptions& options, const core::EntityData& data) {
  const core::EntitySet& set = data.entity_set();
  std::vector<std::string> sentences;
  for (const auto& [name, columns] : options.interesting_values) {
    const core::TableId table = set.find(name);
    for (const config::InterestingColumn& wanted : columns) {
      const core::LogicalType type = set.tables[table].find(wanted.column)->type;
      if (wanted.top > 0 && !is_counted(core::column_type_of(type))) {
        sentences.push_back(fmt::format("interesting_values: values of '{}' are not counted ({}): name those you mean",
                                        wanted.column, core::name_of(type)));
      }
      if (wanted.values.empty()) continue;
      const FeatureRef feature = features::make_identity(set, table, wanted.column);
      const bool is_category = core::column_type_of(type) == core::ColumnType::categorical;
      for (const core::Value& value : wanted.values) {
        const features::Where where{
            .feature = feature,
            .comparison = "==",
            .value = condition_value(set, table, wanted.column, value, "features.interesting_values")};
        if (is_there(data, table, where, options.semantics)) continue;
        const std::string hint =
            is_category ? " (" + core::hint_for(value.python_str(), *data.categories(table, wanted.column)) + ")" : "";
        sentences.push_back(fmt::format("interesting_values: no row of '{}' has {} in '{}'{}", name,
                                        value.python_repr(), wanted.column, hint));
      }
    }
  }
  return sentences;
}

}  // namespace

std::vector<std::string> idle_options(const config::FeaturesOptions& options, const core::EntityData& data,
                                      std::span<const FeatureRef> made) {
  std::vector<std::string> sentences = unused_primitives(options, made);
  for (std::string& sentence : absent_values(options, data)) sentences.push_back(std::move(sentence));
  for (auto& more : {idle_seeds(options, data, made), idle_tables(options, data.entity_set())}) {
    sentences.insert(sentences.end(), more.begin(), more.end());
  }
  if (options.where_primitives && !options.where_primitives->empty() && options.interesting_values.empty()) {
    sentences.emplace_back("where_primitives: no column has interesting_values: no feature has a condition");
  }
  return sentences;
}

}  // namespace gridmill::jobs
