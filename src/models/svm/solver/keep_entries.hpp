#pragma once

#include <cstddef>
#include <span>

#include "models/svm/solver/smo_passes.hpp"

namespace gridmill::models::svm {

/// Copies the entries of `row` whose slots are `kept` to `out`, in order, and returns how many.
/// `out` needs room for 16 more.
std::size_t keep_entries(const float* row, std::span<const Window> windows, const Bits& kept, float* out);

}  // namespace gridmill::models::svm
