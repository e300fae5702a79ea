#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/entity_set.hpp"
#include "core/value.hpp"
#include "features/definitions/primitive.hpp"
#include "features/definitions/value_type.hpp"

namespace gridmill::features {

struct Feature;
using FeatureRef = std::shared_ptr<const Feature>;

enum class FeatureKind { identity, direct, aggregation, transform, group_by_transform, output_slice };
std::string_view name_of(FeatureKind kind);

/// A length of time, or a number of rows.
struct Window {
  enum class Unit { milliseconds, seconds, minutes, hours, days, weeks, months, years, observations };

  std::int64_t amount = 0;
  Unit unit = Unit::days;

  /// Returns "2 Days", "3 Observations", as names of features print it.
  [[nodiscard]] std::string text() const;
  /// Returns `time` less this window [ns]; months and years by the calendar (the day is cut to the month's last). Not
  /// for observations.
  [[nodiscard]] std::int64_t before(std::int64_t time) const;
  friend bool operator==(const Window&, const Window&) = default;
};

/// Reads "2 days", "36 hours", "6h", "3 observations". Errors: UserError saying what it takes.
Window read_window(const std::string& text);

/// Only rows in which a feature of the child table compares so count.
struct Where {
  FeatureRef feature;
  std::string comparison;  // "==", "!=", "<", "<=", ">", ">=", "isin"
  core::Value value;       // a list for isin

  friend bool operator==(const Where&, const Where&) = default;
};

/// The definition of one feature: a node of a graph whose leaves are columns. Immutable; made by the functions below.
struct Feature {
  FeatureKind kind = FeatureKind::identity;
  core::TableId table = 0;  // whose rows it has values for
  std::string name;
  ValueType type;
  core::Value default_value;  // of missing results; null: missing
  std::size_t depth = 0;      // identity 0, else 1 + the greatest of all it depends on
  std::size_t n_outputs = 1;

  std::string column;             // identity
  PrimitiveUse primitive;         // aggregation, transform, group_by_transform
  std::vector<FeatureRef> bases;  // inputs; direct and output_slice: one
  std::vector<core::RelationshipId>
      path;                            // aggregation: from `table` down to the bases' table; direct: the way up, one
  FeatureRef group_by;                 // group_by_transform
  std::optional<Where> where;          // aggregation
  std::optional<Window> use_previous;  // aggregation
  std::size_t output = 0;              // output_slice: which
};

/// Make features; names, types, defaults and depths follow Featuretools.
FeatureRef make_identity(const core::EntitySet& set, core::TableId table, const std::string& column);
FeatureRef make_direct(const core::EntitySet& set, FeatureRef base, core::RelationshipId relationship);
FeatureRef make_aggregation(const core::EntitySet& set, PrimitiveUse primitive, std::vector<FeatureRef> bases,
                            std::vector<core::RelationshipId> path, std::optional<Where> where = {},
                            std::optional<Window> use_previous = {});
FeatureRef make_transform(const core::EntitySet& set, PrimitiveUse primitive, std::vector<FeatureRef> bases);
FeatureRef make_group_by_transform(const core::EntitySet& set, PrimitiveUse primitive, std::vector<FeatureRef> bases,
                                   FeatureRef group_by);
FeatureRef make_output_slice(FeatureRef base, std::size_t output);
/// Returns the same feature under another name.
FeatureRef renamed(const Feature& feature, std::string name);

/// Returns the names of a feature's columns: its own, or NAME[0], NAME[1], ... for several outputs.
std::vector<std::string> column_names(const Feature& feature);

}  // namespace gridmill::features
