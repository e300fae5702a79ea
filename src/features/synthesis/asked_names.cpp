#include "features/synthesis/asked_names.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "core/glob.hpp"
#include "core/hint.hpp"
#include "features/definitions/feature_name.hpp"

namespace gridmill::features {
namespace {

bool is_time_beside_others(const PrimitiveUse& use, const Feature& input) {
  return use.primitive->inputs.front().size() > 1 && input.type.tags.has(core::Tag::time_index);
}

/// What {column} stands for: the inputs, but for a time index beside others.
std::string column_text(const PrimitiveUse& use, const Inputs& inputs) {
  std::string text;
  for (const Candidate* each : inputs) {
    if (is_time_beside_others(use, *each->feature)) continue;
    text += (text.empty() ? "" : "_") + each->feature->name;
  }
  return text.empty() ? inputs.front()->feature->name : text;
}

std::string name_of_use(const PrimitiveUse& use, const Inputs& inputs, const Feature& made) {
  std::string name;
  for (std::string_view rest = use.written_as; !rest.empty();) {
    const std::size_t open = rest.find('{');
    name += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = rest.find('}', open);
    const std::string inside(rest.substr(open + 1, close - open - 1));
    if (inside == "column") {
      name += column_text(use, inputs);
    } else if (inside == "group") {
      name += made.group_by ? made.group_by->name : "";
    } else {
      name += use.arguments.at(inside).python_str();
    }
    rest.remove_prefix(close + 1);
  }
  if (made.where) name += " WHERE " + where_text(*made.where);
  return name;
}

}  // namespace

bool AskedNames::is_named(const std::string& pattern, core::TableId table, const std::string& name) const {
  return core::matches_glob(pattern, name) || core::matches_glob(pattern, set_.tables[table].name + '.' + name);
}

bool AskedNames::names_column(const std::string& pattern) const {
  const auto [known, is_new] = names_column_.try_emplace(pattern, false);
  for (core::TableId table = 0; is_new && table < set_.tables.size(); ++table) {
    for (const core::EntityColumn& column : set_.tables[table].columns) {
      known->second = known->second || is_named(pattern, table, column.name);
    }
  }
  return known->second;
}

bool AskedNames::matches(const std::string& pattern, const Feature& feature) const {
  if (!names_column(pattern)) return is_named(pattern, feature.table, feature.name);
  const Feature& column = feature.kind == FeatureKind::direct ? *feature.bases.front() : feature;
  return column.kind == FeatureKind::identity &&
         (is_named(pattern, column.table, column.column) || is_named(pattern, feature.table, feature.name));
}

void AskedNames::keep_named(const PrimitiveUse& use, std::vector<const Candidate*>& candidates) const {
  if (use.columns.empty()) return;
  std::erase_if(candidates, [&](const Candidate* each) {
    return !is_time_beside_others(use, *each->feature) &&
           std::none_of(use.columns.begin(), use.columns.end(),
                        [&](const std::string& pattern) { return matches(pattern, *each->feature); });
  });
}

FeatureRef AskedNames::called(const PrimitiveUse& use, const Inputs& inputs, FeatureRef made) {
  for (std::size_t i = 0; i < use.columns.size(); ++i) {
    const bool met = std::any_of(inputs.begin(), inputs.end(),
                                 [&](const Candidate* each) { return matches(use.columns[i], *each->feature); });
    if (met) met_.emplace(&use, i);
  }
  if (use.written_as.empty()) return made;
  std::string name = name_of_use(use, inputs, *made);
  given_.try_emplace({made->table, name}, &use);
  return renamed(*made, std::move(name));
}

void AskedNames::check_name(const FeaturePool& pool, const Feature& feature) const {
  const auto given = given_.find({feature.table, feature.name});
  if (given == given_.end() || !pool.has(feature.name)) return;
  throw core::UserError(
      fmt::format("{}: as: '{}' makes two features of table '{}' that are called '{}'", given->second->primitive->name,
                  given->second->written_as, set_.tables[feature.table].name, feature.name),
      "put what tells them apart into the name: {column} for the input, an argument such as {periods}, {group}");
}

std::vector<core::Problem> AskedNames::idle_names(const std::string& option, const std::vector<PrimitiveUse>& uses,
                                                  const std::vector<const FeaturePool*>& pools) const {
  std::vector<core::Problem> problems;
  std::set<std::string> said;
  for (const PrimitiveUse& use : uses) {
    for (std::size_t i = 0; i < use.columns.size(); ++i) {
      if (met_.contains({&use, i})) continue;
      std::string what =
          fmt::format("{}: {}: nothing is made of the column '{}'", option, use.primitive->name, use.columns[i]);
      if (!said.insert(what).second) continue;
      problems.push_back({.where = {}, .what = std::move(what), .hint = idle_hint(use.columns[i], use, pools)});
    }
  }
  return problems;
}

std::string AskedNames::idle_hint(const std::string& pattern, const PrimitiveUse& use,
                                  const std::vector<const FeaturePool*>& pools) const {
  std::vector<std::string> known;
  for (const FeaturePool* pool : pools) {
    for (const FeatureRef& each : pool->features()) {
      if (matches(pattern, *each)) {
        std::string taken;
        for (const auto& slots : use.primitive->inputs) taken += (taken.empty() ? "" : " or ") + type_text(slots);
        return fmt::format("'{}' of table '{}' is {}; {} takes {}, of tables that it reaches within max_depth",
                           each->name, set_.tables[each->table].name, type_text(each->type), use.primitive->name,
                           taken);
      }
      if (each->kind == FeatureKind::identity) known.push_back(each->name);
    }
  }
  return core::hint_for(pattern, known);
}

}  // namespace gridmill::features
