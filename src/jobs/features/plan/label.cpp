#include "jobs/features/plan/label.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <set>
#include <type_traits>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/error.hpp"
#include "features/columns/joined.hpp"
#include "features/definitions/stored_column.hpp"
#include "features/evaluation/condition.hpp"
#include "features/evaluation/view.hpp"
#include "io/text/datetime.hpp"
#include "jobs/features/plan/named_in_store.hpp"
#include "jobs/features/plan/seed_features.hpp"

namespace gridmill::jobs {

namespace {

using config::LabelOptions;
using features::FeatureKind;
using features::FeatureRef;
using features::Instance;

constexpr const char* kOption = "features.label";

[[noreturn]] void refuse(const LabelOptions& label, std::string what, std::string hint = {}) {
  throw core::UserError(core::Problem{label.where, fmt::format("{}: {}", kOption, what), std::move(hint)});
}

const core::SecondaryTime* secondary_of(const core::EntityTable& table, const std::string& column) {
  for (const core::SecondaryTime& each : table.secondary_times) {
    if (std::find(each.columns.begin(), each.columns.end(), column) != each.columns.end()) return &each;
  }
  return nullptr;
}

bool has_own_cutoffs(const config::FeaturesOptions& options) {
  using Kind = config::CutoffOptions::Kind;
  return options.cutoff.kind == Kind::column || options.cutoff.kind == Kind::file;
}

/// Says whether other rows may show their labels from the time on when these are known. A row without that time would
/// show its own from the first: then none does.
bool is_known_later(const config::FeaturesOptions& options, const core::EntityData& data) {
  const core::TableId target = data.entity_set().find(options.target);
  const core::EntityTable& table = data.entity_set().tables[target];
  const core::SecondaryTime* later = secondary_of(table, options.label->column);
  return later != nullptr && has_own_cutoffs(options) &&
         data.read(target, later->time_column, core::RowSet::range(0, table.n_rows)).n_missing() == 0;
}

void check_column_to_learn(const LabelOptions& label, const core::EntitySet& set, core::TableId target) {
  check_column(set, target, label.column, kOption);
  const core::EntityTable& table = set.tables[target];
  const auto refuse_role = [&](const std::string& role) {
    refuse(label, fmt::format("'{}' is the {} of '{}', which says nothing to learn", label.column, role, table.name));
  };
  if (label.column == table.index) refuse_role("index");
  if (label.column == table.time_index) refuse_role("time index");
  for (const core::Relationship& each : set.relationships) {
    if (each.child == target && each.child_column == label.column) {
      refuse(label,
             fmt::format("'{}' names the row of '{}' that this one belongs to: all features of that tell it",
                         label.column, set.tables[each.parent].name),
             "import the column a second time under another name, or leave out the relationship");
    }
  }
  const core::ColumnType type = core::column_type_of(table.find(label.column)->type);
  const bool is_bare = label.comparison.empty();
  if (is_bare && (type == core::ColumnType::datetime || type == core::ColumnType::latlong)) {
    refuse(label, fmt::format("'{}' holds {}, which no model learns", label.column, core::name_of(type)));
  }
}

/// The table whose name `inputs` begins with, the longest one; and the columns behind it.
config::SeedFeature seed_of(const config::FeaturesOptions& options, const core::EntitySet& set) {
  const LabelOptions& label = *options.label;
  config::SeedFeature seed{.primitive = *label.aggregation, .place = label.where};
  for (const core::EntityTable& table : set.tables) {
    const bool is_it = label.inputs == table.name || label.inputs.starts_with(table.name + '.');
    if (is_it && table.name.size() > seed.table.size()) seed.table = table.name;
  }
  if (seed.table.empty()) {
    const std::string name = label.inputs.substr(0, label.inputs.find('.'));
    (void)find_table(set, name, kOption);  // says so
  }
  std::string rest = label.inputs.substr(std::min(seed.table.size() + 1, label.inputs.size()));
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(", "), rest.size());
    seed.columns.push_back(rest.substr(0, comma));
    rest.erase(0, comma + 2);
  }
  if (seed.columns.empty() && label.aggregation->primitive->counts_rows) {
    seed.columns = {set.tables[set.find(seed.table)].index};
  }
  return seed;
}

FeatureRef feature_of(const config::FeaturesOptions& options, const core::EntitySet& set, core::TableId target) {
  if (options.label->column.empty()) return make_seed(seed_of(options, set), options.target, set, kOption);
  return features::make_identity(set, target, options.label->column);
}

/// Evaluates the label as known at the instances' cutoffs, whose own rows are known.
features::Column values_at(const FeatureRef& feature, const core::EntityData& data,
                           features::EvaluationOptions evaluation, std::span<const Instance> instances) {
  evaluation.instances_known = true;
  evaluation.own_cutoffs = true;
  evaluation.rows_repeat = true;
  evaluation.approximate.reset();
  evaluation.last_time_indexes = false;
  evaluation.neighbourhood = nullptr;
  const std::vector<FeatureRef> wanted{feature};
  return features::Evaluator(data, evaluation).evaluate(feature->table, wanted, instances).front().front();
}

/// As it is when all has come true.
features::Column values_in_the_end(const FeatureRef& feature, const core::EntityData& data,
                                   features::EvaluationOptions evaluation, std::span<const Instance> instances) {
  evaluation.training_window.reset();
  std::vector<Instance> all(instances.begin(), instances.end());
  for (Instance& each : all) each.cutoff = features::kEndOfTime;
  return values_at(feature, data, evaluation, all);
}

/// The time so long after another [ns].
std::int64_t after(const features::Window& window, std::int64_t time) {
  features::Window back = window;
  back.amount = -window.amount;
  return back.before(time);
}

/// The last time of all tables.
std::int64_t last_time(const core::EntityData& data) {
  constexpr std::size_t kBlock = 1U << 16U;
  std::int64_t last = core::kMissingTime;
  const core::EntitySet& set = data.entity_set();
  for (core::TableId id = 0; id < set.tables.size(); ++id) {
    if (set.tables[id].time_index.empty()) continue;
    for (std::size_t row = 0; row < set.tables[id].n_rows; row += kBlock) {
      const std::size_t n = std::min(kBlock, set.tables[id].n_rows - row);
      for (const std::int64_t time : data.times(id, core::RowSet::range(static_cast<core::RowId>(row), n))) {
        last = std::max(last, time);
      }
    }
  }
  return last;
}

/// Over the rows after each cutoff. Windows of months have several lengths: those of one are evaluated together.
features::Column values_looking_forward(const FeatureRef& feature, const core::EntityData& data,
                                        const features::EvaluationOptions& evaluation,
                                        std::span<const Instance> instances, const features::Window& next) {
  std::map<std::int64_t, std::vector<std::size_t>> by_length;
  for (std::size_t i = 0; i < instances.size(); ++i) {
    by_length[after(next, instances[i].cutoff) - instances[i].cutoff].push_back(i);
  }
  std::vector<std::int64_t> places(instances.size());
  std::vector<features::Column> parts;
  std::int64_t n = 0;
  for (const auto& [length, which] : by_length) {
    features::EvaluationOptions in_window = evaluation;
    in_window.training_window =
        features::Window{.amount = length / 1'000'000, .unit = features::Window::Unit::milliseconds};
    std::vector<Instance> some;
    for (const std::size_t i : which) {
      some.push_back({.row = instances[i].row, .cutoff = instances[i].cutoff + length});
      places[i] = n++;
    }
    parts.push_back(values_at(feature, data, in_window, some));
  }
  return features::joined(std::move(parts)).take(places);
}

/// Leaves the values of which nobody knows by now whether they come true; returns how many these are.
template <class IsKnown>
std::size_t forget_the_unknown(std::span<const Instance> instances, features::Column& values, IsKnown is_known) {
  std::vector<std::int64_t> places(instances.size());
  std::size_t n_unknown = 0;
  for (std::size_t i = 0; i < instances.size(); ++i) {
    const bool known = is_known(instances[i].cutoff);
    places[i] = known ? static_cast<std::int64_t>(i) : -1;
    if (!known) ++n_unknown;
  }
  if (n_unknown > 0) values = values.take(places);
  return n_unknown;
}

/// Takes the values whose window ends when nobody knows any more what happened.
void forget_open_windows(const LabelOptions& label, const features::Window& next, std::int64_t last,
                         std::span<const Instance> instances, features::Column& values, LabelUse use,
                         std::vector<std::string>& warnings) {
  const std::size_t n_unknown =
      forget_the_unknown(instances, values, [&](std::int64_t cutoff) { return after(next, cutoff) <= last; });
  const bool is_expected = use == LabelUse::score && n_unknown == instances.size();  // new rows, as a rule
  if (n_unknown == 0 || is_expected) return;
  warnings.push_back(
      fmt::format("{}: '{}' is missing in {} of {} rows: their windows end after {}, the last time of all tables",
                  kOption, label.name, n_unknown, instances.size(), io::datetime_text(last)));
}

bool same_entry(const features::Column& a, const features::Column& b, std::size_t i) {
  return std::visit(
      [&]<class Values>(const Values& entries) {
        const auto* others = std::get_if<Values>(&b.values);
        if (others == nullptr) return false;
        if constexpr (std::is_same_v<Values, features::Column::Numbers>) return entries.exact(i) == others->exact(i);
        return entries[i] == (*others)[i];
      },
      a.values);
}

/// What is known at the cutoff time is no label of what comes: features would hold it.
void refuse_known(const LabelOptions& label, const features::Column& at_cutoff, const features::Column& in_the_end,
                  std::span<const Instance> instances, std::vector<std::string>& warnings) {
  std::size_t n = 0;
  std::size_t n_known = 0;
  for (std::size_t i = 0; i < instances.size(); ++i) {
    if (in_the_end.missing(i)) continue;
    ++n;
    if (!at_cutoff.missing(i) && same_entry(at_cutoff, in_the_end, i)) ++n_known;
  }
  if (2 * n_known < n || n_known == 0) {
    if (50 * n_known >= n && n_known > 0) {
      warnings.push_back(fmt::format("{}: '{}' is known at the cutoff time already in {} of {} rows", kOption,
                                     label.name, n_known, n));
    }
    return;
  }
  refuse(
      label,
      fmt::format("'{}' is known at the cutoff time already, in {} of {} rows: features would hold what is to be "
                  "learnt",
                  label.name, n_known, n),
      "give each row a cutoff time before it comes true (cutoff_time: {column: ...}), or let the label look forward: "
      "SUM(orders.amount, Next 30 days)");
}

/// The column's own secondary time must not come before the row's cutoff.
void refuse_known_column(const config::FeaturesOptions& options, const core::EntityData& data, core::TableId target,
                         std::span<const Instance> instances) {
  if (!is_known_later(options, data)) return;
  const std::string& time = secondary_of(data.entity_set().tables[target], options.label->column)->time_column;
  std::vector<core::RowId> rows;
  for (const Instance& each : instances) rows.push_back(each.row);
  const core::Column times = data.read(target, time, core::RowSet::of(rows));
  const auto& values = std::get<core::Column::Integers>(times.values);
  std::size_t n_known = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != core::kMissingTime && values[i] < instances[i].cutoff) ++n_known;
  }
  if (n_known == 0) return;
  refuse(*options.label,
         fmt::format("'{}' is known at the cutoff time already in {} of {} rows, whose '{}' is before it",
                     options.label->column, n_known, instances.size(), time),
         "choose cutoff times before it is known, or leave these rows out");
}

/// Whether the values meet the condition; missing ones do not say.
features::Column met(const LabelOptions& label, const core::EntitySet& set, const FeatureRef& feature,
                     const features::Column& values, features::Semantics semantics) {
  features::Where where{.feature = feature, .comparison = label.comparison, .value = label.value};
  if (feature->kind == FeatureKind::identity) {
    where.value = condition_value(set, feature->table, feature->column, label.value, kOption);
  }
  const std::vector<std::uint8_t> mask = features::meets(values, where, semantics);
  features::Column::Booleans flags(mask.begin(), mask.end());
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (values.missing(i)) flags[i] = features::Column::kMissingBoolean;
  }
  return {.values = std::move(flags), .dictionary = nullptr};
}

/// Whole numbers as they are, also beyond 2^53.
void store_whole(const features::Column::Numbers& numbers, core::Column& column) {
  column.type = core::ColumnType::integer;
  core::Column::Integers entries(numbers.size());
  std::vector<std::uint8_t> valid(numbers.size(), 1);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    valid[i] = std::isnan(numbers[i]) ? 0 : 1;
    if (valid[i] != 0) entries[i] = numbers.integer(i);
  }
  column.values = std::move(entries);
  if (std::find(valid.begin(), valid.end(), 0) != valid.end()) column.valid = std::move(valid);
}

/// The values as a column of a table. `exact`: as what they are stored where none may be rounded.
core::Column stored(const std::string& name, const features::Column& values, core::ColumnType exact) {
  core::Column column;
  column.name = name;
  const std::size_t n = values.size();
  const auto* numbers = std::get_if<features::Column::Numbers>(&values.values);
  if (numbers != nullptr && exact == core::ColumnType::integer) {
    store_whole(*numbers, column);
  } else if (numbers != nullptr) {
    column.type = core::ColumnType::real;
    column.values = core::Column::Reals(numbers->begin(), numbers->end());
  } else if (const auto* flags = std::get_if<features::Column::Booleans>(&values.values)) {
    column.type = core::ColumnType::boolean;
    core::Column::Booleans entries(n);
    std::vector<std::uint8_t> valid(n, 1);
    for (std::size_t i = 0; i < n; ++i) {
      valid[i] = values.missing(i) ? 0 : 1;
      entries[i] = valid[i] != 0 ? (*flags)[i] : 0;
    }
    column.values = std::move(entries);
    if (std::find(valid.begin(), valid.end(), 0) != valid.end()) column.valid = std::move(valid);
  } else {
    const auto& codes = std::get<features::Column::Codes>(values.values);
    column.type = core::ColumnType::categorical;
    column.values = core::Column::Codes(codes.begin(), codes.end());
    for (std::size_t code = 0; code < values.dictionary->size(); ++code) {
      column.categories.push_back(values.dictionary->label(static_cast<std::int32_t>(code)));
    }
  }
  return column;
}

/// Tells of whole numbers that doubles hold in part only: labels that differ may have become one.
void tell_rounded(const LabelOptions& label, const features::Feature& feature, const core::Column& column,
                  std::vector<std::string>& warnings) {
  const auto* values = std::get_if<core::Column::Reals>(&column.values);
  if (values == nullptr || !features::gives_whole_numbers(feature)) return;
  const auto n = std::count_if(values->begin(), values->end(),
                               [](double value) { return std::abs(value) >= features::kFirstRounded; });
  if (n == 0) return;
  warnings.push_back(
      fmt::format("{}: '{}' is written as doubles, which are rounded beyond 2^53; {} of {} rows have whole numbers "
                  "there",
                  kOption, label.name, n, values->size()));
}

/// Says whether the store has what the label is made of.
bool can_be_made(const config::FeaturesOptions& options, const core::EntitySet& set, core::TableId target) {
  try {
    (void)feature_of(options, set, target);
    return true;
  } catch (const core::UserError&) {
    return false;
  }
}

core::Column read_label_column(const LabelOptions& label, const core::EntityData& data, core::TableId target,
                               std::span<const Instance> instances) {
  std::vector<core::RowId> rows;
  for (const Instance& each : instances) rows.push_back(each.row);
  core::Column column =
      data.read(target, label.column, rows.empty() ? core::RowSet::range(0, 0) : core::RowSet::of(rows));
  if (column.type == core::ColumnType::categorical) column.categories = *data.categories(target, label.column);
  column.name = label.name;
  return column;
}

/// Says whether a feature of the target shows this row's own entry of a column, and nothing of other rows.
bool is_of_own_entry(const features::Feature& feature, const std::string& column) {
  if (feature.kind == FeatureKind::identity) return feature.column == column;
  const bool own_row =
      feature.kind == FeatureKind::output_slice ||
      (feature.kind == FeatureKind::transform && feature.primitive.primitive->scope == features::Scope::row);
  return own_row && std::any_of(feature.bases.begin(), feature.bases.end(),
                                [&](const FeatureRef& base) { return is_of_own_entry(*base, column); });
}

core::Column aggregated_label(const config::FeaturesOptions& options, const core::EntityData& data,
                              const features::EvaluationOptions& evaluation, std::span<const Instance> instances,
                              LabelUse use, std::vector<std::string>& warnings) {
  const LabelOptions& label = *options.label;
  const core::TableId target = data.entity_set().find(options.target);
  const FeatureRef feature = feature_of(options, data.entity_set(), target);
  features::Column values;
  if (label.next.empty()) {
    values = values_in_the_end(feature, data, evaluation, instances);
    if (feature->kind != FeatureKind::identity && use == LabelUse::learn) {
      refuse_known(label, values_at(feature, data, evaluation, instances), values, instances, warnings);
    } else if (feature->kind != FeatureKind::identity) {
      const std::int64_t last = last_time(data);
      (void)forget_the_unknown(instances, values, [last](std::int64_t cutoff) { return cutoff < last; });
    }
  } else {
    const features::Window next = features::read_window(label.next);
    values = values_looking_forward(feature, data, evaluation, instances, next);
    forget_open_windows(label, next, last_time(data), instances, values, use, warnings);
  }
  const bool is_value = std::holds_alternative<features::Column::Numbers>(values.values) ||
                        std::holds_alternative<features::Column::Booleans>(values.values) ||
                        std::holds_alternative<features::Column::Codes>(values.values);
  if (label.comparison.empty() && !is_value) {
    refuse(label, fmt::format("'{}' is neither a number nor a category, and no model learns it", feature->name));
  }
  if (!label.comparison.empty()) values = met(label, data.entity_set(), feature, values, evaluation.semantics);
  core::Column column = stored(label.name, values, features::exact_column(*feature));
  tell_rounded(label, *feature, column, warnings);
  return column;
}

}  // namespace

std::map<std::string, std::vector<std::string>> columns_hidden_by_label(const config::FeaturesOptions& options,
                                                                        const core::EntityData& data) {
  if (!options.label) return {};
  const core::EntitySet& set = data.entity_set();
  const core::TableId target = find_table(set, options.target, "features.target");
  if (options.label->column.empty()) {
    (void)feature_of(options, set, target);  // names are told before anything is made
    return {};
  }
  check_column_to_learn(*options.label, set, target);
  if (is_known_later(options, data)) return {};
  return {{options.target, {options.label->column}}};
}

void leave_out_own_label(const config::FeaturesOptions& options, const core::EntityData& data,
                         std::vector<FeatureRef>& made) {
  if (!options.label || options.label->column.empty() || !is_known_later(options, data)) return;
  std::erase_if(made, [&](const FeatureRef& each) { return is_of_own_entry(*each, options.label->column); });
}

std::optional<core::Column> label_of(const config::FeaturesOptions& options, const core::EntityData& data,
                                     const features::EvaluationOptions& evaluation, std::span<const Instance> instances,
                                     LabelUse use, std::vector<std::string>& warnings) {
  const LabelOptions& label = *options.label;
  const core::TableId target = data.entity_set().find(options.target);
  const bool is_bare_column = !label.column.empty() && label.comparison.empty();
  if (use == LabelUse::score && !can_be_made(options, data.entity_set(), target)) return std::nullopt;
  if (!label.column.empty() && use == LabelUse::learn) refuse_known_column(options, data, target, instances);
  core::Column column = is_bare_column ? read_label_column(label, data, target, instances)
                                       : aggregated_label(options, data, evaluation, instances, use, warnings);
  column.tags = {kLabelTag};
  if (use == LabelUse::score) return column;
  const std::size_t n_missing = column.n_missing();
  if (n_missing == column.size() && column.size() > 0) {
    refuse(label,
           fmt::format("'{}' has no value in any of {} rows: there is nothing to learn", label.name, column.size()));
  }
  return column;
}

}  // namespace gridmill::jobs
