#include "jobs/fitted_features.hpp"

#include <utility>

#include <fmt/format.h>

#include "config/read.hpp"
#include "config/resolved.hpp"
#include "core/error.hpp"
#include "features/definitions.hpp"

namespace gridmill::jobs {

namespace {

constexpr const char* kFormat = "gridmill fitted features";
constexpr std::int64_t kVersion = 1;

const core::Value* find_entry(const core::Value& value, const std::string& name) {
  if (!value.is_mapping()) return nullptr;
  for (const auto& [key, each] : value.mapping()) {
    if (key == name) return &each;
  }
  return nullptr;
}

const core::Value& entry(const core::Value& value, const std::string& name) {
  if (const core::Value* found = find_entry(value, name)) return *found;
  throw core::UserError(fmt::format("the definitions of features lack '{}'", name),
                        "give the features.json that gridmill features has written");
}

const std::string& text(const core::Value& value, const std::string& name) {
  const core::Value& found = entry(value, name);
  if (!found.is_text()) throw core::UserError(fmt::format("'{}' in the definitions of features is no text", name));
  return found.text();
}

void check_format(const core::Value& value) {
  if (text(value, "format") != kFormat || entry(value, "version") != core::Value(kVersion)) {
    throw core::UserError("these are no definitions of features that this gridmill reads",
                          "give the features.json that gridmill features has written");
  }
}

core::ValueMapping types_value(const core::EntitySet& set) {
  core::ValueMapping tables;
  for (const core::EntityTable& table : set.tables) {
    core::ValueMapping columns;
    for (const core::EntityColumn& column : table.columns) {
      columns.emplace_back(column.name, std::string(core::name_of(column.type)));
    }
    tables.emplace_back(table.name, std::move(columns));
  }
  return tables;
}

}  // namespace

void give_types(const core::Value& value, io::StoreEntityData& data) {
  const core::Value* types = find_entry(value, "types");
  for (core::TableId id = 0; types != nullptr && id < data.entity_set().tables.size(); ++id) {
    const core::Value* columns = find_entry(*types, data.entity_set().tables[id].name);
    if (columns == nullptr || !columns->is_mapping()) continue;
    for (const auto& [column, type] : columns->mapping()) {
      const auto known = type.is_text() ? core::logical_type_named(type.text()) : std::nullopt;
      if (known) data.take_type(id, column, *known);
    }
  }
}

core::Value fitted_value(const config::FeaturesJob& job, const core::EntitySet& set, const FeaturesPlan& plan,
                         const FeaturesResult& result) {
  core::ValueList columns;
  for (const ResultColumn& each : result.columns) columns.emplace_back(each.column.name);
  config::FeaturesJob anywhere = job;  // where and within what memory it was made is not part of the features
  anywhere.output.clear();
  anywhere.memory_limit = {};
  return core::ValueMapping{{"format", kFormat},
                            {"version", kVersion},
                            {"target", set.tables[plan.target].name},
                            {"config", config::resolved_yaml(anywhere)},
                            {"types", types_value(set)},
                            {"features", features::definitions_of(set, plan.features)},
                            {"encoding", features::to_value(result.encoding)},
                            {"columns", std::move(columns)}};
}

FittedFeatures read_fitted(const core::Value& value, const core::EntitySet& set) {
  check_format(value);
  FittedFeatures fitted{.target = find_table(set, text(value, "target"), "the definitions of features")};
  fitted.features = features::read_definitions(set, entry(value, "features"));
  std::vector<features::MatrixColumn> columns;
  for (const features::FeatureRef& feature : fitted.features) {
    for (std::string& name : features::column_names(*feature)) {
      columns.push_back({.name = std::move(name), .type = feature->type, .of_several = feature->n_outputs > 1});
    }
  }
  fitted.encoding = features::encoding_from(entry(value, "encoding"), columns);
  const core::Value& names = entry(value, "columns");
  if (!names.is_list()) throw core::UserError("'columns' in the definitions of features is no list");
  for (const core::Value& name : names.list()) fitted.columns.push_back(name.python_str());
  return fitted;
}

config::FeaturesJob fitted_job(const core::Value& value, const std::string& file) {
  check_format(value);
  config::FeaturesJob job = config::parse_features_job(text(value, "config"), file);
  if (job.features.cutoff.kind == config::CutoffOptions::Kind::now) job.features.cutoff.time.clear();
  job.features.encode.reset();
  job.features.select = {};
  return job;
}

}  // namespace gridmill::jobs
