#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/entity_set.hpp"
#include "features/definitions/feature.hpp"

namespace gridmill::features {

enum class ReturnTypes { standard, all };  // standard: numbers, categories, booleans

/// Exceptions for one primitive, or for several at once. Tables by name; columns by table.
struct PrimitiveOptions {
  std::vector<std::string> primitives;   // names
  std::vector<PrimitiveOptions> inputs;  // instead of what follows: one for each input, in its order, without names
  std::vector<std::string> include_tables, ignore_tables;
  std::map<std::string, std::vector<std::string>> include_columns, ignore_columns;
  std::vector<std::string> include_group_by_tables, ignore_group_by_tables;
  std::map<std::string, std::vector<std::string>> include_group_by_columns, ignore_group_by_columns;
};

/// What Featuretools' dfs() takes, with its defaults.
struct SynthesisOptions {
  core::TableId target = 0;
  std::optional<std::vector<PrimitiveUse>> aggregations;  // nothing: those used by default
  std::optional<std::vector<PrimitiveUse>> transforms;    // nothing: those used by default
  std::vector<PrimitiveUse> group_by_transforms;
  std::optional<std::vector<PrimitiveUse>> where_primitives;  // nothing: COUNT
  std::optional<std::size_t> max_depth = 2;                   // nothing: no limit
  std::optional<std::size_t> max_features;
  std::size_t where_stacking_limit = 1;
  std::vector<std::string> ignore_tables;
  std::map<std::string, std::vector<std::string>> ignore_columns;  // by table
  std::map<std::string, std::vector<std::string>> hidden_columns;  // the same, whatever includes them: not to be known
  std::vector<std::vector<std::string>> allowed_paths;             // chains of tables; empty: all
  std::vector<PrimitiveOptions> primitive_options;
  std::map<std::string, std::vector<std::pair<std::string, std::vector<core::Value>>>>
      interesting_values;  // by table: column -> values, columns and values in their order
  std::vector<FeatureRef> seed_features;
  std::vector<std::string> drop_contains;
  std::vector<std::string> drop_exact;
  ReturnTypes return_types = ReturnTypes::standard;
};

/// Returns the features of the target by depth-first synthesis: those, and in the order, that Featuretools' dfs()
/// gives; where its order depends on a hash, by column, then by value. Errors: UserError for names of tables and
/// columns that do not exist (with a hint), if nothing could be built, and if one primitive could be applied in more
/// than two million ways. `warnings`, where given, gets a sentence for each name to drop that no feature has, and for
/// options of primitives that are not used. Cost: a million features take about 2 s. Source: Kanter and Veeramachaneni
/// 2015, "Deep feature synthesis"; Featuretools 1.28.
std::vector<FeatureRef> synthesize(const core::EntitySet& set, const SynthesisOptions& options,
                                   std::vector<std::string>* warnings = nullptr);

}  // namespace gridmill::features
