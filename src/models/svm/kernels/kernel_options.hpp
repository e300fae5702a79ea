#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/matrix.hpp"
#include "core/option.hpp"
#include "core/sparse.hpp"
#include "core/value.hpp"
#include "models/svm/kernels/kernel.hpp"

namespace gridmill::models::svm {

enum class GammaRule { scale, auto_ };

/// A kernel as the user wrote it; gamma may depend on the training data.
struct KernelOptions {
  KernelKind kind = KernelKind::rbf;
  std::variant<GammaRule, double> gamma = GammaRule::scale;
  double coef0 = 0;
  int degree = 3;

  friend bool operator==(const KernelOptions&, const KernelOptions&) = default;

  /// Says whether gamma is learnt from the training samples, so that each fold has a kernel of its own.
  [[nodiscard]] bool depends_on_fold() const {
    return kind != KernelKind::linear && gamma == std::variant<GammaRule, double>(GammaRule::scale);
  }
  /// Returns the kernel for training samples `rows` of x: 'scale' is 1 / (n_features Var(x)) over all their entries
  /// (1 if they are all equal), 'auto' is 1 / n_features. Errors: models::FitError if the variance overflows.
  [[nodiscard]] Kernel resolve(const core::MatrixView& x, std::span<const core::Index> rows) const;
  /// The same for sparse samples; the variance is E[x^2] - E[x]^2 then, as in scikit-learn.
  [[nodiscard]] Kernel resolve(const core::SparseView& x, std::span<const core::Index> rows) const;

 private:
  [[nodiscard]] Kernel resolve(std::size_t n_features, const std::function<double()>& variance) const;
};

/// Returns the declarations common to svc and svr: C, kernel, gamma, degree, coef0, tol and max_iter.
const std::vector<core::OptionSpec>& common_options();

/// Reads the kernel's options; `options` declares them.
KernelOptions kernel_options(const core::Params& params, std::span<const core::OptionSpec> options);

/// Returns a text that is equal for candidates with the same kernel.
std::string kernel_key(const core::Params& params, std::span<const core::OptionSpec> options);

}  // namespace gridmill::models::svm
