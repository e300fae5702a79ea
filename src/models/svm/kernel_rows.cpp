#include "models/svm/kernel_rows.hpp"

#include <algorithm>
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

GramFiller::GramFiller(const CentredSamples& samples, const PairProducts* products, const Kernel& kernel)
    : samples_(samples),
      products_(products),
      kernel_(kernel),
      scratch_(products == nullptr ? PairProducts::kTile * PairProducts::kTile : 0) {}

void GramFiller::fill(std::size_t index, float* values) {
  const PairProducts::Tile at = PairProducts::tile_at(index);
  if (products_ != nullptr) {
    fill_block(products_->tile(at), at, values);
  } else {
    PairProducts::compute(samples_, at, scratch_.data());
    fill_block(scratch_.data(), at, values);
  }
}

void GramFiller::fill_block(const double* products, const PairProducts::Tile& at, float* values) const {
  constexpr std::size_t tile = PairProducts::kTile;
  const std::size_t n = samples_.n();
  const std::size_t stride = padded(n);
  const bool on_diagonal = at.row == at.column;
  const std::size_t first_row = at.row * tile;
  const std::size_t first_column = at.column * tile;
  const std::size_t rows = std::min(tile, n - first_row);
  const std::size_t columns = std::min(tile, n - first_column);
  for (std::size_t c = 0; c < columns; ++c) {
    float* out = values + (first_column + c) * stride + first_row;
    samples_.kernel_entries(kernel_, first_column + c, first_row, std::span(products + c * rows, rows), out);
  }
  // The mirror image, also on the diagonal: both triangles then hold the same bits.
  for (std::size_t r = 0; r < rows; ++r) {
    float* out = values + (first_row + r) * stride + first_column;
    const std::size_t end = on_diagonal ? r : columns;
    for (std::size_t c = 0; c < end; ++c) out[c] = values[(first_column + c) * stride + first_row + r];
    if (on_diagonal) std::fill(values + (first_row + r) * stride + n, values + (first_row + r + 1) * stride, 0.0F);
  }
}

Gram::Gram(const CentredSamples& samples, const PairProducts* products, const Kernel& kernel, AlignedFloats memory)
    : KernelRows(diagonal_of(samples, kernel)), stride_(padded(samples.n())), own_(std::move(memory)) {
  if (own_ == nullptr) own_ = aligned_floats(samples.n() * stride_);
  values_ = own_.get();
  GramFiller filler(samples, products, kernel);
  const std::size_t n_tiles = PairProducts::n_tiles(samples.n());
  for (std::size_t index = 0; index < n_tiles; ++index) filler.fill(index, own_.get());
}

Gram::Gram(const CentredSamples& samples, const Kernel& kernel, NodeSlots::Hold shared)
    : KernelRows(diagonal_of(samples, kernel)),
      stride_(padded(samples.n())),
      shared_(std::move(shared)),
      values_(reinterpret_cast<const float*>(shared_->data())) {}

void Gram::expect(std::size_t position) const {
  constexpr std::size_t kCacheLine = 64 / sizeof(float);
  constexpr int kNotSoNear = 2;  // the second level of the cache: the first is full of what is read now
  const float* values = values_ + position * stride_;
  for (std::size_t k = 0; k < stride_; k += kCacheLine) __builtin_prefetch(values + k, 0, kNotSoNear);
}

std::size_t Gram::bytes(std::size_t n) {
  constexpr std::size_t kRoomForVectorLoads = padded(1);  // a run that ends with the last row is read beyond it
  return (n * padded(n) + kRoomForVectorLoads) * sizeof(float);
}

RowCache::RowCache(std::shared_ptr<const CentredSamples> samples, const Kernel& kernel, std::size_t bytes)
    : KernelRows(diagonal_of(*samples, kernel)), samples_(std::move(samples)), kernel_(kernel) {
  slots_.reset(n(), n(), bytes);
}

const float* RowCache::row(std::size_t position) {
  const auto [values, fresh] = slots_.claim(position);
  if (fresh) {
    products_.resize(n());
    samples_->products({.first = 0, .size = n()}, {.first = position, .size = 1}, products_.data());
    samples_->kernel_entries(kernel_, position, 0, products_, values);
  }
  return values;
}

}  // namespace gridmill::models::svm
