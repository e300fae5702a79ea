#include "models/svm/kernels/support_vectors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "models/svm/kernels/kernel_passes.hpp"
#include "models/svm/kernels/sample_block.hpp"

namespace gridmill::models::svm {

namespace {

double squared_norm(const core::SparseSample& sample) {
  return std::inner_product(sample.value.begin(), sample.value.end(), sample.value.begin(), 0.0);
}

/// The samples first, first + 1, ... of x without their 0s.
core::SparseMatrix without_zeros(const core::MatrixView& x, std::size_t first, std::size_t n) {
  core::SparseMatrix out;
  out.n_features = x.n_features;
  for (std::size_t s = first; s < first + n; ++s) {
    const std::span<const double> sample = x.sample(s);
    for (std::size_t f = 0; f < sample.size(); ++f) {
      if (sample[f] == 0) continue;
      out.feature.push_back(static_cast<core::Index>(f));
      out.value.push_back(sample[f]);
    }
    out.start.push_back(out.value.size());
  }
  return out;
}

/// Turns products of a sample with vectors into kernels.
void turn_into_kernels(const Kernel& kernel, double norm, std::span<const double> norms, std::span<double> products) {
  if (std::isnan(norm)) {
    // Where the vectors are 0 a product hides a NaN that libsvm would not see either.
    std::ranges::fill(products, std::numeric_limits<double>::quiet_NaN());
  } else if (kernel.kind == KernelKind::rbf) {
    for (std::size_t v = 0; v < products.size(); ++v) {
      // What overflows is far away: inf - inf would say nothing.
      products[v] = std::isinf(norm) ? norm : std::max(0.0, norms[v] + norm - 2 * products[v]);
    }
    rbf_values(kernel.gamma, products.data(), products.size());
  } else {
    for (double& value : products) value = of_product(kernel, value);
  }
}

}  // namespace

SupportVectors::SupportVectors(core::SparseMatrix sparse) : sparse_(std::move(sparse)), is_sparse_(true) {
  const core::SparseView view = sparse_.view();
  for (std::size_t v = 0; v < n(); ++v) norm_.push_back(squared_norm(view.sample(v)));
}

SupportVectors SupportVectors::at(std::span<const std::size_t> places) const {
  if (is_sparse_) {
    core::SparseMatrix out;
    out.n_features = sparse_.n_features;
    for (const std::size_t place : places) out.add(sparse_.view().sample(place));
    return SupportVectors(std::move(out));
  }
  core::Matrix out(full_.n_rows, places.size());
  for (std::size_t v = 0; v < places.size(); ++v) std::copy_n(full_.colptr(places[v]), full_.n_rows, out.colptr(v));
  return SupportVectors(std::move(out));
}

void SupportVectors::for_each_kernel(const Kernel& kernel, const core::MatrixView& x, const Reader& read) const {
  if (is_sparse_) {
    constexpr std::size_t kAtOnce = 64 * SampleBlock::kWidth;
    for (std::size_t first = 0; first < x.n_samples; first += kAtOnce) {
      const core::SparseMatrix part = without_zeros(x, first, std::min(kAtOnce, x.n_samples - first));
      for_each_kernel(kernel, part.view(), [&](std::size_t s, std::span<const double> own) { read(first + s, own); });
    }
    return;
  }
  std::vector<double> own(n());
  for (std::size_t s = 0; s < x.n_samples; ++s) {
    for (std::size_t v = 0; v < n(); ++v) own[v] = evaluate(kernel, x.sample(s), {full_.colptr(v), full_.n_rows});
    read(s, own);
  }
}

void SupportVectors::for_each_kernel(const Kernel& kernel, const core::SparseView& x, const Reader& read) const {
  if (!is_sparse_) {
    for (std::size_t s = 0; s < x.n_samples(); ++s) {
      const core::Matrix sample = core::unpack(x, s, 1);
      for_each_kernel(kernel, core::MatrixView(sample),
                      [&](std::size_t /*one*/, std::span<const double> own) { read(s, own); });
    }
    return;
  }
  SampleBlock block;
  std::vector<double> products(n() * SampleBlock::kWidth);
  std::vector<core::Index> chosen;
  for (std::size_t first = 0; first < x.n_samples(); first += SampleBlock::kWidth) {
    chosen.resize(std::min(SampleBlock::kWidth, x.n_samples() - first));
    std::iota(chosen.begin(), chosen.end(), static_cast<core::Index>(first));
    block.take(x, chosen);
    block.products(sparse_.view(), 0, n(), products.data());
    for (std::size_t s = 0; s < chosen.size(); ++s) {
      const std::span<double> own = std::span(products).subspan(s * n(), n());
      turn_into_kernels(kernel, squared_norm(x.sample(first + s)), norm_, own);
      read(first + s, own);
    }
  }
}

}  // namespace gridmill::models::svm
