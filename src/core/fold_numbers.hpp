#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "core/numpy_random.hpp"

namespace gridmill::core {

/// Returns which of `n_folds` folds each sample belongs to, as scikit-learn's KFold deals them. `shuffler` null: blocks
/// in data order.
std::vector<Index> k_fold_numbers(std::size_t n_samples, std::size_t n_folds, NumpyRandom* shuffler);

/// The same as its StratifiedKFold. `class_of`: in [0, n_classes). `shuffler` null: blocks of each class in data order.
std::vector<Index> stratified_fold_numbers(std::span<const std::size_t> class_of, std::size_t n_classes,
                                           std::size_t n_folds, NumpyRandom* shuffler);

}  // namespace gridmill::core
