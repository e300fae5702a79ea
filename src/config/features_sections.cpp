#include "config/features_sections.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "config/sections.hpp"
#include "core/address.hpp"

namespace gridmill::config {

template <>
struct Words<features::Semantics> {
  static constexpr std::array<std::pair<std::string_view, features::Semantics>, 2> kAll{
      {{"featuretools", features::Semantics::featuretools}, {"strict", features::Semantics::strict}}};
};

template <>
struct Words<features::ReturnTypes> {
  static constexpr std::array<std::pair<std::string_view, features::ReturnTypes>, 2> kAll{
      {{"standard", features::ReturnTypes::standard}, {"all", features::ReturnTypes::all}}};
};

template <>
struct Words<FeaturesOptions::Pack> {
  using Pack = FeaturesOptions::Pack;
  static constexpr std::array<std::pair<std::string_view, Pack>, 2> kAll{
      {{"auto", Pack::automatic}, {"parts", Pack::parts}}};
};

namespace {

using core::Kind;
using core::Range;
using core::Value;
using core::ValueList;
using core::ValueMapping;

const std::vector<Kind> kListOrNull{Kind::list, Kind::null};
const std::vector<Kind> kMappingOrNull{Kind::mapping, Kind::null};

Value texts_value(const std::vector<std::string>& texts) { return ValueList(texts.begin(), texts.end()); }

/// A primitive as a config writes it: its name, or a mapping with the arguments that differ from their defaults.
Value primitive_value(const features::PrimitiveUse& use) {
  ValueMapping entries{{"name", use.primitive->name}};
  for (const core::OptionSpec& argument : use.primitive->arguments) {
    const auto given = use.arguments.find(argument.name);
    if (given != use.arguments.end() && given->second != argument.default_value) {
      entries.emplace_back(argument.name, given->second);
    }
  }
  if (!use.columns.empty()) entries.emplace_back("columns", texts_value(use.columns));
  if (!use.written_as.empty()) entries.emplace_back("as", use.written_as);
  return entries.size() == 1 ? entries.front().second : Value(entries);
}

Value primitives_value(const std::vector<features::PrimitiveUse>& uses) {
  ValueList names;
  for (const features::PrimitiveUse& use : uses) names.push_back(primitive_value(use));
  return names;
}

Value primitives_value(const std::optional<std::vector<features::PrimitiveUse>>& uses) {
  return uses ? primitives_value(*uses) : Value();
}

Value by_table_value(const std::map<std::string, std::vector<std::string>>& columns) {
  ValueMapping entries;
  for (const auto& [table, names] : columns) entries.emplace_back(table, texts_value(names));
  return entries.empty() ? Value() : Value(entries);
}

Value interesting_value(const FeaturesOptions& options) {
  ValueMapping tables;
  for (const auto& [table, columns] : options.interesting_values) {
    ValueMapping entries;
    for (const InterestingColumn& each : columns) {
      Value values = each.top > 0 ? Value(ValueMapping{{"top", static_cast<std::int64_t>(each.top)}})
                                  : Value(ValueList(each.values));
      entries.emplace_back(each.column, std::move(values));
    }
    tables.emplace_back(table, std::move(entries));
  }
  return tables.empty() ? Value() : Value(tables);
}

Value paths_value(const FeaturesOptions& options) {
  ValueList paths;
  for (const auto& path : options.allowed_paths) paths.push_back(texts_value(path));
  return paths.empty() ? Value() : Value(paths);
}

template <class Entry>
Value entries_value(const std::vector<Entry>& entries, const Fields<Entry>& fields) {
  ValueList values;
  for (const Entry& entry : entries) {
    ValueMapping given = echo(entry, fields);
    std::erase_if(given, [](const auto& each) { return each.second.is_null(); });
    values.emplace_back(std::move(given));
  }
  return values.empty() ? Value() : Value(values);
}

Value cutoff_value(const FeaturesOptions& options) {
  const CutoffOptions& cutoff = options.cutoff;
  switch (cutoff.kind) {
    case CutoffOptions::Kind::now: return cutoff.time.empty() ? Value() : Value(ValueMapping{{"now", cutoff.time}});
    case CutoffOptions::Kind::time: return cutoff.time;
    case CutoffOptions::Kind::column: return ValueMapping{{"column", cutoff.column}};
    case CutoffOptions::Kind::file: break;
  }
  ValueMapping entries{{"file", core::told_path(cutoff.file)}};
  if (!cutoff.instance_column.empty()) entries.emplace_back("instance", cutoff.instance_column);
  if (!cutoff.time_column.empty()) entries.emplace_back("time", cutoff.time_column);
  return entries;
}

Field<FeaturesOptions> primitives_field(std::string name, std::string meaning,
                                        std::function<Value(const FeaturesOptions&)> get) {
  return {.spec = {.name = std::move(name), .kinds = kListOrNull, .meaning = std::move(meaning)},
          .get = std::move(get)};
}

}  // namespace

Fields<FeaturesOptions> features_fields() {
  using Options = FeaturesOptions;
  Fields<Options> fields{
      field("store", &Options::store, "store with the tables, made by gridmill import; null: the one of `import`"),
      field("output", &Options::output,
            "folder the features are written into; null: the top level's `output`, or its folder `features` if the "
            "file holds a search as well"),
      field("target", &Options::target,
            "table to make features for: one row of features for each of its rows; null: the one of `source`"),
      primitives_field(
          "aggregations",
          "primitives that turn the rows below a row into one value; null: COUNT, SUM, MEAN, ... Each is a "
          "name, or {name: mean, columns: [Zone*, power.Humidity], as: \"{column}_mean\"} with its "
          "arguments: columns are names of columns, or else of features, with * and ?, as is how its features are "
          "called, and a "
          "list as an argument makes a feature of each value",
          [](const Options& options) { return primitives_value(options.aggregations); }),
      primitives_field(
          "transforms",
          "primitives within a table, written as aggregations are: {name: lag, periods: [4, 8]}; null: DAY, "
          "MONTH, YEAR, WEEKDAY, ...; []: none",
          [](const Options& options) { return primitives_value(options.transforms); }),
      primitives_field("group_by_transforms", "transforms within the rows that share a parent",
                       [](const Options& options) {
                         return options.group_by_transforms.empty() ? Value()
                                                                    : primitives_value(options.group_by_transforms);
                       }),
      primitives_field("where_primitives", "aggregations that are also made per interesting value; null: count",
                       [](const Options& options) { return primitives_value(options.where_primitives); }),
      {.spec = {.name = "interesting_values",
                .kinds = kMappingOrNull,
                .meaning = "values that make features WHERE column = value: {table: {column: [a, b]}}, or "
                           "{table: {column: {top: 3}}} for the most frequent"},
       .get = interesting_value},
      field("max_depth", &Options::max_depth, "how many primitives deep features are stacked; -1: no limit",
            Range::at_least(-1)),
      {.spec = {.name = "max_features",
                .kinds = {Kind::integer, Kind::null},
                .range = Range::at_least(1),
                .meaning = "most features, the shallow ones first; null: no limit"},
       .set =
           [](const Node& node, const std::string&, Options& options, Problems&) {
             if (!node.is_null()) options.max_features = static_cast<std::size_t>(node.scalar.integer());
           },
       .get =
           [](const Options& options) {
             return options.max_features ? Value(static_cast<std::int64_t>(*options.max_features)) : Value();
           }},
      field("where_stacking_limit", &Options::where_stacking_limit, "how many WHERE features are stacked on each other",
            Range::at_least(0)),
      field("ignore_tables", &Options::ignore_tables, "tables to leave out"),
      {.spec = {.name = "ignore_columns",
                .kinds = kMappingOrNull,
                .meaning = "columns to leave out, {table: [column, ...]}"},
       .get = [](const Options& options) { return by_table_value(options.ignore_columns); }},
      {.spec = {.name = "allowed_paths",
                .kinds = kListOrNull,
                .meaning = "chains of tables that may be followed, [[customers, orders]]; null: all"},
       .get = paths_value},
      {.spec = {.name = "primitive_options",
                .kinds = kListOrNull,
                .meaning = "exceptions for primitives: [{primitives: [mode], ignore_columns: {orders: [note]}}]"},
       .get =
           [](const Options& options) { return entries_value(options.primitive_options, primitive_option_fields()); }},
      {.spec = {.name = "seed_features",
                .kinds = kListOrNull,
                .meaning = "features spelled out, on which others stack: [{aggregation: sum, table: orders, columns: "
                           "[amount]}]"},
       .get = [](const Options& options) { return entries_value(options.seed_features, seed_feature_fields()); }},
      field("drop_contains", &Options::drop_contains, "leave out features whose name contains one of these"),
      field("drop_exact", &Options::drop_exact, "leave out features of these names"),
      field("return_types", &Options::return_types,
            "which features are written: numbers, categories and booleans, or all types"),
      {.spec =
           {.name = "label",
            .kinds = {Kind::text, Kind::mapping, Kind::null},
            .meaning =
                "what is to be learnt, a column of features.h5 of which no feature is made: a column of the target; "
                "{name: COLUMN}; an aggregation as it comes true, {sales: SUM(orders.amount)}, or of what comes after "
                "the cutoff time, {sales: \"SUM(orders.amount, Next 30 days)\"}; or a condition on one of these, {bad: "
                "[status, isin, [B, D]]}"},
       .get = [](const Options& options) { return options.label ? options.label->written : Value(); }},
      field(
          "pass_through", &Options::pass_through,
          "columns of the target that are written beside the features and not used for them: what is to be predicted"),
      {.spec = {.name = "cutoff_time",
                .kinds = {Kind::null, Kind::text, Kind::integer, Kind::real, Kind::mapping},
                .meaning = "time as of which rows are seen, nothing later counts: a time, written as the time index is "
                           "or as a date; {column: ...} of the target; "
                           "{file: cutoffs.csv} of instances, times and labels; null: now"},
       .get = cutoff_value},
      field("training_window", &Options::training_window,
            "rows older than that before the cutoff do not count, '90 days'; null: no limit"),
      field("include_cutoff_time", &Options::include_cutoff_time, "rows at the very cutoff time count"),
      field("last_time_indexes", &Options::last_time_indexes,
            "in a training window rows count whose descendants are young enough"),
      field("approximate", &Options::approximate,
            "features of parents are computed at cutoffs cut down to such steps, '2 hours'; null: exactly"),
      field("semantics", &Options::semantics,
            "featuretools: its values to the bit of its oddities; strict: what is unknown stays missing, "
            "and a cutoff time must be given"),
      {.spec = {.name = "encode",
                .kinds = {Kind::boolean, Kind::mapping, Kind::null},
                .default_value = false,
                .meaning = "write categories as columns of true and false, one a frequent value; true: with the "
                           "defaults below"},
       .get =
           [](const Options& options) {
             return options.encode ? Value(echo(*options.encode, encode_fields())) : Value(false);
           }},
      {.spec = {.name = "select", .kinds = kMappingOrNull, .meaning = "features to leave out once all are computed"},
       .get = [](const Options& options) { return Value(echo(options.select, select_fields())); }},
      {.spec = {.name = "sample",
                .kinds = {Kind::integer, Kind::null},
                .range = Range::at_least(1),
                .meaning = "make them of so many rows of the target only, the same ones each time, to try things out "
                           "(--sample); null: "
                           "all"},
       .set =
           [](const Node& node, const std::string&, Options& options, Problems&) {
             if (!node.is_null()) options.sample = static_cast<std::size_t>(node.scalar.integer());
           },
       .get =
           [](const Options& options) {
             return options.sample ? Value(static_cast<std::int64_t>(*options.sample)) : Value();
           }},
      field("csv", &Options::csv, "also write features.csv"),
      field("pack", &Options::pack,
            "auto: features.h5 is one file that needs no other, below 1 GiB; parts: its entries stay in the files of "
            "parts/ in any case"),
  };
  Fields<Options> table = nested(&Options::table, table_fields());
  for (Field<Options>& each : table) {
    each.required = false;
    if (each.spec.name == "source") {
      each.spec.meaning =
          "instead of a store: a file, of which the one table is made; the options of a table of `import` "
          "stand beside it, all optional";
      continue;
    }
    each.get = [get = std::move(each.get)](const Options& options) {
      return options.of_file() ? get(options) : Value();
    };
  }
  fields.insert(fields.begin() + 1, std::make_move_iterator(table.begin()), std::make_move_iterator(table.end()));
  return fields;
}

Fields<CutoffOptions> cutoff_fields() {
  using Options = CutoffOptions;
  return {
      field("now", &Options::time, "the time a run began whose cutoff is now; as config.resolved.yaml records it"),
      field("column", &Options::column, "column of the target with the time of each row"),
      field("file", &Options::file, "table with an instance and a time a row; its other columns are passed through"),
      field("instance", &Options::instance_column,
            "column of the file with the target's index; null: of the same name (or names, of an index of several "
            "columns), or instance_id, or the first"),
      field("time", &Options::time_column,
            "column of the file with the times; null: time, or named as the target's time index, or the second"),
  };
}

Fields<EncodeOptions> encode_fields() {
  using Options = EncodeOptions;
  return {
      field("top_n", &Options::top_n, "most values of a feature that get a column", Range::at_least(1)),
      field("include_unknown", &Options::include_unknown, "one more column for all other values"),
      field("columns", &Options::columns, "features to encode; null: all categories"),
      field("drop_first", &Options::drop_first, "leave out the rarest of the chosen values, but never the only one"),
  };
}

Fields<SelectOptions> select_fields() {
  using Options = SelectOptions;
  const auto share = [](std::string name, std::optional<double> Options::*member, std::string meaning) {
    return Field<Options>{
        .spec = {.name = std::move(name),
                 .kinds = {Kind::real, Kind::null},
                 .range = {.low = 0, .high = 1},
                 .meaning = std::move(meaning)},
        .set =
            [member](const Node& node, const std::string&, Options& options, Problems&) {
              if (!node.is_null()) options.*member = node.scalar.number();
            },
        .get = [member](const Options& options) { return options.*member ? Value(*(options.*member)) : Value(); }};
  };
  return {
      share("highly_null", &Options::highly_null,
            "leave out features with at least this share of missing values; null: none"),
      field("single_value", &Options::single_value, "leave out features with one value only"),
      field("count_missing_as_value", &Options::count_missing_as_value, "for single_value, missing is a value too"),
      share("highly_correlated", &Options::highly_correlated,
            "leave out features whose absolute correlation with one left of them is at least this; null: none"),
      field("correlation_among", &Options::correlation_among, "features compared so; null: all numbers and booleans"),
      field("keep", &Options::keep, "features that are never left out"),
      field("mutual_information", &Options::mutual_information,
            "column whose mutual information with each feature is computed, for summary.json and the next two"),
      field("mutual_information_top", &Options::mutual_information_top,
            "keep the features with the most mutual information, so many; 0: all", Range::at_least(0)),
      field("mutual_information_at_least", &Options::mutual_information_at_least,
            "keep features with at least that much mutual information [nats]", Range::at_least(0)),
  };
}

Fields<SeedFeature> seed_feature_fields() {
  using Options = SeedFeature;
  const auto primitive = [](const char* name, features::PrimitiveKind kind, const char* meaning) {
    return Field<Options>{.spec = {.name = name, .kinds = {Kind::text, Kind::mapping, Kind::null}, .meaning = meaning},
                          .get = [kind](const Options& options) {
                            return options.primitive.primitive->kind == kind ? primitive_value(options.primitive)
                                                                             : Value();
                          }};
  };
  Fields<Options> fields{
      primitive("aggregation", features::PrimitiveKind::aggregation, "aggregation of the columns"),
      primitive("transform", features::PrimitiveKind::transform, "transform of the columns, instead"),
      field("table", &Options::table, "table that holds the columns"),
      field("columns", &Options::columns, "inputs of the primitive"),
      field("for", &Options::parent, "of an aggregation: table whose rows get a value; null: the target"),
      {.spec = {.name = "where",
                .kinds = kListOrNull,
                .meaning =
                    "of an aggregation: only rows with [column, comparison, value] count; comparisons are ==, !=, "
                    "<, <=, >, >=, isin"},
       .set = [](const Node& node, const std::string&, Options& options, Problems&) { options.where = node.value(); },
       .get = [](const Options& options) { return options.where; }},
      field("use_previous", &Options::use_previous,
            "of an aggregation: only rows so shortly before the cutoff count, '2 days', or the last '3 observations'"),
      field("group_by", &Options::group_by, "of a transform: column whose equal values make a group"),
      field("name", &Options::name, "name of the feature; null: the usual one"),
  };
  for (Field<Options>& each : fields) each.required = each.spec.name == "table" || each.spec.name == "columns";
  return fields;
}

namespace {

Value inputs_value(const features::PrimitiveOptions& options) {
  ValueList inputs;
  for (const features::PrimitiveOptions& input : options.inputs) {
    ValueMapping given = echo(input, primitive_option_fields());
    std::erase_if(given, [](const auto& each) { return each.second.is_null() || each.first == "primitives"; });
    inputs.emplace_back(std::move(given));
  }
  return inputs.empty() ? Value() : Value(inputs);
}

}  // namespace

Fields<features::PrimitiveOptions> primitive_option_fields() {
  using Options = features::PrimitiveOptions;
  using ByTable = std::map<std::string, std::vector<std::string>>;
  const auto columns = [](std::string name, ByTable Options::*member, std::string meaning) {
    return Field<Options>{.spec = {.name = std::move(name), .kinds = kMappingOrNull, .meaning = std::move(meaning)},
                          .get = [member](const Options& options) { return by_table_value(options.*member); }};
  };
  Fields<Options> fields{
      field("primitives", &Options::primitives, "names of the primitives that are meant"),
      {.spec = {.name = "inputs",
                .kinds = kListOrNull,
                .meaning = "instead of what follows: it for each input of the primitives, in their order, "
                           "[{include_columns: {table: [column]}}, {}]"},
       .get = [](const Options& options) { return inputs_value(options); }},
      field("include_tables", &Options::include_tables, "only these tables"),
      field("ignore_tables", &Options::ignore_tables, "not these tables"),
      columns("include_columns", &Options::include_columns, "of a table only these columns, {table: [column]}"),
      columns("ignore_columns", &Options::ignore_columns, "not these columns, {table: [column]}"),
      field("include_group_by_tables", &Options::include_group_by_tables, "group by columns of these tables only"),
      field("ignore_group_by_tables", &Options::ignore_group_by_tables, "do not group by columns of these tables"),
      columns("include_group_by_columns", &Options::include_group_by_columns,
              "group by these columns, {table: [column]}"),
      columns("ignore_group_by_columns", &Options::ignore_group_by_columns, "do not group by these, {table: [column]}"),
  };
  fields.front().required = true;
  return fields;
}

}  // namespace gridmill::config
