#pragma once

#include <string>

#include "core/entity_set.hpp"
#include "features/feature.hpp"

namespace gridmill::features {

/// Returns what a relationship's parent (child) is called from the other side: the table, or "table[key]" if another
/// relationship links the same two tables.
std::string parent_name(const core::EntitySet& set, core::RelationshipId relationship);
std::string child_name(const core::EntitySet& set, core::RelationshipId relationship);

/// Returns the name that Featuretools generates for a feature whose other members are set.
std::string generated_name(const core::EntitySet& set, const Feature& feature);

/// Returns "channel = web", "amount > 5", "kind.isin(['a', 'b'])".
std::string where_text(const Where& where);

}  // namespace gridmill::features
