#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "models/linear/samples.hpp"

namespace gridmill::models::linear {

/// The logistic loss of some training rows: the sum of weight x -log(probability of the row's class).
///
/// For two classes one linear function, the log odds of the second; for more one of each class, and the probabilities
/// are their softmax. Coefficients come as n_coefficients x n_functions, with the intercept, if there is one, in the
/// last row. `samples` must stay valid.
class LogisticLoss {
 public:
  struct Rows {
    std::vector<core::Index> samples;
    std::vector<std::size_t> classes;  // of each row, counted from 0
    std::vector<double> weights;
    std::size_t n_classes = 2;
  };
  LogisticLoss(const Samples& samples, Rows rows, bool fit_intercept);

  [[nodiscard]] std::size_t n_functions() const { return rows_.n_classes == 2 ? 1 : rows_.n_classes; }
  [[nodiscard]] std::size_t n_coefficients() const { return samples_.n_features() + (fit_intercept_ ? 1 : 0); }
  [[nodiscard]] std::size_t n_features() const { return samples_.n_features(); }
  [[nodiscard]] std::size_t n_rows() const { return rows_.samples.size(); }
  [[nodiscard]] bool is_sparse() const { return samples_.is_sparse(); }
  /// Returns the intercepts at 0 that belong to coefficients; 0 without intercept.
  [[nodiscard]] arma::vec intercepts(const core::Matrix& coefficients) const;
  /// Returns the loss where all coefficients are 0.
  [[nodiscard]] double at_zero() const;

  /// Returns the functions at all rows: n_functions x n_rows.
  [[nodiscard]] core::Matrix margins(const core::Matrix& coefficients) const;
  [[nodiscard]] double value(const core::Matrix& margins) const;
  /// Returns the probabilities of the second class, or of each: n_functions x n_rows.
  [[nodiscard]] core::Matrix probabilities(const core::Matrix& margins) const;
  /// Returns n_coefficients x n_functions.
  [[nodiscard]] core::Matrix gradient(const core::Matrix& probabilities) const;
  /// Returns the second derivatives by the coefficients at `places`, ascending, counted through the columns of
  /// functions.
  [[nodiscard]] core::Matrix hessian(const core::Matrix& probabilities, std::span<const std::size_t> places) const;
  /// Returns the Hessian times a direction, both n_coefficients x n_functions, without the Hessian.
  [[nodiscard]] core::Matrix hessian_times(const core::Matrix& probabilities, const core::Matrix& direction) const;
  /// Returns the diagonal of the Hessian: n_coefficients x n_functions.
  [[nodiscard]] core::Matrix hessian_diagonal(const core::Matrix& probabilities) const;

 private:
  [[nodiscard]] core::Matrix sum_of_rows(const core::Matrix& factors) const;
  void add_dense(const core::Matrix& probabilities, const std::vector<std::size_t>& features, core::Matrix& out) const;
  void add_sparse(const core::Matrix& probabilities, const std::vector<std::size_t>& features, core::Matrix& out) const;

  Samples samples_;
  Rows rows_;
  bool fit_intercept_;
  arma::vec mean_;  // of samples in full, if there is an intercept; else 0
};

}  // namespace gridmill::models::linear
