#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "models/svm/kernels/kernel_rows.hpp"
#include "models/svm/machines/one_vs_one.hpp"

namespace gridmill::models::svm {

/// Returns for each of `positions` the class of the machine, counted from 0, that most pairs vote for, the lowest of
/// several; nothing where rounding the kernel to float32 may have decided a vote.
///
/// Reads the float32 kernel matrix, many samples at a time. `support`: positions of the machine's support vectors.
/// Deterministic. Cost: O(rows of the matrix x samples x share of the coefficients that are not 0).
std::vector<std::optional<std::size_t>> count_votes(const OneVsOne& machine, std::span<const core::Index> support,
                                                    KernelRows& rows, std::span<const core::Index> positions);

}  // namespace gridmill::models::svm
