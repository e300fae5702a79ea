#include "jobs/features/plan/features_plan.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/readable_number.hpp"
#include "core/sampled_rows.hpp"
#include "features/definitions/feature_inputs.hpp"
#include "features/evaluation/view.hpp"
#include "features/synthesis/synthesis.hpp"
#include "io/text/datetime.hpp"
#include "jobs/audit/timeless_tables.hpp"
#include "jobs/dataset/column_blocks.hpp"
#include "jobs/dataset/row_choice.hpp"
#include "jobs/features/plan/feature_instances.hpp"
#include "jobs/features/plan/idle_options.hpp"
#include "jobs/features/plan/label.hpp"
#include "jobs/features/plan/named_in_store.hpp"
#include "jobs/features/plan/seed_features.hpp"
#include "jobs/features/plan/unknown_rows.hpp"

namespace gridmill::jobs {

namespace {

using features::FeatureRef;
using Interesting = decltype(features::SynthesisOptions::interesting_values);

features::Column as_numbers(const features::Column::Booleans& booleans) {
  features::Column::Numbers numbers;
  for (const std::uint8_t value : booleans) {
    numbers.push_back(value == features::Column::kMissingBoolean ? std::numeric_limits<double>::quiet_NaN() : value);
  }
  return {.values = std::move(numbers), .dictionary = nullptr};
}

/// A number as its column holds it: whole ones as integers, exact beyond 2^53.
core::Value number_of(const std::string& label, core::LogicalType type) {
  std::int64_t whole = 0;
  const char* const end = label.data() + label.size();
  const auto [stop, error] = std::from_chars(label.data(), end, whole);
  const bool is_whole = core::column_type_of(type) == core::ColumnType::integer && error == std::errc{} && stop == end;
  return is_whole ? core::Value(whole) : core::Value(std::stod(label));
}

/// The most frequent values of a column, ties by value descending.
std::vector<core::Value> frequent_values(const core::EntityData& data, core::TableId table,
                                         const config::InterestingColumn& wanted) {
  features::ColumnStatistics statistics{.counts_numbers = true};
  bool is_category = false;
  bool is_boolean = false;
  for_each_block(data, table, wanted.column, [&](features::Column block) {
    is_category = block.dictionary != nullptr;
    is_boolean = std::holds_alternative<features::Column::Booleans>(block.values);
    if (is_boolean) block = as_numbers(block.booleans());
    features::add_rows(statistics, block);
    return true;
  });
  std::vector<core::Value> values;
  for (const features::ValueCount& each : features::counts_by_frequency(statistics)) {
    if (values.size() == wanted.top) break;
    if (is_category) {
      values.emplace_back(each.label);
    } else if (is_boolean) {
      values.emplace_back(each.label == "1");
    } else {
      values.push_back(number_of(each.label, data.entity_set().tables[table].find(wanted.column)->type));
    }
  }
  return values;
}

Interesting interesting_values(const config::FeaturesOptions& options, const core::EntityData& data) {
  const core::EntitySet& set = data.entity_set();
  Interesting by_table;
  for (const auto& [name, columns] : options.interesting_values) {
    const core::TableId table = find_table(set, name, "features.interesting_values");
    for (const config::InterestingColumn& column : columns) {
      check_column(set, table, column.column, "features.interesting_values");
      std::vector<core::Value> values = column.top > 0 ? frequent_values(data, table, column) : column.values;
      for (core::Value& each : values) {
        each = condition_value(set, table, column.column, each, "features.interesting_values");
      }
      by_table[name].emplace_back(column.column, std::move(values));
    }
  }
  return by_table;
}

std::vector<features::MatrixColumn> columns_of(const std::vector<FeatureRef>& made) {
  std::vector<features::MatrixColumn> columns;
  for (const FeatureRef& feature : made) {
    for (std::string& name : features::column_names(*feature)) {
      columns.push_back({.name = std::move(name), .type = feature->type, .of_several = feature->n_outputs > 1});
    }
  }
  return columns;
}

features::EvaluationOptions evaluation_of(const config::FeaturesOptions& options) {
  features::EvaluationOptions evaluation{.semantics = options.semantics,
                                         .include_cutoff_time = options.include_cutoff_time,
                                         .instances_begin = options.cutoff.kind == config::CutoffOptions::Kind::column,
                                         .last_time_indexes = options.last_time_indexes};
  if (!options.training_window.empty()) evaluation.training_window = features::read_window(options.training_window);
  if (!options.approximate.empty()) evaluation.approximate = -features::read_window(options.approximate).before(0);
  return evaluation;
}

/// With one cutoff time there is one time for parents, too; often it is the same.
void settle_approximate(const config::FeaturesOptions& options, FeaturesPlan& plan) {
  if (!plan.cutoff || !plan.evaluation.approximate) return;
  const std::int64_t floored = features::floor_to(*plan.cutoff, *plan.evaluation.approximate);
  std::string what = "changes nothing";
  if (floored == *plan.cutoff) {
    plan.evaluation.approximate.reset();
  } else {
    what = fmt::format("takes aggregations of parents at {} and saves nothing", io::datetime_text(floored));
  }
  plan.warnings.push_back(fmt::format("approximate: '{}' with one cutoff time for all {}", options.approximate, what));
}

/// Tables of which nothing is known at any cutoff. Of the target's own rows find_instances has told.
void warn_of_unknown(const core::EntityData& data, FeaturesPlan& plan) {
  std::set<core::TableId> tables;
  for (const features::Feature* each : features::with_all_inputs(plan.features)) tables.insert(each->table);
  tables.erase(plan.target);
  for (std::string& sentence : tables_never_known(data, plan.evaluation, tables, plan.instances)) {
    plan.warnings.push_back(std::move(sentence));
  }
}

/// Where one transform is reached in several ways it has one value, and Featuretools one for each.
void warn_of_neighbours(FeaturesPlan& plan) {
  const auto& known = plan.evaluation.neighbourhood;
  if (known == nullptr || plan.evaluation.semantics == features::Semantics::strict) return;
  for (const FeatureRef& feature : known->in_several_ways) {
    plan.warnings.push_back(fmt::format(
        "{} is needed for rows that are reached in several ways: it looks at all known rows, Featuretools at "
        "those of each way only, and values may differ",
        feature->name));
  }
}

/// What takes long, and why.
void warn_of_repetition(const core::EntitySet& set, FeaturesPlan& plan) {
  constexpr double kMany = 1e8;  // entries: some seconds
  if (plan.cutoff) return;
  std::set<std::int64_t> cutoffs;
  for (const features::Instance& each : plan.instances) cutoffs.insert(each.cutoff);
  const std::vector<FeatureRef> repeated = features::repeated_by_cutoff(set, plan.evaluation, plan.features);
  double n_entries = 0;
  std::size_t n_most = 0;
  for (const FeatureRef& feature : repeated) {
    const std::size_t n_rows = set.tables[feature->table].n_rows;
    n_entries += static_cast<double>(n_rows) * static_cast<double>(cutoffs.size());
    n_most = std::max(n_most, n_rows);
  }
  if (n_entries < kMany) return;
  plan.warnings.push_back(
      fmt::format("{} feature{} computed anew over all rows known (up to {}) at each of {} cutoff times, some {} "
                  "entries: {}{}; fewer distinct times{} make it faster",
                  repeated.size(), repeated.size() == 1 ? " is" : "s are", n_most, cutoffs.size(),
                  core::six_digits_text(n_entries), repeated.front()->name, repeated.size() == 1 ? "" : ", ...",
                  plan.evaluation.training_window ? ", or no training_window," : ""));
}

}  // namespace

std::vector<PartRange> part_ranges(std::size_t n_rows) {
  constexpr std::size_t kLeast = 4096;
  constexpr std::size_t kMost = 65536;
  constexpr std::size_t kFewestParts = 16;
  const std::size_t wanted = (n_rows / kFewestParts + kLeast - 1) / kLeast * kLeast;
  const std::size_t size = std::clamp(wanted, kLeast, kMost);
  std::vector<PartRange> parts;
  for (std::size_t first = 0; first < n_rows; first += size) {
    parts.push_back({.first = first, .n = std::min(size, n_rows - first)});
  }
  return parts;
}

std::vector<FeatureRef> make_features(const config::FeaturesOptions& options, const core::EntityData& data,
                                      std::vector<std::string>& warnings) {
  const core::EntitySet& set = data.entity_set();
  features::SynthesisOptions synthesis{.target = find_table(set, options.target, "features.target"),
                                       .aggregations = options.aggregations,
                                       .transforms = options.transforms,
                                       .group_by_transforms = options.group_by_transforms,
                                       .where_primitives = options.where_primitives,
                                       .max_depth = std::nullopt,
                                       .max_features = options.max_features,
                                       .where_stacking_limit = options.where_stacking_limit,
                                       .ignore_tables = options.ignore_tables,
                                       .ignore_columns = options.ignore_columns,
                                       .hidden_columns = columns_hidden_by_label(options, data),
                                       .allowed_paths = options.allowed_paths,
                                       .primitive_options = options.primitive_options,
                                       .interesting_values = interesting_values(options, data),
                                       .seed_features = make_seeds(options, set),
                                       .drop_contains = options.drop_contains,
                                       .drop_exact = options.drop_exact,
                                       .return_types = options.return_types};
  if (options.max_depth >= 0) synthesis.max_depth = static_cast<std::size_t>(options.max_depth);
  std::vector<std::string>& ignored = synthesis.ignore_columns[options.target];
  for (const std::string& column : options.pass_through) {
    check_column(set, synthesis.target, column, "features.pass_through");
    if (std::find(ignored.begin(), ignored.end(), column) == ignored.end()) ignored.push_back(column);
  }
  std::vector<FeatureRef> made = features::synthesize(set, synthesis, &warnings);
  leave_out_own_label(options, data, made);
  if (made.empty()) {
    throw core::UserError(fmt::format("features: no feature is left for table '{}' beside its label", options.target),
                          "name more primitives, or ignore less");
  }
  for (std::string& sentence : idle_options(options, data, made)) warnings.push_back(std::move(sentence));
  return made;
}

namespace {

bool rows_repeat(const std::vector<features::Instance>& instances) {
  std::vector<core::RowId> rows;
  for (const features::Instance& each : instances) {
    if (each.row != core::kNoRow) rows.push_back(each.row);
  }
  std::sort(rows.begin(), rows.end());
  return std::adjacent_find(rows.begin(), rows.end()) != rows.end();
}

/// Leaves some of the rows, with what the cutoff file says of them.
void take_sample(std::size_t n, FeaturesPlan& plan) {
  if (n > plan.instances.size()) {
    plan.warnings.push_back(
        fmt::format("a sample of {} rows is wanted, and there are {}: all are taken", n, plan.instances.size()));
  }
  plan.warnings.push_back(fmt::format("features of a sample of {} rows, not of all {}: for trying things out",
                                      std::min(n, plan.instances.size()), plan.instances.size()));
  const std::vector<std::size_t> rows = core::sampled_rows(plan.instances.size(), n);
  std::vector<features::Instance> some;
  for (const std::size_t row : rows) some.push_back(plan.instances[row]);
  plan.instances = std::move(some);
  SourceTable labels{.table = std::move(plan.labels), .file = {}, .options = {}};
  keep_rows(labels, rows);
  plan.labels = std::move(labels.table);
}

}  // namespace

FeaturesPlan plan_instances(const config::FeaturesOptions& options, const core::EntityData& data, std::int64_t now,
                            core::TableId target, std::vector<FeatureRef> made, LabelUse use) {
  FeaturesPlan plan{.target = target, .features = std::move(made)};
  plan.columns = columns_of(plan.features);
  plan.evaluation = evaluation_of(options);
  Instances instances = find_instances(options, plan.evaluation, data, target, now);
  plan.cutoff = instances.cutoff;
  plan.evaluation.own_cutoffs = !plan.cutoff;
  plan.instances = std::move(instances.rows);
  plan.evaluation.rows_repeat = rows_repeat(plan.instances);
  plan.labels = std::move(instances.labels);
  plan.warnings = std::move(instances.warnings);
  // Neighbours are those of all rows: a sampled row has the features that it has among all.
  plan.evaluation.neighbourhood =
      features::neighbourhood_of(target, plan.features, plan.instances, plan.cutoff.has_value());
  if (options.sample) take_sample(*options.sample, plan);
  if (options.label) {
    auto label = label_of(options, data, plan.evaluation, plan.instances, use, plan.warnings);
    if (label) plan.labels.columns.push_back(*std::move(label));
  }
  warn_of_neighbours(plan);
  warn_of_unknown(data, plan);
  if (plan.instances.empty()) {
    plan.warnings.push_back(fmt::format("'{}' has no row to make features of: the matrix will have columns only",
                                        data.entity_set().tables[target].name));
  }
  settle_approximate(options, plan);
  warn_of_repetition(data.entity_set(), plan);
  // Parents at another time than their children have nothing that could be computed before for all.
  const bool at_one_time = plan.cutoff && !plan.evaluation.approximate;
  plan.stages = features::plan_stages(data.entity_set(), plan.features, at_one_time);
  plan.stages.back().table = target;
  return plan;
}

FeaturesPlan plan_features(const config::FeaturesOptions& options, const core::EntityData& data, std::int64_t now) {
  std::vector<std::string> warnings;
  std::vector<FeatureRef> made = make_features(options, data, warnings);
  FeaturesPlan plan =
      plan_instances(options, data, now, data.entity_set().find(options.target), std::move(made), LabelUse::learn);
  if (options.cutoff.kind != config::CutoffOptions::Kind::now) {
    for (const Finding& each :
         find_timeless_tables(data.entity_set(), plan.target, plan.evaluation.rows_repeat, plan.features)) {
      warnings.push_back(sentence(each));
    }
  }
  plan.warnings.insert(plan.warnings.begin(), warnings.begin(), warnings.end());
  return plan;
}

}  // namespace gridmill::jobs
