#include "jobs/features/result/fitted_features.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "config/resolved.hpp"
#include "config/run_file.hpp"
#include "core/error.hpp"
#include "features/definitions/definitions.hpp"
#include "io/text/time_writing.hpp"
#include "jobs/features/plan/named_in_store.hpp"

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

const core::Value& definition_entry(const core::Value& value, const std::string& name) {
  if (const core::Value* found = find_entry(value, name)) return *found;
  throw core::UserError(fmt::format("the definitions of features lack '{}'", name),
                        "give the features.json that gridmill features has written");
}

const std::string& definition_text(const core::Value& value, const std::string& name) {
  const core::Value& found = definition_entry(value, name);
  if (!found.is_text()) throw core::UserError(fmt::format("'{}' in the definitions of features is no text", name));
  return found.text();
}

void check_format(const core::Value& value) {
  if (definition_text(value, "format") != kFormat || definition_entry(value, "version") != core::Value(kVersion)) {
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

core::ValueMapping times_value(const core::EntitySet& set) {
  core::ValueMapping tables;
  for (const core::EntityTable& table : set.tables) {
    core::ValueMapping columns;
    for (const core::EntityColumn& column : table.columns) {
      if (!column.time_format.empty()) columns.emplace_back(column.name, column.time_format);
    }
    if (!columns.empty()) tables.emplace_back(table.name, std::move(columns));
  }
  return tables;
}

}  // namespace

namespace {

/// Columns that features are made of, by table.
std::set<std::pair<std::string, std::string>> columns_used(const core::Value& value) {
  std::set<std::pair<std::string, std::string>> used;
  const core::Value* features = find_entry(value, "features");
  const core::Value* definitions = features == nullptr ? nullptr : find_entry(*features, "definitions");
  if (definitions == nullptr || !definitions->is_list()) return used;
  for (const core::Value& each : definitions->list()) {
    const core::Value* table = find_entry(each, "table");
    const core::Value* column = find_entry(each, "column");
    if (table != nullptr && column != nullptr) used.emplace(table->python_str(), column->python_str());
  }
  return used;
}

core::Problem unfit_column(const DefinitionsSource& source, const core::EntityTable& table, const std::string& column,
                           core::LogicalType before, const std::string& entry) {
  const std::string type(core::name_of(before));
  return {
      .where = {source.store.string()},
      .what = fmt::format("column '{}' of '{}' was {} when the features were made and is {} here, as '{}'", column,
                          table.name, type, core::name_of(table.find(column)->type), entry),
      .hint = fmt::format("import the rows with the types of then, which names the line of what does not fit: gridmill "
                          "import ... --types-from {}; a cell without a value is left empty",
                          source.definitions.string())};
}

core::Problem misread_column(const DefinitionsSource& source, const core::EntityTable& table, const std::string& column,
                             const std::string& before) {
  const std::string& here = table.find(column)->time_format;
  return {.where = {source.store.string()},
          .what = fmt::format("column '{}' of '{}': its dates were read {} here, and {} when the features were made",
                              column, table.name, io::order_in_words(here), io::order_in_words(before)),
          .hint = fmt::format("import the rows as they were read then: gridmill import ... --types-from {}; if that "
                              "was wrong, make the features again with time_format: {{{}: ...}}",
                              source.definitions.string(), column)};
}

}  // namespace

std::map<std::string, std::map<std::string, core::LogicalType>> fitted_types(const core::Value& value,
                                                                             const std::filesystem::path& file) {
  const core::Value* format = find_entry(value, "format");
  if (format == nullptr || *format != core::Value(kFormat)) {
    throw core::UserError(core::Problem{{file.string()},
                                        "has no types of columns",
                                        "give a features.json that gridmill features has written, or a store"});
  }
  std::map<std::string, std::map<std::string, core::LogicalType>> types;
  const core::Value* tables = find_entry(value, "types");
  if (tables == nullptr || !tables->is_mapping()) return types;
  for (const auto& [table, columns] : tables->mapping()) {
    if (!columns.is_mapping()) continue;
    for (const auto& [column, type] : columns.mapping()) {
      const auto known = type.is_text() ? core::logical_type_named(type.text()) : std::nullopt;
      if (known) types[table].emplace(column, *known);
    }
  }
  return types;
}

std::map<std::string, std::map<std::string, std::string>> fitted_times(const core::Value& value) {
  std::map<std::string, std::map<std::string, std::string>> times;
  const core::Value* tables = find_entry(value, "times");
  if (tables == nullptr || !tables->is_mapping()) return times;
  for (const auto& [table, columns] : tables->mapping()) {
    if (!columns.is_mapping()) continue;
    for (const auto& [column, written_as] : columns.mapping()) {
      if (written_as.is_text()) times[table].emplace(column, written_as.text());
    }
  }
  return times;
}

void take_types(const core::Value& value, const DefinitionsSource& source, io::StoreEntityData& data) {
  const auto types = fitted_types(value, source.definitions);
  const auto used = columns_used(value);
  auto times = fitted_times(value);
  std::vector<core::Problem> problems;
  for (core::TableId id = 0; id < data.entity_set().tables.size(); ++id) {
    const core::EntityTable& table = data.entity_set().tables[id];
    const auto columns = types.find(table.name);
    if (columns == types.end()) continue;
    for (const auto& [column, type] : columns->second) {
      const std::optional<std::string> unfit = data.take_type(id, column, type);
      if (unfit && used.contains({table.name, column})) {
        problems.push_back(unfit_column(source, table, column, type, *unfit));
      }
    }
    for (const auto& [column, written_as] : times[table.name]) {
      const core::EntityColumn* here = table.find(column);
      // Its time index decides what is known of a table, whether or not a feature is made of it.
      const bool counts = used.contains({table.name, column}) || column == table.time_index;
      if (here == nullptr || !counts) continue;
      if (io::may_be_misread(written_as, here->time_format)) {
        problems.push_back(misread_column(source, table, column, written_as));
      }
    }
  }
  if (!problems.empty()) throw core::UserError(std::move(problems));
}

core::Value fitted_value(const config::FeaturesJob& job, const core::EntitySet& set, const FeaturesPlan& plan,
                         const FeaturesResult& result) {
  core::ValueList columns;
  for (const ResultColumn& each : result.columns) columns.emplace_back(each.column.name);
  config::FeaturesJob anywhere = job;  // where and within what memory it was made is not part of the features
  anywhere.output.clear();
  anywhere.memory_limit = {};
  core::ValueMapping value{{"format", kFormat},
                           {"version", kVersion},
                           {"target", set.tables[plan.target].name},
                           {"label", job.features.label ? core::Value(job.features.label->name) : core::Value()},
                           {"config", config::resolved_yaml(anywhere)},
                           {"types", types_value(set)},
                           {"features", features::definitions_of(set, plan.features)},
                           {"encoding", features::to_value(result.encoding)},
                           {"columns", std::move(columns)}};
  if (core::ValueMapping times = times_value(set); !times.empty()) value.emplace_back("times", std::move(times));
  return value;
}

FittedFeatures read_fitted(const core::Value& value, const core::EntitySet& set) {
  check_format(value);
  FittedFeatures fitted{.target = find_table(set, definition_text(value, "target"), "the definitions of features")};
  fitted.features = features::read_definitions(set, definition_entry(value, "features"));
  std::vector<features::MatrixColumn> columns;
  for (const features::FeatureRef& feature : fitted.features) {
    if (feature->table != fitted.target) {
      throw core::UserError(fmt::format("'{}' in the definitions of features is a feature of '{}', not of '{}'",
                                        feature->name, set.tables[feature->table].name,
                                        set.tables[fitted.target].name));
    }
    for (std::string& name : features::column_names(*feature)) {
      columns.push_back({.name = std::move(name), .type = feature->type, .of_several = feature->n_outputs > 1});
    }
  }
  fitted.encoding = features::encoding_from(definition_entry(value, "encoding"), columns);
  const core::Value& names = definition_entry(value, "columns");
  if (!names.is_list()) throw core::UserError("'columns' in the definitions of features is no list");
  for (const core::Value& name : names.list()) fitted.columns.push_back(name.python_str());
  return fitted;
}

void keep_fitted(const FittedFeatures& fitted, std::vector<ResultColumn>& columns) {
  std::vector<ResultColumn> kept;
  for (const std::string& name : fitted.columns) {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const ResultColumn& column) { return column.column.name == name; });
    if (found == columns.end()) throw core::UserError(fmt::format("the definitions have no feature '{}'", name));
    kept.push_back(*found);
  }
  columns = std::move(kept);
}

config::FeaturesJob fitted_job(const core::Value& value, const std::string& file) {
  check_format(value);
  config::FeaturesJob job = config::RunFile(definition_text(value, "config"), file).features_job();
  if (job.features.cutoff.kind == config::CutoffOptions::Kind::now) job.features.cutoff.time.clear();
  job.features.encode.reset();
  job.features.select = {};
  job.features.sample.reset();
  return job;
}

}  // namespace gridmill::jobs
