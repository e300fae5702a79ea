#pragma once

#include <span>
#include <string_view>

namespace gridmill::models::svm {

enum class KernelKind { linear, poly, rbf, sigmoid };

/// A kernel with its numbers resolved ('scale' and 'auto' have become a gamma).
///
/// linear x.z · poly (gamma x.z + coef0)^degree · rbf exp(-gamma |x-z|^2) · sigmoid tanh(gamma x.z + coef0)
struct Kernel {
  KernelKind kind = KernelKind::rbf;
  double gamma = 1;  // >= 0; not used by linear
  double coef0 = 0;  // poly, sigmoid
  int degree = 3;    // poly; >= 0

  friend bool operator==(const Kernel&, const Kernel&) = default;
};

/// Returns the kernel of two samples from their dot product (rbf: from their squared distance), in double.
double of_product(const Kernel& kernel, double product);

/// Returns the kernel of two samples, in double; rbf sums squared differences as libsvm does when it predicts.
double evaluate(const Kernel& kernel, std::span<const double> x, std::span<const double> z);

/// Returns "linear", "poly", "rbf" or "sigmoid".
std::string_view name_of(KernelKind kind);
/// Returns the kind called `name`, which is one of those four.
KernelKind kernel_kind(std::string_view name);

}  // namespace gridmill::models::svm
