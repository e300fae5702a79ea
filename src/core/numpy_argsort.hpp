#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gridmill::core {

/// Returns the order numpy.argsort(values) returns with its default, unstable kind: equal values come in the
/// order its introsort happens to leave them in, which decides which groups GroupKFold puts together.
///
/// Deterministic: depends on `values` only. Cost: O(n log n).
/// Source: numpy 1.24, npysort/quicksort.cpp and heapsort.cpp.
std::vector<std::size_t> numpy_argsort(std::span<const std::int64_t> values);
/// The same; NaN counts as the greatest.
std::vector<std::size_t> numpy_argsort(std::span<const double> values);

}  // namespace gridmill::core
