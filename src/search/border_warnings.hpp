#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/option.hpp"
#include "core/value.hpp"

namespace gridmill::search {

/// Returns, for each numeric axis with at least three values whose best value is its least or greatest, one
/// sentence ("best C = 10000.0 lies on the border of the grid; try larger values"). Only candidates of the same model
/// with the same parameters as the best one count: those of its own grid. For a grid; draws from a distribution have no
/// border.
/// `options`: of the best one's model. Nothing is said of a value that its option's range does not let go further, nor
/// of a seed.
std::vector<std::string> border_warnings(std::span<const core::Params> candidates, const core::Params& best,
                                         std::span<const core::OptionSpec> options);

}  // namespace gridmill::search
