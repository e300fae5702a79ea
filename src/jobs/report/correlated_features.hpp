#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "core/value.hpp"

namespace gridmill::jobs {

/// Returns how features go together: a mapping, or null where fewer than two of them can be compared.
///
///   features, compared, rows   how many there are, how many of them and of the rows were looked at
///   pairs                      the most correlated ones, strongest first: [name, name, correlation]
///   names, cells               of those features a picture: name, and correlations row by row; null: one does not vary
///   same                       how many pairs say the same: correlated by 0.999 or more, either way
///
/// Pearson's correlations of numbers and booleans over rows in which both are present. `matrix`: features.h5; what
/// cannot be read tells nothing. Of more than 400 features the first are compared, of more than 2,048 rows some, drawn
/// evenly, so that the cost is bounded. Deterministic.
core::Value correlations_content(const std::filesystem::path& matrix, std::span<const std::string> features);

}  // namespace gridmill::jobs
