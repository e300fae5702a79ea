#include "models/svm/kernel_rows.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace gridmill::models::svm {

namespace {

std::vector<double> diagonal_of(const CentredSamples& samples, const Kernel& kernel) {
  std::vector<double> diagonal(samples.n());
  for (std::size_t i = 0; i < samples.n(); ++i) diagonal[i] = samples.kernel_diagonal(kernel, i);
  return diagonal;
}

}  // namespace

Gram::Gram(const CentredSamples& samples, const PairProducts* products, const Kernel& kernel, AlignedFloats memory)
    : KernelRows(diagonal_of(samples, kernel)), stride_(padded(samples.n())), values_(std::move(memory)) {
  if (values_ == nullptr) values_ = aligned_floats(samples.n() * stride_);
  std::vector<double> scratch(products == nullptr ? PairProducts::kTile * PairProducts::kTile : 0);
  for (std::size_t i = 0; i < samples.n(); ++i) {
    std::fill(values_.get() + i * stride_ + samples.n(), values_.get() + (i + 1) * stride_, 0.0F);
  }
  const std::size_t tiles = PairProducts::n_tiles(samples.n());
  for (std::size_t row = 0; row < tiles; ++row) {
    for (std::size_t column = 0; column <= row; ++column) {
      if (products == nullptr) PairProducts::compute(samples, row, column, scratch.data());
      fill_tile(samples, kernel, products == nullptr ? scratch.data() : products->tile(row, column), row, column);
    }
  }
}

std::size_t Gram::bytes(std::size_t n) { return n * padded(n) * sizeof(float); }

void Gram::fill_tile(const CentredSamples& samples, const Kernel& kernel, const double* products, std::size_t tile_row,
                     std::size_t tile_column) {
  constexpr std::size_t tile = PairProducts::kTile;
  const std::size_t first_row = tile_row * tile;
  const std::size_t first_column = tile_column * tile;
  const std::size_t rows = std::min(tile, n() - first_row);
  const std::size_t columns = std::min(tile, n() - first_column);
  for (std::size_t c = 0; c < columns; ++c) {
    float* out = values_.get() + (first_column + c) * stride_ + first_row;
    samples.kernel_entries(kernel, first_column + c, first_row, std::span(products + c * rows, rows), out);
  }
  // The mirror image, also on the diagonal: both triangles then hold the same bits.
  for (std::size_t r = 0; r < rows; ++r) {
    float* out = values_.get() + (first_row + r) * stride_ + first_column;
    const std::size_t end = tile_row == tile_column ? r : columns;
    for (std::size_t c = 0; c < end; ++c) out[c] = values_[(first_column + c) * stride_ + first_row + r];
  }
}

RowCache::RowCache(std::shared_ptr<const CentredSamples> samples, const Kernel& kernel, std::size_t bytes)
    : KernelRows(diagonal_of(*samples, kernel)), samples_(std::move(samples)), kernel_(kernel), slots_(bytes) {
  slots_.reset(n(), n());
}

const float* RowCache::row(std::size_t position) {
  const auto [values, fresh] = slots_.claim(position);
  if (fresh) {
    const arma::vec products = samples_->z().t() * samples_->z().col(position);
    samples_->kernel_entries(kernel_, position, 0, std::span(products.memptr(), n()), values);
  }
  return values;
}

}  // namespace gridmill::models::svm
