#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "core/numpy_random.hpp"

namespace gridmill::search {

/// Which fold tests each sample, for kinds whose folds partition the samples: entries in [0, n_folds).
using FoldOf = std::vector<core::Index>;

/// How many samples there are of each class that occurs; names for messages.
struct ClassCounts {
  explicit ClassCounts(const core::Dataset& data);

  std::vector<std::size_t> code_of;  // n_samples: position in `count`; classes by code, absent ones left out
  std::vector<std::size_t> count;
  std::vector<std::string> name;

  /// Errors: UserError if every class has fewer than n_folds samples (names the largest).
  /// Returns a warning if the smallest has, or "".
  [[nodiscard]] std::string check(std::size_t n_folds) const;
};

/// KFold. `shuffler` null: blocks in data order.
FoldOf assign_k_fold(std::size_t n_samples, std::size_t n_folds, core::NumpyRandom* shuffler);

/// StratifiedKFold. `shuffler` null: blocks of each class in data order.
FoldOf assign_stratified(const ClassCounts& classes, std::size_t n_folds, core::NumpyRandom* shuffler);

/// GroupKFold. Errors: UserError if there are fewer groups than folds.
FoldOf assign_groups(std::span<const std::int64_t> group, std::size_t n_folds);

/// StratifiedGroupKFold. `shuffler` null: groups by decreasing spread of their class counts.
/// Errors: UserError if there are fewer groups than folds, as later versions than 1.2.1 do.
FoldOf assign_stratified_groups(const ClassCounts& classes, std::span<const std::int64_t> group, std::size_t n_folds,
                                core::NumpyRandom* shuffler);

}  // namespace gridmill::search
