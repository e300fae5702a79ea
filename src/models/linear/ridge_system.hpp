#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "models/linear/samples.hpp"
#include "models/linear/weighted_rows.hpp"
#include "models/linear/weighted_sums.hpp"

namespace gridmill::models::linear {

/// Coefficients of a regression with a squared penalty.
struct RidgeSolution {
  arma::vec coefficients;
  double intercept = 0;
  std::size_t n_steps = 0;  // of conjugate gradients; 0: solved at once
  // What the equations are from being met at the end of those steps, as a share of where they began; NaN: none taken.
  double gap = std::numeric_limits<double>::quiet_NaN();
  // Sum of eigenvalue / (eigenvalue + alpha); NaN where no decomposition says it.
  double degrees_of_freedom = std::numeric_limits<double>::quiet_NaN();
};

/// Some training rows, made ready to be solved for any penalty `alpha`: least sum of weight x error^2 + alpha |w|^2,
/// the intercept free. Where alpha is 0 and many solutions are as good, that of the shortest w.
class RidgeSystem {
 public:
  virtual ~RidgeSystem() = default;
  [[nodiscard]] virtual RidgeSolution solve(double alpha) = 0;
  [[nodiscard]] virtual std::size_t bytes() const = 0;
};

/// The eigenvectors of a Gram: one decomposition for all penalties.
struct Spectrum {
  arma::vec values;  // ascending, none below 0
  core::Matrix vectors;

  explicit Spectrum(const core::Matrix& gram);
  /// Returns 1 / (value + alpha) of each; 0 where that has no meaning, as both are 0 but for rounding.
  [[nodiscard]] arma::vec inverse(double alpha) const;
};

/// Says whether eigenvectors of `gram` solve it with `alpha` as exactly as its factors do: features of very different
/// sizes lose what is small.
bool suits_spectrum(const core::Matrix& gram, double alpha);

/// Solves in as many dimensions as there are features.
class PrimalRidge final : public RidgeSystem {
 public:
  explicit PrimalRidge(NormalEquations equations) : equations_(std::move(equations)) {}
  [[nodiscard]] RidgeSolution solve(double alpha) override;
  [[nodiscard]] std::size_t bytes() const override { return 2 * equations_.gram.n_elem * sizeof(double); }

 private:
  NormalEquations equations_;
  std::optional<Spectrum> spectrum_;
  arma::vec rotated_;  // products, in the spectrum's directions
};

/// Solves in as many dimensions as there are rows: for more features than rows. `samples` and `data` must outlive it.
class DualRidge final : public RidgeSystem {
 public:
  /// Shapes: products_of_rows is n_rows x n_rows, of the rows less `shift`, whatever that is; empty: computed here.
  DualRidge(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows, bool fit_intercept,
            core::Matrix products_of_rows);
  [[nodiscard]] RidgeSolution solve(double alpha) override;
  [[nodiscard]] std::size_t bytes() const override { return spectrum_->vectors.n_elem * sizeof(double); }

 private:
  Samples samples_;
  std::vector<core::Index> rows_;
  arma::vec roots_;  // of the rows' weights
  arma::vec mean_;
  double target_mean_ = 0;
  std::optional<Spectrum> spectrum_;
  arma::vec rotated_;  // targets, in the spectrum's directions
};

/// Solves sparse rows of many features by conjugate gradients: neither a Gram nor the samples in full are ever there.
class SparseRidge final : public RidgeSystem {
 public:
  SparseRidge(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows, bool fit_intercept);
  [[nodiscard]] RidgeSolution solve(double alpha) override;
  [[nodiscard]] std::size_t bytes() const override { return 4 * products_.n_elem * sizeof(double); }

 private:
  /// Returns the Gram of the centred rows times a vector.
  [[nodiscard]] arma::vec gram_times(const arma::vec& v) const;

  Samples samples_;
  std::vector<core::Index> rows_;
  WeightedRows known_;
  arma::vec diagonal_;
  arma::vec products_;
};

/// Returns the products of all pairs of `rows`, each less `shift`: n_rows x n_rows. Cost: O(rows^2 x n_features).
core::Matrix products_of_rows(const Samples& samples, std::span<const core::Index> rows, const arma::vec& shift);

}  // namespace gridmill::models::linear
