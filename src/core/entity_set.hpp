#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/logical_type.hpp"

namespace gridmill::core {

/// A column of an entity set: what it means, not what it holds.
struct EntityColumn {
  std::string name;
  LogicalType type = LogicalType::real;
  Tags tags;  // complete: standard_tags(type) but for the index, plus index, time_index, foreign_key, the user's
  std::string time_format = {};  // how times were written in the source (see io/time_writing.hpp); empty: found out

  friend bool operator==(const EntityColumn&, const EntityColumn&) = default;
};

/// Columns that become known only later than their row: missing until the time in `time_column`.
struct SecondaryTime {
  std::string time_column;
  std::vector<std::string> columns;

  friend bool operator==(const SecondaryTime&, const SecondaryTime&) = default;
};

/// One table of an entity set.
///
/// Its rows have a *table order*: by (time index, index), missing times last; without a time index the order of the
/// source. Order-dependent features use it.
struct EntityTable {
  std::string name;
  std::vector<EntityColumn> columns;  // in the order of the source
  std::string index;                  // column with one distinct value a row
  std::string time_index;             // empty: none
  std::vector<SecondaryTime> secondary_times;
  std::size_t n_rows = 0;

  [[nodiscard]] const EntityColumn* find(std::string_view column) const {
    for (const EntityColumn& each : columns) {
      if (each.name == column) return &each;
    }
    return nullptr;
  }
  friend bool operator==(const EntityTable&, const EntityTable&) = default;
};

using TableId = std::size_t;         // index into EntitySet::tables
using RelationshipId = std::size_t;  // index into EntitySet::relationships

/// Each row of `child` belongs to the row of `parent` whose index equals its key, or to none (missing or unknown key).
struct Relationship {
  TableId parent = 0;
  TableId child = 0;
  std::string parent_column;  // the parent's index
  std::string child_column;   // the key; carries the tag foreign_key

  friend bool operator==(const Relationship&, const Relationship&) = default;
};

/// Tables and how they belong together, in the order in which the user named them: that order decides the order of
/// features. Checked when it is made (`io` reads and writes it in a store): names exist, parents' keys are unique, no
/// circles.
struct EntitySet {
  std::vector<EntityTable> tables;
  std::vector<Relationship> relationships;

  /// Returns the table called `name`, or tables.size().
  [[nodiscard]] TableId find(std::string_view name) const {
    TableId id = 0;
    while (id < tables.size() && tables[id].name != name) ++id;
    return id;
  }
  /// Says whether children raise the last time of their parents by this relationship: where several lead from one table
  /// to the same parent table, by the last of them only. Source: Featuretools 1.28 add_last_time_indexes.
  [[nodiscard]] bool raises_last_times(RelationshipId id) const {
    for (RelationshipId later = id + 1; later < relationships.size(); ++later) {
      const Relationship& other = relationships[later];
      if (other.parent == relationships[id].parent && other.child == relationships[id].child) return false;
    }
    return true;
  }
  friend bool operator==(const EntitySet&, const EntitySet&) = default;
};

}  // namespace gridmill::core
