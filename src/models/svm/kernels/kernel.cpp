#include "models/svm/kernels/kernel.hpp"

#include <array>
#include <cmath>
#include <cstddef>

#include "core/error.hpp"

namespace gridmill::models::svm {

namespace {

constexpr std::array<std::string_view, 4> kNames{"linear", "poly", "rbf", "sigmoid"};

/// Multiplies in libsvm's order; std::pow rounds differently.
double power(double base, int exponent) {
  double result = 1.0;
  for (int rest = exponent; rest > 0; rest /= 2) {
    if (rest % 2 == 1) result *= base;
    base *= base;
  }
  return result;
}

double dot(std::span<const double> x, std::span<const double> z) {
  double sum = 0;
  for (std::size_t f = 0; f < x.size(); ++f) sum += x[f] * z[f];
  return sum;
}

double squared_distance(std::span<const double> x, std::span<const double> z) {
  double sum = 0;
  for (std::size_t f = 0; f < x.size(); ++f) sum += (x[f] - z[f]) * (x[f] - z[f]);
  return sum;
}

}  // namespace

double of_product(const Kernel& kernel, double product) {
  switch (kernel.kind) {
    case KernelKind::linear: return product;
    case KernelKind::poly: return power(kernel.gamma * product + kernel.coef0, kernel.degree);
    case KernelKind::rbf: return std::exp(-kernel.gamma * product);
    case KernelKind::sigmoid: return std::tanh(kernel.gamma * product + kernel.coef0);
  }
  GRIDMILL_ASSERT(false, "unknown kernel");
}

double evaluate(const Kernel& kernel, std::span<const double> x, std::span<const double> z) {
  return of_product(kernel, kernel.kind == KernelKind::rbf ? squared_distance(x, z) : dot(x, z));
}

std::string_view name_of(KernelKind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

KernelKind kernel_kind(std::string_view name) {
  for (std::size_t k = 0; k < kNames.size(); ++k) {
    if (kNames[k] == name) return static_cast<KernelKind>(k);
  }
  GRIDMILL_ASSERT(false, "unknown kernel name");
}

}  // namespace gridmill::models::svm
