#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "config/features_config.hpp"
#include "core/entity_set.hpp"
#include "core/value.hpp"
#include "features/definitions/feature.hpp"
#include "features/matrix/encode.hpp"
#include "io/store/store_entity_data.hpp"
#include "jobs/features/plan/features_plan.hpp"
#include "jobs/features/result/features_result.hpp"

namespace gridmill::jobs {

/// What features.json keeps: features and all that was fitted to the rows they were made from.
struct FittedFeatures {
  core::TableId target = 0;
  std::vector<features::FeatureRef> features;
  std::vector<features::EncodedColumn> encoding;
  std::vector<std::string> columns;  // of the result, after encoding and selection
};

/// Returns the contents of features.json:
///   {"format": "gridmill fitted features", "version": 1, "target": ..., "config": the config as YAML,
///    "types": {table: {column: type}}, "features": see features::definitions_of, "encoding": [...], "columns": [...],
///    "times": {table: {column: how they were written, see io/text/time_writing.hpp}}}
core::Value fitted_value(const config::FeaturesJob& job, const core::EntitySet& set, const FeaturesPlan& plan,
                         const FeaturesResult& result);

/// Returns the types it keeps, by table and column. Errors: UserError naming the file when it is something else.
std::map<std::string, std::map<std::string, core::LogicalType>> fitted_types(const core::Value& value,
                                                                             const std::filesystem::path& file);

/// Returns how times were written, by table and column, of those of which it knows that: earlier ones know of none.
std::map<std::string, std::map<std::string, std::string>> fitted_times(const core::Value& value);

/// Where definitions were read, and the store they are applied to: for what does not fit together.
struct DefinitionsSource {
  std::filesystem::path definitions;
  std::filesystem::path store;
};

/// Has columns read as the types they had when it was made: few rows may look like others, and no rows like none.
/// Errors: UserError naming all columns that features are made of and that hold what those types cannot say, or dates
/// that may have been read in another order of day and month.
void take_types(const core::Value& value, const DefinitionsSource& source, io::StoreEntityData& data);

/// Reads it back beside another store's tables. Errors: UserError for a file that is something else or damaged, and for
/// what the store lacks.
FittedFeatures read_fitted(const core::Value& value, const core::EntitySet& set);

/// Leaves of the columns those that the earlier run kept, in its order. Errors: UserError naming one that is not there.
void keep_fitted(const FittedFeatures& fitted, std::vector<ResultColumn>& columns);

/// Returns the config it was made with, to be applied to another store: no store, no output, nothing to fit.
config::FeaturesJob fitted_job(const core::Value& value, const std::string& file);

}  // namespace gridmill::jobs
