#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/import_config.hpp"
#include "config/memory_limit.hpp"
#include "core/error.hpp"
#include "core/value.hpp"
#include "features/definitions/feature.hpp"
#include "features/definitions/primitive.hpp"
#include "features/synthesis/synthesis.hpp"

namespace gridmill::config {

/// The time as of which each row of the target is seen (`features.cutoff_time`).
struct CutoffOptions {
  enum class Kind {
    now,     // one time: when the run began
    time,    // one time, given
    column,  // a column of the target
    file,    // a table of instances and times, labels beside them
  };

  Kind kind = Kind::now;
  std::string time;             // time: as given; now: when the run began, empty before
  std::string column;           // column
  std::filesystem::path file;   // file: CSV or a store
  std::string instance_column;  // of the file; empty: named as the target's index, else "instance_id", else the first
  std::string time_column;      // of the file; empty: "time", else named as the target's time index, else the second
  core::Location where;         // in the config, for what turns out to be wrong with it

  friend bool operator==(const CutoffOptions& a, const CutoffOptions& b) {
    return a.kind == b.kind && a.time == b.time && a.column == b.column && a.file == b.file &&
           a.instance_column == b.instance_column && a.time_column == b.time_column;
  }
};

/// Values of a column that make WHERE features (an entry of `features.interesting_values`).
struct InterestingColumn {
  std::string column;
  std::vector<core::Value> values;  // given
  std::size_t top = 0;              // instead of `values`: the most frequent; 0: given
};

/// A feature the user spells out (an entry of `features.seed_features`). Names are checked with the store at hand.
struct SeedFeature {
  features::PrimitiveUse primitive;
  std::string table;                 // that holds `columns`
  std::vector<std::string> columns;  // inputs
  std::string parent;                // aggregation: whose rows get a value; empty: the target's
  core::Value where;                 // aggregation: [column, comparison, value], or null
  std::string use_previous;          // aggregation: "2 days", "3 observations"; empty: all rows
  std::string group_by;              // transform: column of groups; empty: none
  std::string name;                  // empty: as Featuretools names it
  core::Location place;
};

/// Which categories become columns of their own (`features.encode`).
struct EncodeOptions {
  std::size_t top_n = 10;
  bool include_unknown = true;
  std::vector<std::string> columns;  // empty: all categories
  bool drop_first = false;
};

/// Which features are left out again (`features.select`), in this order.
struct SelectOptions {
  std::optional<double> highly_null;           // from this share of missing values on
  bool single_value = false;                   // those with one value only
  bool count_missing_as_value = false;         // ... "missing" counts as one
  std::optional<double> highly_correlated;     // from this absolute correlation with an earlier feature on
  std::vector<std::string> correlation_among;  // compare these only; empty: all numbers and booleans
  std::vector<std::string> keep;               // never left out
  std::string mutual_information;              // column told apart by it; empty: it is not computed
  std::size_t mutual_information_top = 0;      // keep that many; 0: all
  double mutual_information_at_least = 0;      // keep those with at least that [nats]
};

/// What is to be learnt (`features.label`): a column of the target, or an aggregation of rows below it as it comes
/// true; or whether that meets a condition. Names are checked with the store at hand.
struct LabelOptions {
  std::string name;
  std::string column;  // of the target; empty: an aggregation
  std::optional<features::PrimitiveUse> aggregation;
  std::string inputs;      // of the aggregation: "orders.amount", "orders"
  std::string next;        // only rows so long after the cutoff count; empty: all there are
  std::string comparison;  // empty: the value itself
  core::Value value;
  core::Value written;  // as the user wrote it
  core::Location where;

  friend bool operator==(const LabelOptions& a, const LabelOptions& b) { return a.written == b.written; }
};

/// Which features are computed, as of when, and what becomes of them (section `features`).
struct FeaturesOptions {
  std::filesystem::path store;   // made by `gridmill import`
  TableOptions table;            // instead of a store: the one table, where `source` names a file
  std::filesystem::path output;  // folder to write into; empty: see RunFile
  std::string target;            // table
  std::optional<std::vector<features::PrimitiveUse>> aggregations;
  std::optional<std::vector<features::PrimitiveUse>> transforms;
  std::vector<features::PrimitiveUse> group_by_transforms;
  std::optional<std::vector<features::PrimitiveUse>> where_primitives;
  std::vector<std::pair<std::string, std::vector<InterestingColumn>>> interesting_values;  // by table
  std::int64_t max_depth = 2;                                                              // -1: no limit
  std::optional<std::size_t> max_features;                                                 // none: no limit
  std::size_t where_stacking_limit = 1;
  std::vector<std::string> ignore_tables;
  std::map<std::string, std::vector<std::string>> ignore_columns;  // by table
  std::vector<std::vector<std::string>> allowed_paths;
  std::vector<features::PrimitiveOptions> primitive_options;
  std::vector<SeedFeature> seed_features;
  std::vector<std::string> drop_contains;
  std::vector<std::string> drop_exact;
  features::ReturnTypes return_types = features::ReturnTypes::standard;
  std::optional<LabelOptions> label;
  std::vector<std::string> pass_through;  // columns of the target kept beside the features, not used for them
  CutoffOptions cutoff;
  std::string training_window;  // "90 days"; empty: no limit
  bool include_cutoff_time = true;
  bool last_time_indexes = false;
  std::string approximate;  // "2 hours"; empty: exact
  features::Semantics semantics = features::Semantics::featuretools;
  std::optional<EncodeOptions> encode;
  SelectOptions select;
  bool csv = false;
  std::optional<std::size_t> sample;  // make them of so many rows only, to try things out; none: all
  enum class Pack { automatic, parts } pack = Pack::automatic;  // where features.h5 has its entries
  std::map<std::string, core::Location> places;        // of the options that are given, for what the store contradicts
  std::map<std::string, core::Location> table_places;  // the same of `table`, as ImportJob has them

  /// Says whether the features are of a file, not of a store.
  [[nodiscard]] bool of_file() const { return !table.source.file.empty(); }
};

/// Everything `gridmill features` needs to know, checked as far as it can be without the store.
struct FeaturesJob {
  std::filesystem::path output;  // run directory
  MemoryLimit memory_limit;
  FeaturesOptions features;
};

}  // namespace gridmill::config
