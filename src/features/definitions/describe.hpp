#pragma once

#include <string>

#include "core/entity_set.hpp"
#include "features/definitions/feature.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features {

/// Returns the reference text of a primitive, ending with a line feed: meaning, inputs, output, arguments with their
/// defaults, default value, stacking, what it needs, where it comes from.
std::string describe(const Primitive& primitive);

/// Returns one sentence: "The average of the sum of the "balance" of all rows of "balances" for each "bureau_id" in
/// "bureau" of all rows of "bureau" for each "applicant_id" in "applicants"." The words are near to those of
/// Featuretools' describe_feature.
std::string sentence_for(const core::EntitySet& set, const Feature& feature);

/// Returns what a feature is made of as a tree, one line a feature, ending with a line feed:
///
///   applicants: MEAN(bureau.SUM(balances.balance))  <- mean over the rows of bureau by applicant_id
///   └─ bureau: SUM(balances.balance)  <- sum over the rows of balances by bureau_id
///      └─ balances: balance  <- column, Double
std::string lineage_of(const core::EntitySet& set, const Feature& feature);

}  // namespace gridmill::features
