#pragma once

#include <cstddef>
#include <vector>

namespace gridmill::core {

/// Returns which of `n_rows` rows make a sample of `n`, ascending; all where there are no more.
///
/// Deterministic: those whose numbers hash least, so that a smaller sample is part of a greater one. Cost: O(n_rows).
std::vector<std::size_t> sampled_rows(std::size_t n_rows, std::size_t n);

}  // namespace gridmill::core
