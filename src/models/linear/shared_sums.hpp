#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "core/prepared_samples.hpp"
#include "models/linear/samples.hpp"
#include "models/linear/weighted_sums.hpp"

namespace gridmill::models::linear {

/// Makes the normal equations of training rows. Those of the dataset's own samples are the sums over all of them less
/// those over the rows left out, where that costs less and loses no accuracy.
class SharedSums {
 public:
  explicit SharedSums(const core::Dataset& data);

  /// Takes the samples of the fits to come; says whether they are others than before.
  bool take(const core::PreparedSamples& prepared);
  /// Lets go of the samples and what was made of them.
  void forget();

  [[nodiscard]] const core::Dataset& data() const { return data_; }
  [[nodiscard]] Samples samples() const { return {data_, prepared_}; }
  [[nodiscard]] bool are_own() const { return prepared_.are_own(); }

  enum class Rounding {
    small,  // a difference of sums will do
    least,  // sums over the rows themselves
  };
  /// Returns what a penalty of that size on squares calls for: a small one shows what rounding left of a difference.
  [[nodiscard]] Rounding rounding_for(std::span<const core::Index> train, double penalty, bool fit_intercept);
  /// Errors: FitError if all rows have weight 0, or if sums overflow.
  [[nodiscard]] NormalEquations equations(std::span<const core::Index> train, bool fit_intercept, Rounding rounding);
  /// Returns those of all samples, which are the dataset's own.
  [[nodiscard]] const NormalEquations& whole_equations(bool fit_intercept);

 private:
  struct Whole {
    Shift shift;
    WeightedSums sums;
    NormalEquations equations;
  };
  const Whole& whole(bool fit_intercept);
  [[nodiscard]] std::optional<NormalEquations> difference(std::span<const core::Index> train, bool fit_intercept);

  const core::Dataset& data_;
  core::PreparedSamples prepared_;
  std::vector<core::Index> all_rows_;
  std::array<std::unique_ptr<Whole>, 2> whole_;  // without and with an intercept; of the dataset's own samples
};

}  // namespace gridmill::models::linear
