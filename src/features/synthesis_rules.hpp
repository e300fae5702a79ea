#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/entity_set.hpp"
#include "features/synthesis.hpp"

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

/// The options of one primitive, those for all primitives worked in.
struct PrimitiveRule {
  Selection inputs;
  Selection groups;  // columns to group by

  [[nodiscard]] bool skips_table(const std::string& table) const;
  [[nodiscard]] bool skips_groups_of(const std::string& table) const;
};

/// The options of a synthesis with exceptions for single primitives worked in: what is included for one of them is not
/// ignored for all, as in Featuretools.
class SynthesisRules {
 public:
  /// Errors: UserError naming all tables, columns and primitives that do not exist (with hints), primitives with
  /// options twice, a target that is ignored.
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
