#include "models/svm/kernels/sample_block.hpp"

#include <algorithm>

// Highway compiles what follows once for each instruction set and picks one when the program runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/svm/kernels/sample_block.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace gridmill::models::svm::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, 8>;
using Vector = hn::Vec<Doubles>;

constexpr std::size_t kLanes = hn::MaxLanes(Doubles());
constexpr std::size_t kVectors = SampleBlock::kWidth / kLanes;
/// Samples whose sums are kept in registers together: the block is then read once for them.
constexpr std::size_t kTogether = kLanes == 8 ? 8 : std::max<std::size_t>(1, kLanes / 2);
/// Samples whose products are turned from rows to columns together: a cache line of each column.
constexpr std::size_t kTurned = 8;

/// Adds the products with one entry of a sample to its sums.
HWY_INLINE void add_entry(double value, const double* block, Vector* sums) {
  const Doubles d;
  const Vector factor = hn::Set(d, value);
  for (std::size_t v = 0; v < kVectors; ++v) {
    sums[v] = hn::Add(sums[v], hn::Mul(factor, hn::LoadU(d, block + v * kLanes)));
  }
}

HWY_INLINE void store(const Vector* sums, double* out) {
  for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(sums[v], Doubles(), out + v * kLanes);
}

/// Turns sums of kTurned samples, each kWidth long, into pieces of columns.
HWY_INLINE void turn(const double* sums, std::size_t n, std::size_t stride, double* out) {
  if (n == kTurned) {
    for (std::size_t c = 0; c < SampleBlock::kWidth; ++c) {
      for (std::size_t r = 0; r < kTurned; ++r) out[c * stride + r] = sums[r * SampleBlock::kWidth + c];
    }
    return;
  }
  for (std::size_t c = 0; c < SampleBlock::kWidth; ++c) {
    for (std::size_t r = 0; r < n; ++r) out[c * stride + r] = sums[r * SampleBlock::kWidth + c];
  }
}

/// Calls put(r, sums) with the products of one sample after the other with the block.
template <typename Put>
HWY_INLINE void for_each_dense(const double* samples, std::size_t n_features, std::size_t n, const double* block,
                               const Put& put) {
  const Doubles d;
  std::size_t r = 0;
  const double* sample = samples;
  for (; r + kTogether <= n; r += kTogether, sample += kTogether * n_features) {
    Vector sums[kTogether][kVectors];
    for (auto& own : sums) {
      for (Vector& sum : own) sum = hn::Zero(d);
    }
    for (std::size_t f = 0; f < n_features; ++f) {
      for (std::size_t s = 0; s < kTogether; ++s) {
        add_entry(sample[s * n_features + f], block + f * SampleBlock::kWidth, sums[s]);
      }
    }
    for (std::size_t s = 0; s < kTogether; ++s) put(r + s, sums[s]);
  }
  for (; r < n; ++r, sample += n_features) {
    Vector sums[kVectors];
    for (Vector& sum : sums) sum = hn::Zero(d);
    for (std::size_t f = 0; f < n_features; ++f) add_entry(sample[f], block + f * SampleBlock::kWidth, sums);
    put(r, sums);
  }
}

void dense_products(const double* samples, std::size_t n_features, std::size_t n, const double* block, double* out) {
  alignas(64) double turned[kTurned * SampleBlock::kWidth];
  for (std::size_t first = 0; first < n; first += kTurned) {
    const std::size_t size = std::min(kTurned, n - first);
    const auto put = [&](std::size_t r, const Vector* sums) HWY_ATTR { store(sums, turned + r * SampleBlock::kWidth); };
    for_each_dense(samples + first * n_features, n_features, size, block, put);
    turn(turned, size, n, out + first);
  }
}

void dense_rows(const double* samples, std::size_t n_features, std::size_t n, const double* block, std::size_t width,
                std::size_t stride, double* out) {
  const auto put = [&](std::size_t r, const Vector* sums) HWY_ATTR {
    if (width == SampleBlock::kWidth) {
      store(sums, out + r * stride);
    } else {
      alignas(64) double all[SampleBlock::kWidth];
      store(sums, all);
      std::copy_n(all, width, out + r * stride);
    }
  };
  for_each_dense(samples, n_features, n, block, put);
}

void sparse_products(const core::SparseView& x, std::size_t first_sample, std::size_t n, const std::uint32_t* place,
                     const double* block, double* out) {
  const Doubles d;
  alignas(64) double turned[kTurned * SampleBlock::kWidth];
  for (std::size_t first = 0; first < n; first += kTurned) {
    const std::size_t size = std::min(kTurned, n - first);
    for (std::size_t r = 0; r < size; ++r) {
      Vector sums[kVectors];
      for (Vector& sum : sums) sum = hn::Zero(d);
      const std::size_t end = x.start[first_sample + first + r + 1];
      for (std::size_t e = x.start[first_sample + first + r]; e < end; ++e) {
        add_entry(x.value[e], block + place[x.feature[e]] * SampleBlock::kWidth, sums);
      }
      store(sums, turned + r * SampleBlock::kWidth);
    }
    turn(turned, size, n, out + first);
  }
}

}  // namespace gridmill::models::svm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gridmill::models::svm {

HWY_EXPORT(dense_products);
HWY_EXPORT(dense_rows);
HWY_EXPORT(sparse_products);

namespace {

/// Up to so many sparse samples are multiplied faster without vectors.
constexpr std::size_t kFew = 3;

template <std::size_t width>
void few_products(const core::SparseView& x, std::size_t first, std::size_t n, const std::uint32_t* place,
                  const double* block, double* out) {
  std::size_t e = x.start[first];
  for (std::size_t r = 0; r < n; ++r) {
    double sums[width] = {};
    for (const std::size_t end = x.start[first + r + 1]; e < end; ++e) {
      const double* own = block + place[x.feature[e]] * width;
      for (std::size_t c = 0; c < width; ++c) sums[c] += x.value[e] * own[c];
    }
    for (std::size_t c = 0; c < width; ++c) out[c * n + r] = sums[c];
  }
}

}  // namespace

void SampleBlock::take(const core::Matrix& x, std::span<const core::Index> samples) {
  width_ = kWidth;
  size_ = samples.size();
  values_.resize(x.n_rows * kWidth);
  const double* columns[kWidth];
  // Places beyond the samples hold the last once more.
  for (std::size_t c = 0; c < kWidth; ++c) columns[c] = x.colptr(samples[std::min(c, size_ - 1)]);
  for (std::size_t f = 0; f < x.n_rows; ++f) {
    for (std::size_t c = 0; c < kWidth; ++c) values_[f * kWidth + c] = columns[c][f];
  }
}

void SampleBlock::take(const core::SparseView& x, std::span<const core::Index> samples) {
  place_.resize(x.n_features, 0);
  for (const core::Index feature : features_) place_[feature] = 0;
  features_.clear();
  size_ = samples.size();
  width_ = size_ <= kFew ? size_ : kWidth;
  values_.assign(width_, 0.0);
  for (std::size_t c = 0; c < samples.size(); ++c) {
    const core::SparseSample own = x.sample(samples[c]);
    for (std::size_t e = 0; e < own.value.size(); ++e) {
      std::uint32_t& place = place_[own.feature[e]];
      if (place == 0) {
        features_.push_back(own.feature[e]);
        place = static_cast<std::uint32_t>(features_.size());
        values_.resize(values_.size() + width_, 0.0);
      }
      values_[place * width_ + c] = own.value[e];
    }
  }
}

void SampleBlock::products(const core::Matrix& x, std::size_t first, std::size_t n, double* out) const {
  HWY_DYNAMIC_DISPATCH(dense_products)(x.colptr(first), x.n_rows, n, values_.data(), out);
}

void SampleBlock::products_by_sample(const core::Matrix& x, std::size_t first, std::size_t n, std::size_t stride,
                                     double* out) const {
  HWY_DYNAMIC_DISPATCH(dense_rows)(x.colptr(first), x.n_rows, n, values_.data(), size_, stride, out);
}

void SampleBlock::products(const core::SparseView& x, std::size_t first, std::size_t n, double* out) const {
  switch (width_) {
    case 1: return few_products<1>(x, first, n, place_.data(), values_.data(), out);
    case 2: return few_products<2>(x, first, n, place_.data(), values_.data(), out);
    case kFew: return few_products<kFew>(x, first, n, place_.data(), values_.data(), out);
    default: HWY_DYNAMIC_DISPATCH(sparse_products)(x, first, n, place_.data(), values_.data(), out);
  }
}

}  // namespace gridmill::models::svm
#endif
