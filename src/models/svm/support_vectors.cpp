#include "models/svm/support_vectors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gridmill::models::svm {

void SupportVectors::kernel_with(const Kernel& kernel, std::span<const double> x, std::span<double> out) const {
  if (is_sparse_) {
    sparse_kernel_with(kernel, x, out);
    return;
  }
  for (std::size_t v = 0; v < full_.n_cols; ++v) out[v] = evaluate(kernel, x, {full_.colptr(v), full_.n_rows});
}

void SupportVectors::sparse_kernel_with(const Kernel& kernel, std::span<const double> x, std::span<double> out) const {
  const core::SparseView all = sparse_.view();
  double norm = 0;
  for (const double value : x) norm += value * value;
  for (std::size_t v = 0; v < n(); ++v) {
    const core::SparseSample own = all.sample(v);
    double product = 0;
    double elsewhere = norm;  // squared length of x where the vector is 0
    double distance = 0;      // squared, where it is not
    for (std::size_t e = 0; e < own.value.size(); ++e) {
      const double at = x[own.feature[e]];
      product += at * own.value[e];
      elsewhere -= at * at;
      distance += (at - own.value[e]) * (at - own.value[e]);
    }
    // NaN in x is to stay NaN; max would hide it.
    const double outside = elsewhere < 0 ? 0 : elsewhere;
    out[v] = of_product(kernel, kernel.kind == KernelKind::rbf ? distance + outside : product);
  }
  // Where the vectors are 0 a product hides a NaN that libsvm would not see either; samples are to give NaN all the
  // same.
  if (std::isnan(norm)) std::ranges::fill(out, std::numeric_limits<double>::quiet_NaN());
}

}  // namespace gridmill::models::svm
