#include "models/svm/kernels/sample_columns.hpp"

#include <algorithm>

// Highway compiles what follows once for each instruction set and picks one when the program runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/svm/kernels/sample_columns.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace gridmill::models::svm::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, 8>;
using Vector = hn::Vec<Doubles>;

constexpr std::size_t kLanes = hn::MaxLanes(Doubles());
constexpr std::size_t kWidth = SampleColumns::kWidth;

/// The products with the samples of kBlocks blocks.
template <std::size_t kBlocks>
HWY_INLINE void products_of(const double* sample, std::size_t n_features, const double* columns, double* out) {
  const Doubles d;
  constexpr std::size_t kVectors = kWidth / kLanes;
  Vector sums[kBlocks][kVectors];
  for (auto& own : sums) {
    for (Vector& sum : own) sum = hn::Zero(d);
  }
  for (std::size_t f = 0; f < n_features; ++f) {
    const Vector factor = hn::Set(d, sample[f]);
    for (std::size_t b = 0; b < kBlocks; ++b) {
      const double* const values = columns + (b * n_features + f) * kWidth;
      for (std::size_t v = 0; v < kVectors; ++v) {
        sums[b][v] = hn::Add(sums[b][v], hn::Mul(factor, hn::Load(d, values + v * kLanes)));
      }
    }
  }
  for (std::size_t b = 0; b < kBlocks; ++b) {
    for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(sums[b][v], d, out + b * kWidth + v * kLanes);
  }
}

void column_products(const double* sample, std::size_t n_features, const double* columns, std::size_t n, double* out) {
  constexpr std::size_t kBlocks = kLanes == 8 ? 2 : 1;  // hide the latency of the additions
  std::size_t k = 0;
  for (; k + kBlocks * kWidth <= n; k += kBlocks * kWidth) {
    products_of<kBlocks>(sample, n_features, columns + k * n_features, out + k);
  }
  for (; k + kWidth <= n; k += kWidth) products_of<1>(sample, n_features, columns + k * n_features, out + k);
  if (k == n) return;
  double last[kWidth];
  products_of<1>(sample, n_features, columns + k * n_features, last);
  std::copy_n(last, n - k, out + k);
}

}  // namespace gridmill::models::svm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gridmill::models::svm {

HWY_EXPORT(column_products);

SampleColumns::SampleColumns(const core::Matrix& x)
    : values_(aligned_doubles((x.n_cols + kWidth - 1) / kWidth * kWidth * x.n_rows)) {
  double* out = values_.get();
  for (std::size_t first = 0; first < x.n_cols; first += kWidth) {
    for (std::size_t f = 0; f < x.n_rows; ++f, out += kWidth) {
      for (std::size_t s = 0; s < kWidth; ++s) out[s] = first + s < x.n_cols ? x(f, first + s) : 0.0;
    }
  }
}

void SampleColumns::products(std::span<const double> sample, std::size_t first, std::span<double> out) const {
  const double* const columns = values_.get() + first * sample.size();
  HWY_DYNAMIC_DISPATCH(column_products)(sample.data(), sample.size(), columns, out.size(), out.data());
}

}  // namespace gridmill::models::svm
#endif
