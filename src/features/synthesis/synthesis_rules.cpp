#include "features/synthesis/synthesis_rules.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"

namespace gridmill::features {
namespace {

using NameList = std::vector<std::string>;
using NamesByTable = std::map<std::string, NameList>;

std::set<std::string> set_of(const NameList& names) { return {names.begin(), names.end()}; }

std::map<std::string, std::set<std::string>> sets_of(const NamesByTable& names) {
  std::map<std::string, std::set<std::string>> sets;
  for (const auto& [table, columns] : names) sets[table] = set_of(columns);
  return sets;
}

/// Collects names that do not exist, each with where it was written.
class NameChecker {
 public:
  explicit NameChecker(const core::EntitySet& set) : set_(set) {
    for (const core::EntityTable& each : set.tables) tables_.push_back(each.name);
  }

  void table(const std::string& where, const std::string& name) {
    if (set_.find(name) == set_.tables.size()) {
      problem(fmt::format("{}: there is no table '{}'", where, name), core::hint_for(name, tables_));
    }
  }
  void tables(const std::string& where, const NameList& names) {
    for (const std::string& each : names) table(where, each);
  }
  void column(const std::string& where, const std::string& table_name, const std::string& name) {
    const core::TableId id = set_.find(table_name);
    if (id == set_.tables.size() || set_.tables[id].find(name) != nullptr) return;
    NameList known;
    for (const core::EntityColumn& each : set_.tables[id].columns) known.push_back(each.name);
    problem(fmt::format("{}: table '{}' has no column '{}'", where, table_name, name), core::hint_for(name, known));
  }
  void columns(const std::string& where, const NamesByTable& names) {
    for (const auto& [table_name, column_names] : names) {
      table(where, table_name);
      for (const std::string& each : column_names) column(where, table_name, each);
    }
  }
  void problem(std::string what, std::string hint = {}) {
    problems_.push_back({.where = {}, .what = std::move(what), .hint = std::move(hint)});
  }
  void throw_if_any() {
    if (!problems_.empty()) throw core::UserError(std::move(problems_));
  }

 private:
  const core::EntitySet& set_;
  NameList tables_;
  std::vector<core::Problem> problems_;
};

bool is_primitive(const std::string& name) {
  return find_primitive(PrimitiveKind::aggregation, name) != nullptr ||
         find_primitive(PrimitiveKind::transform, name) != nullptr;
}

const Primitive* find_any(const std::string& name) {
  const Primitive* primitive = find_primitive(PrimitiveKind::aggregation, name);
  return primitive == nullptr ? find_primitive(PrimitiveKind::transform, name) : primitive;
}

/// As in Featuretools, the first of a primitive's alternatives counts.
void check_number_of_inputs(const std::string& where, const PrimitiveOptions& options, const Primitive& primitive,
                            NameChecker& checker) {
  const std::size_t n_inputs = primitive.inputs.front().size();
  if (options.inputs.empty() || options.inputs.size() == n_inputs) return;
  checker.problem(fmt::format("{}: {} takes {} input{}, and there are options for {}", where, primitive.name, n_inputs,
                              n_inputs == 1 ? "" : "s", options.inputs.size()),
                  "inputs has one entry for each input; {} leaves one as it is");
}

void check_names(const std::string& where, const PrimitiveOptions& options, NameChecker& checker) {
  checker.tables(where, options.include_tables);
  checker.tables(where, options.ignore_tables);
  checker.tables(where, options.include_group_by_tables);
  checker.tables(where, options.ignore_group_by_tables);
  checker.columns(where, options.include_columns);
  checker.columns(where, options.ignore_columns);
  checker.columns(where, options.include_group_by_columns);
  checker.columns(where, options.ignore_group_by_columns);
}

void check_primitive_options(const std::vector<PrimitiveOptions>& all, NameChecker& checker) {
  std::set<std::string> seen;
  for (const PrimitiveOptions& options : all) {
    const std::string where = fmt::format("primitive_options of {}", fmt::join(options.primitives, ", "));
    for (const std::string& name : options.primitives) {
      if (!is_primitive(name)) {
        NameList known;
        for (const Primitive& each : all_primitives()) known.push_back(each.name);
        checker.problem(fmt::format("{}: unknown primitive '{}'", where, name), core::hint_for(name, known));
        continue;
      }
      check_number_of_inputs(where, options, *find_any(name), checker);
      if (!seen.insert(declared_name(name)).second) {
        checker.problem(fmt::format("{}: '{}' has options already", where, name), "give it one set of options");
      }
    }
    check_names(where, options, checker);
    for (const PrimitiveOptions& input : options.inputs) check_names(where, input, checker);
  }
}

void check(const core::EntitySet& set, const SynthesisOptions& options) {
  NameChecker checker(set);
  checker.tables("ignore_tables", options.ignore_tables);
  const std::string& target = set.tables[options.target].name;
  if (std::find(options.ignore_tables.begin(), options.ignore_tables.end(), target) != options.ignore_tables.end()) {
    checker.problem(fmt::format("ignore_tables: '{}' is the target", target));
  }
  checker.columns("ignore_columns", options.ignore_columns);
  for (const NameList& path : options.allowed_paths) checker.tables("allowed_paths", path);
  for (const auto& [table, columns] : options.interesting_values) {
    checker.table("interesting values", table);
    for (const auto& entry : columns) checker.column("interesting values", table, entry.first);
  }
  check_primitive_options(options.primitive_options, checker);
  checker.throw_if_any();
}

/// Walks what a feature is made of in the order of Featuretools, whose rule stops at the first feature that decides:
/// its inputs, then what each of these is made of.
class Admission {
 public:
  Admission(const core::EntitySet& set, const Selection& selection) : set_(set), selection_(selection) {}

  bool admits(const Feature& feature) {
    below(feature);
    if (!verdict_) look_at(feature);
    return verdict_.value_or(true);
  }

 private:
  void below(const Feature& feature) {
    for (const FeatureRef& each : feature.bases) look_at(*each);
    if (feature.group_by) look_at(*feature.group_by);
    if (feature.where) look_at_table(feature.bases.front()->table);
    for (const FeatureRef& each : feature.bases) below(*each);
    if (feature.group_by) below(*feature.group_by);
    if (feature.where) {
      look_at(*feature.where->feature);
      below(*feature.where->feature);
    }
  }

  void look_at(const Feature& feature) {
    if (verdict_) return;
    const std::string& table = set_.tables[feature.table].name;
    if (feature.kind == FeatureKind::identity) {
      if (const auto found = selection_.include_columns.find(table); found != selection_.include_columns.end()) {
        if (!found->second.contains(feature.column)) verdict_ = false;
        return;
      }
      const auto ignored = selection_.ignore_columns.find(table);
      if (ignored != selection_.ignore_columns.end() && ignored->second.contains(feature.column)) verdict_ = false;
    }
    if (!verdict_) look_at_table(feature.table);
  }

  void look_at_table(core::TableId id) {
    if (verdict_) return;
    const std::string& table = set_.tables[id].name;
    if (!selection_.include_tables.empty()) {
      verdict_ = selection_.include_tables.contains(table);
    } else if (selection_.ignore_tables.contains(table)) {
      verdict_ = false;
    }
  }

  const core::EntitySet& set_;
  const Selection& selection_;
  std::optional<bool> verdict_;
};

}  // namespace

bool Selection::admits(const core::EntitySet& set, const Feature& feature) const {
  if (include_tables.empty() && ignore_tables.empty() && include_columns.empty() && ignore_columns.empty()) return true;
  return Admission(set, *this).admits(feature);
}

namespace {

bool skips(const Selection& inputs, const std::string& table) {
  if (inputs.include_columns.contains(table)) return false;
  if (!inputs.include_tables.empty()) return !inputs.include_tables.contains(table);
  return inputs.ignore_tables.contains(table);
}

bool skips_groups(const InputRule& rule, const std::string& table) {
  const Selection& groups = rule.groups;
  if (!groups.include_columns.contains(table)) {
    if (!groups.include_tables.empty()) {
      if (!groups.include_tables.contains(table)) return true;
    } else if (groups.ignore_tables.contains(table)) {
      return true;
    }
  }
  return skips(rule.inputs, table);
}

InputRule rule_from(const PrimitiveOptions& options) {
  return {.inputs = {.include_tables = set_of(options.include_tables),
                     .ignore_tables = set_of(options.ignore_tables),
                     .include_columns = sets_of(options.include_columns),
                     .ignore_columns = sets_of(options.ignore_columns)},
          .groups = {.include_tables = set_of(options.include_group_by_tables),
                     .ignore_tables = set_of(options.ignore_group_by_tables),
                     .include_columns = sets_of(options.include_group_by_columns),
                     .ignore_columns = sets_of(options.ignore_group_by_columns)}};
}

/// Adds what is ignored for all primitives, where a primitive does not ask for it.
void add_common(const Selection& common, const std::set<std::string>& included, Selection& inputs) {
  for (const std::string& table : common.ignore_tables) {
    if (!included.contains(table)) inputs.ignore_tables.insert(table);
  }
  for (const auto& [table, columns] : common.ignore_columns) {
    if (inputs.ignore_columns.contains(table) || !included.contains(table)) {
      inputs.ignore_columns[table].insert(columns.begin(), columns.end());
    }
  }
}

}  // namespace

std::string declared_name(const std::string& name) {
  const Primitive* primitive = find_any(name);
  return primitive == nullptr ? name : primitive->name;
}

bool PrimitiveRule::names_groups_of(const std::string& table) const {
  return std::any_of(inputs.begin(), inputs.end(),
                     [&](const InputRule& each) { return each.groups.include_columns.contains(table); });
}

bool PrimitiveRule::skips_table(const std::string& table) const {
  return std::any_of(inputs.begin(), inputs.end(), [&](const InputRule& each) { return skips(each.inputs, table); });
}

bool PrimitiveRule::skips_groups_of(const std::string& table) const {
  return std::any_of(inputs.begin(), inputs.end(), [&](const InputRule& each) { return skips_groups(each, table); });
}

SynthesisRules::SynthesisRules(const core::EntitySet& set, const SynthesisOptions& options,
                               const std::set<std::string>& primitives)
    : ignore_tables_(set_of(options.ignore_tables)), ignore_columns_(sets_of(options.ignore_columns)) {
  check(set, options);
  Selection& common = common_.inputs.front().inputs;
  common.ignore_tables = ignore_tables_;
  common.ignore_columns = ignore_columns_;
  for (const PrimitiveOptions& each : options.primitive_options) add(each, primitives);
}

void SynthesisRules::add(const PrimitiveOptions& options, const std::set<std::string>& primitives) {
  PrimitiveRule rule{.inputs = {rule_from(options)}};
  if (!options.inputs.empty()) {
    rule.inputs.clear();
    for (const PrimitiveOptions& input : options.inputs) rule.inputs.push_back(rule_from(input));
  }
  std::set<std::string> included;
  for (const InputRule& each : rule.inputs) {
    included.insert(each.inputs.include_tables.begin(), each.inputs.include_tables.end());
    for (const auto& entry : each.inputs.include_columns) included.insert(entry.first);
  }
  for (InputRule& each : rule.inputs) add_common(common_.all_inputs(), included, each.inputs);
  for (const std::string& name : options.primitives) {
    const std::string declared = declared_name(name);
    if (!primitives.contains(declared)) continue;
    by_name_[declared] = rule;
    for (const std::string& table : included) ignore_tables_.erase(table);
    for (const InputRule& each : rule.inputs) {
      for (const auto& [table, columns] : each.inputs.include_columns) {
        for (const std::string& column : columns) ignore_columns_[table].erase(column);
      }
    }
  }
}

bool SynthesisRules::ignores(const std::string& table, const std::string& column) const {
  const auto found = ignore_columns_.find(table);
  return found != ignore_columns_.end() && found->second.contains(column);
}

const PrimitiveRule& SynthesisRules::rule_of(const Primitive& primitive) const {
  const auto found = by_name_.find(primitive.name);
  return found == by_name_.end() ? common_ : found->second;
}

}  // namespace gridmill::features
