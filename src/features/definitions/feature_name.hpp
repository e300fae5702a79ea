#pragma once

#include <string>
#include <vector>

#include "core/entity_set.hpp"
#include "features/definitions/feature.hpp"

namespace gridmill::features {

/// Says whether another relationship links the same two tables.
bool has_twin(const core::EntitySet& set, const core::Relationship& relationship);

/// Returns what a relationship's parent (child) is called from the other side: the table, or "table[key]" if another
/// relationship links the same two tables.
std::string parent_name(const core::EntitySet& set, core::RelationshipId relationship);
std::string child_name(const core::EntitySet& set, core::RelationshipId relationship);

/// Returns the name that Featuretools generates for a feature whose other members are set.
std::string generated_name(const core::EntitySet& set, const Feature& feature);

/// Returns what a feature means or a primitive takes, for messages: "Categorical category", "numeric", "any column".
std::string type_text(const ValueType& type);
/// Returns "(numeric, Datetime time_index)".
std::string type_text(const std::vector<InputSlot>& slots);

/// Returns "channel = web", "amount > 5", "kind.isin(['a', 'b'])".
std::string where_text(const Where& where);

}  // namespace gridmill::features
