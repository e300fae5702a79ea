#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "models/linear/samples.hpp"
#include "models/linear/weighted_rows.hpp"

namespace gridmill::models::linear {

/// The columns of a symmetric matrix of products, whole or made as they are asked for.
class GramColumns {
 public:
  virtual ~GramColumns() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual double diagonal(std::size_t j) const = 0;
  /// Returns `size` numbers, which stay where they are.
  [[nodiscard]] virtual const double* column(std::size_t j) const = 0;
};

/// A matrix that is there; it must outlive this.
class WholeGram final : public GramColumns {
 public:
  explicit WholeGram(const core::Matrix& gram) : gram_(gram) {}
  [[nodiscard]] std::size_t size() const override { return gram_.n_rows; }
  [[nodiscard]] double diagonal(std::size_t j) const override { return gram_(j, j); }
  [[nodiscard]] const double* column(std::size_t j) const override { return gram_.colptr(j); }

 private:
  const core::Matrix& gram_;
};

/// The Gram of training rows with many features, of which fits read few columns: each costs a pass over the rows, once.
/// Centred, if there is an intercept. `data` and what `samples` views must outlive it.
class FeatureGram final : public GramColumns {
 public:
  FeatureGram(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows, bool fit_intercept);

  [[nodiscard]] std::size_t size() const override { return diagonal_.n_elem; }
  [[nodiscard]] double diagonal(std::size_t j) const override { return diagonal_[j]; }
  [[nodiscard]] const double* column(std::size_t j) const override;
  [[nodiscard]] std::size_t bytes() const { return columns_.size() * diagonal_.n_elem * sizeof(double); }

  [[nodiscard]] const WeightedRows& known() const { return known_; }
  [[nodiscard]] const arma::vec& products() const { return products_; }
  [[nodiscard]] double target_squares() const { return target_squares_; }

 private:
  Samples samples_;
  std::vector<core::Index> rows_;
  WeightedRows known_;
  arma::vec diagonal_;
  arma::vec products_;  // of features and target
  double target_squares_ = 0;
  mutable std::map<std::size_t, arma::vec> columns_;
};

}  // namespace gridmill::models::linear
