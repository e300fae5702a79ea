#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/entity_set.hpp"
#include "features/synthesis/synthesis.hpp"

namespace gridmill::features {

/// Which tables and columns one primitive may use. An empty set includes (ignores) nothing in particular; a table that
/// is a key of a map is in it even without columns.
struct Selection {
  std::set<std::string> include_tables;
  std::set<std::string> ignore_tables;
  std::map<std::string, std::set<std::string>> include_columns;
  std::map<std::string, std::set<std::string>> ignore_columns;

  /// Says whether a feature may be used, by the columns it comes from in the end.
  [[nodiscard]] bool admits(const core::EntitySet& set, const Feature& feature) const;
};

/// What may be given to one input of a primitive, and what a group-by transform of it may group by.
struct InputRule {
  Selection inputs;
  Selection groups;
};

/// The options of one primitive, those for all primitives worked in.
struct PrimitiveRule {
  std::vector<InputRule> inputs{1};  // one for all inputs, or one for each

  [[nodiscard]] bool is_by_input() const { return inputs.size() > 1; }
  /// What all inputs may be. Called when it is not by input.
  [[nodiscard]] const Selection& all_inputs() const { return inputs.front().inputs; }
  /// What may be grouped by. As in Featuretools, the first input decides.
  [[nodiscard]] const Selection& groups() const { return inputs.front().groups; }
  /// Says whether columns of the table to group by are named.
  [[nodiscard]] bool names_groups_of(const std::string& table) const;

  /// One input that may not be of a table is enough.
  [[nodiscard]] bool skips_table(const std::string& table) const;
  [[nodiscard]] bool skips_groups_of(const std::string& table) const;
};

/// Returns the name of a primitive as it is declared: options may write it in other letters.
std::string declared_name(const std::string& name);

/// The options of a synthesis with exceptions for single primitives worked in: what is included for one of them is not
/// ignored for all, as in Featuretools.
class SynthesisRules {
 public:
  /// Errors: UserError naming all tables, columns and primitives that do not exist (with hints), primitives with
  /// options twice or with another number of options than of inputs, a target that is ignored.
  SynthesisRules(const core::EntitySet& set, const SynthesisOptions& options, const std::set<std::string>& primitives);

  [[nodiscard]] bool ignores(const std::string& table) const { return ignore_tables_.contains(table); }
  [[nodiscard]] bool ignores(const std::string& table, const std::string& column) const;
  [[nodiscard]] const PrimitiveRule& rule_of(const Primitive& primitive) const;

 private:
  void add(const PrimitiveOptions& options, const std::set<std::string>& primitives);

  std::set<std::string> ignore_tables_;
  std::map<std::string, std::set<std::string>> ignore_columns_;
  PrimitiveRule common_;                          // of primitives without options
  std::map<std::string, PrimitiveRule> by_name_;  // name of primitive -> its rule
};

}  // namespace gridmill::features
