#include "models/svm/kernels/narrow_rows.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace gridmill::models::svm {

namespace {

constexpr std::size_t kMostPieces = 64;
/// Of wider samples rows take less time together: the samples no longer stay in the cache.
constexpr std::size_t kFewFeatures = 64;
/// In a smaller matrix little is to be saved, and its memory does not hold two rows of slots.
constexpr std::size_t kFewSamples = 64;

std::size_t piece_size(std::size_t n) {
  const std::size_t least = (n + kMostPieces - 1) / kMostPieces;
  return (least + SampleColumns::kWidth - 1) / SampleColumns::kWidth * SampleColumns::kWidth;
}

}  // namespace

bool NarrowRows::suits(const CentredSamples& samples, std::size_t bytes) {
  const core::Matrix& x = samples.in_full();
  return !samples.is_sparse() && x.n_rows <= kFewFeatures && x.n_cols >= kFewSamples &&
         4 * x.n_elem * sizeof(double) <= bytes;
}

NarrowRows::NarrowRows(std::shared_ptr<const CentredSamples> samples, const Kernel& kernel)
    : KernelRows(*samples, kernel),
      samples_(std::move(samples)),
      kernel_(kernel),
      columns_(samples_->in_full()),
      piece_(piece_size(n())),
      computed_(n(), 0) {}

NarrowRows::NarrowRows(std::shared_ptr<const CentredSamples> samples, const Kernel& kernel, std::size_t bytes)
    : NarrowRows(std::move(samples), kernel) {
  reserve(bytes);
}

NarrowRows::NarrowRows(std::shared_ptr<const CentredSamples> samples, const Kernel& kernel, AlignedFloats memory)
    : NarrowRows(std::move(samples), kernel) {
  const std::size_t floats = n() * padded(n());
  slots_.take(memory == nullptr ? aligned_floats(floats) : std::move(memory), floats);
  has_gram_memory_ = true;
  reserve(floats * sizeof(float));
}

void NarrowRows::reserve(std::size_t bytes) {
  const std::size_t others = samples_->in_full().n_elem * sizeof(double) + padded(n()) * sizeof(float);
  slots_.reset(n(), n(), bytes - std::min(bytes, others));
}

AlignedFloats NarrowRows::release() { return has_gram_memory_ ? slots_.release() : nullptr; }

NarrowRows::Pieces NarrowRows::pieces_of(std::span<const CentredSamples::Run> columns) const {
  Pieces pieces = 0;
  for (const CentredSamples::Run& run : columns) {
    const std::size_t end = std::min(run.first + run.size, n());
    for (std::size_t begin = run.first; begin < end; begin = (begin / piece_ + 1) * piece_) {
      pieces |= Pieces{1} << (begin / piece_);
    }
  }
  return pieces;
}

const float* NarrowRows::row(std::size_t position) {
  const RowSlots::Slot slot = slots_.claim(position);
  if (slot.fresh) computed_[position] = 0;
  const Pieces missing = wanted_ & ~computed_[position];
  if (missing != 0) {
    compute(position, missing, slot.values);
    computed_[position] |= missing;
  }
  return slot.values;
}

void NarrowRows::read(std::span<const core::Index> positions, const Entries& entries, const Reader& read) {
  if (read_once_ == nullptr) {
    read_once_ = aligned_floats(n());
    std::fill_n(read_once_.get(), n(), 0.0F);
  }
  const Pieces asked = pieces_of(entries.runs);
  for (std::size_t k = 0; k < positions.size(); ++k) {
    const std::size_t position = positions[k];
    const bool all = entries.part == Entries::Part::all;
    const Pieces pieces = all ? asked : asked & (~Pieces{0} << (position / piece_));
    float* const kept = slots_.find(position);
    if (kept == nullptr) {
      compute(position, pieces, read_once_.get());
    } else {
      compute(position, pieces & ~computed_[position], kept);
      computed_[position] |= pieces;
    }
    read(k, kept == nullptr ? read_once_.get() : kept);
  }
}

void NarrowRows::compute(std::size_t position, Pieces pieces, float* out) {
  constexpr std::size_t kAtOnce = 256;  // samples, so that their products stay near
  const core::Matrix& x = samples_->in_full();
  while (pieces != 0) {
    const auto first = static_cast<std::size_t>(std::countr_zero(pieces));
    const auto together = std::max<std::size_t>(1, kAtOnce / piece_);
    std::size_t end = first;
    while (end < first + together && end < kMostPieces && ((pieces >> end) & 1U) != 0) pieces &= ~(Pieces{1} << end++);
    const std::size_t begin = first * piece_;
    const std::size_t size = std::min(end * piece_, n()) - std::min(begin, n());
    if (size == 0) return;  // all pieces, of which there are fewer
    products_.resize(std::max(products_.size(), size));
    const std::span<double> products = std::span(products_).first(size);
    columns_.products({x.colptr(position), x.n_rows}, begin, products);
    samples_->kernel_entries(kernel_, position, begin, products, out + begin);
    n_computed_ += size;
  }
}

std::unique_ptr<KernelRows> rows_on_demand(std::shared_ptr<const CentredSamples> samples, const Kernel& kernel,
                                           std::size_t bytes) {
  if (NarrowRows::suits(*samples, bytes)) return std::make_unique<NarrowRows>(std::move(samples), kernel, bytes);
  return std::make_unique<RowCache>(std::move(samples), kernel, bytes);
}

}  // namespace gridmill::models::svm
