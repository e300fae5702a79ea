#include "models/svm/kernels/kernel_rows.hpp"

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

KernelRows::KernelRows(const CentredSamples& samples, const Kernel& kernel)
    : diagonal_(diagonal_of(samples, kernel)), bounded_and_definite_(kernel.kind == KernelKind::rbf) {}

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
    : KernelRows(samples, kernel), stride_(padded(samples.n())), own_(std::move(memory)) {
  if (own_ == nullptr) own_ = aligned_floats(samples.n() * stride_);
  values_ = own_.get();
  GramFiller filler(samples, products, kernel);
  const std::size_t n_tiles = PairProducts::n_tiles(samples.n());
  for (std::size_t index = 0; index < n_tiles; ++index) filler.fill(index, own_.get());
}

Gram::Gram(const CentredSamples& samples, const Kernel& kernel, core::NodeSlots::Hold shared)
    : KernelRows(samples, kernel),
      stride_(padded(samples.n())),
      shared_(std::move(shared)),
      values_(reinterpret_cast<const float*>(shared_->data())) {}

void Gram::expect(std::size_t position) {
  constexpr std::size_t kCacheLine = 64 / sizeof(float);
  constexpr int kNotSoNear = 2;  // the second level of the cache: the first is full of what is read now
  const float* values = values_ + position * stride_;
  for (std::size_t k = 0; k < stride_; k += kCacheLine) __builtin_prefetch(values + k, 0, kNotSoNear);
}

std::size_t Gram::bytes(std::size_t n) {
  constexpr std::size_t kRoomForVectorLoads = padded(1);  // a run that ends with the last row is read beyond it
  return (n * padded(n) + kRoomForVectorLoads) * sizeof(float);
}

void Gram::read(std::span<const core::Index> positions, const Entries& entries, const Reader& read) {
  constexpr std::size_t kCacheLine = 64 / sizeof(float);
  constexpr std::size_t kLinesAhead = 128;
  std::size_t n_lines = 1;
  for (const CentredSamples::Run& run : entries.runs) n_lines += run.size / kCacheLine + 1;
  // Runs are too short for the processor to read ahead by itself.
  const std::size_t ahead = std::max<std::size_t>(1, kLinesAhead / n_lines);
  const auto expect = [&](std::size_t k) {
    const float* next = row(positions[k]);
    for (const CentredSamples::Run& run : entries.runs) {
      for (std::size_t c = 0; c < run.size; c += kCacheLine) __builtin_prefetch(next + run.first + c);
    }
  };
  for (std::size_t k = 0; k < std::min(ahead, positions.size()); ++k) expect(k);
  for (std::size_t k = 0; k < positions.size(); ++k) {
    if (k + ahead < positions.size()) expect(k + ahead);
    read(k, row(positions[k]));
  }
}

RowCache::RowCache(std::shared_ptr<const CentredSamples> samples, const Kernel& kernel, std::size_t bytes)
    : KernelRows(*samples, kernel), samples_(std::move(samples)), kernel_(kernel) {
  // Those that are read once share the memory with those that are kept.
  const std::size_t row_bytes = padded(n()) * sizeof(float);
  width_ = std::clamp<std::size_t>(bytes / (4 * row_bytes), 1, SampleBlock::kWidth);
  slots_.reset(n(), n(), bytes - std::min(bytes, width_ * row_bytes));
}

void RowCache::expect(std::size_t position) {
  const auto wanted = static_cast<core::Index>(position);
  if (expected_.size() + 1 >= width_ || !is_far(position)) return;
  if (std::ranges::find(expected_, wanted) == expected_.end()) expected_.push_back(wanted);
}

const float* RowCache::row(std::size_t position) {
  if (is_far(position)) {
    std::erase_if(expected_, [&](core::Index other) { return other == position || !is_far(other); });
    expected_.push_back(static_cast<core::Index>(position));
    std::vector<float*> out;
    for (const core::Index each : expected_) out.push_back(slots_.claim(each).values);
    const CentredSamples::Run all{.first = 0, .size = n()};
    compute(expected_, {&all, 1}, 0, out);
    expected_.clear();
  }
  return slots_.claim(position).values;
}

void RowCache::read(std::span<const core::Index> positions, const Entries& entries, const Reader& read) {
  const std::size_t stride = padded(n());
  if (read_once_ == nullptr) {
    read_once_ = aligned_floats(width_ * stride);
    std::fill_n(read_once_.get(), width_ * stride, 0.0F);
  }
  for (std::size_t first = 0; first < positions.size(); first += width_) {
    const std::span<const core::Index> group = positions.subspan(first, std::min(width_, positions.size() - first));
    std::vector<core::Index> far;
    std::vector<const float*> rows;
    std::vector<float*> out;
    for (const core::Index position : group) {
      rows.push_back(slots_.find(position));
      if (rows.back() != nullptr) continue;
      rows.back() = out.emplace_back(read_once_.get() + far.size() * stride);
      far.push_back(position);
    }
    if (!far.empty()) {
      const bool all = entries.part == Entries::Part::all;
      compute(far, entries.runs, all ? 0 : *std::ranges::min_element(far), out);
    }
    for (std::size_t k = 0; k < group.size(); ++k) read(first + k, rows[k]);
  }
}

void RowCache::compute(std::span<const core::Index> positions, std::span<const CentredSamples::Run> runs,
                       std::size_t first, std::span<float* const> out) {
  constexpr std::size_t kAtOnce = 256;  // samples, so that their products stay near
  products_.resize(kAtOnce * SampleBlock::kWidth);
  samples_->take(positions, block_);
  for (const CentredSamples::Run& run : runs) {
    const std::size_t end = std::min(run.first + run.size, n());
    for (std::size_t begin = std::max(run.first, first); begin < end; begin += kAtOnce) {
      const CentredSamples::Run columns{.first = begin, .size = std::min(kAtOnce, end - begin)};
      n_computed_ += positions.size() * columns.size;
      samples_->products(columns, block_, products_.data());
      for (std::size_t c = 0; c < positions.size(); ++c) {
        const std::span<const double> products = std::span(products_).subspan(c * columns.size, columns.size);
        samples_->kernel_entries(kernel_, positions[c], begin, products, out[c] + begin);
      }
    }
  }
}

}  // namespace gridmill::models::svm
