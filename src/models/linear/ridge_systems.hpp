#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "core/matrix.hpp"
#include "models/linear/fold_memory.hpp"
#include "models/linear/ridge_system.hpp"
#include "models/linear/shared_sums.hpp"

namespace gridmill::models::linear {

/// Chooses how training rows are solved for squared penalties, and keeps what their fits share. `sums` must outlive it.
class RidgeSystems {
 public:
  explicit RidgeSystems(SharedSums& sums) : sums_(sums) {}

  /// Returns the system of these rows of the samples that `sums` has taken; `alpha` says what accuracy is called for.
  std::shared_ptr<RidgeSystem> get(std::span<const core::Index> train, double alpha, bool fit_intercept);
  /// Says whether these are sparse samples of too many features for a Gram.
  [[nodiscard]] bool are_too_many(std::size_t n_rows) const;
  /// Lets go of what was made of the last samples.
  void forget() { systems_.forget(); }

 private:
  core::Matrix products(std::span<const core::Index> train, bool fit_intercept);

  SharedSums& sums_;
  FoldMemory<RidgeSystem> systems_;
  core::Matrix products_;  // of all pairs of the dataset's own samples
  core::Matrix centred_products_;
};

}  // namespace gridmill::models::linear
