#include "models/svm/kernels/pair_products.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "models/svm/kernels/kernel_passes.hpp"

namespace gridmill::models::svm {

namespace {

/// Returns the mean rounded to a multiple of the power of two below the standard deviation.
double shift_of(const core::Matrix& x, std::size_t feature) {
  const auto n = static_cast<double>(x.n_cols);
  const auto value = [&](std::size_t i) { return x(feature, i); };
  bool is_constant = true;
  for (std::size_t i = 1; i < x.n_cols && is_constant; ++i) is_constant = value(i) == value(0);
  // Removed whole; with its rounding, too, which may be great beside other features.
  if (is_constant) return x.n_cols > 0 ? value(0) : 0;
  double mean = 0;
  for (std::size_t i = 0; i < x.n_cols; ++i) mean += value(i) / n;
  double variance = 0;
  for (std::size_t i = 0; i < x.n_cols; ++i) variance += (value(i) - mean) * (value(i) - mean) / n;
  const double spread = std::sqrt(variance);
  if (!(spread > std::abs(mean) * 1e-15)) return value(0);  // differences are of the last bit
  const double step = std::exp2(std::floor(std::log2(spread)));
  return std::nearbyint(mean / step) * step;
}

/// The product of two samples as SampleBlock has it.
double dot(const double* x, const double* z, std::size_t n) { return std::inner_product(x, x + n, z, 0.0); }

/// The product of a sample with one written out in full.
double dot(const core::SparseSample& sample, const double* full) {
  double sum = 0;
  for (std::size_t e = 0; e < sample.value.size(); ++e) sum += sample.value[e] * full[sample.feature[e]];
  return sum;
}

/// Calls act(k, samples) for blocks of neighbours in `run`, of which the first is sample k of it.
template <typename Act>
void for_each_block(const CentredSamples::Run& run, const Act& act) {
  std::vector<core::Index> chosen(run.size);
  std::iota(chosen.begin(), chosen.end(), static_cast<core::Index>(run.first));
  for (std::size_t k = 0; k < run.size; k += SampleBlock::kWidth) {
    act(k, std::span(chosen).subspan(k, std::min(SampleBlock::kWidth, run.size - k)));
  }
}

}  // namespace

CentredSamples::CentredSamples(core::Matrix x) : z_(std::move(x)), norm_(z_.n_cols), shift_dot_(z_.n_cols) {
  arma::vec shift(z_.n_rows);
  for (std::size_t f = 0; f < z_.n_rows; ++f) shift(f) = shift_of(z_, f);
  z_.each_col() -= shift;
  shift_norm_ = dot(shift.memptr(), shift.memptr(), z_.n_rows);
  for (std::size_t i = 0; i < n(); ++i) {
    norm_[i] = dot(z_.colptr(i), z_.colptr(i), z_.n_rows);
    shift_dot_[i] = dot(z_.colptr(i), shift.memptr(), z_.n_rows);
  }
}

CentredSamples::CentredSamples(core::SparseMatrix x)
    : sparse_(std::move(x)), is_sparse_(true), norm_(sparse_.start.size() - 1), shift_dot_(norm_.size(), 0.0) {
  const core::SparseView view = sparse_.view();
  for (std::size_t i = 0; i < n(); ++i) {
    for (const double value : view.sample(i).value) norm_[i] += value * value;
  }
}

bool CentredSamples::overflows(KernelKind kind) const {
  constexpr double kMost = std::numeric_limits<double>::max() / 8;  // four such terms are added
  const auto holds = [](double value) { return std::abs(value) < kMost; };
  if (!std::ranges::all_of(norm_, holds)) return true;
  return kind != KernelKind::rbf && !(holds(shift_norm_) && std::ranges::all_of(shift_dot_, holds));
}

void CentredSamples::products(const Run& rows, const Run& columns, double* out) const {
  if (is_sparse_) {
    sparse_products(rows, columns, out);
    return;
  }
  SampleBlock block;
  for_each_block(rows, [&](std::size_t r, std::span<const core::Index> chosen) {
    take(chosen, block);
    block.products_by_sample(z_, columns.first, columns.size, rows.size, out + r);
  });
}

void CentredSamples::sparse_products(const Run& rows, const Run& columns, double* out) const {
  SampleBlock block;
  std::vector<double> last;  // columns, when fewer than a block's are left
  for_each_block(columns, [&](std::size_t c, std::span<const core::Index> chosen) {
    const bool is_full = chosen.size() == SampleBlock::kWidth;
    take(chosen, block);
    if (!is_full) last.resize(rows.size * SampleBlock::kWidth);
    products(rows, block, is_full ? out + c * rows.size : last.data());
    if (!is_full) std::copy_n(last.begin(), rows.size * chosen.size(), out + c * rows.size);
  });
}

void CentredSamples::take(std::span<const core::Index> samples, SampleBlock& block) const {
  if (is_sparse_) {
    block.take(sparse_.view(), samples);
  } else {
    block.take(z_, samples);
  }
}

void CentredSamples::products(const Run& rows, const SampleBlock& block, double* out) const {
  if (is_sparse_) {
    block.products(sparse_.view(), rows.first, rows.size, out);
  } else {
    block.products(z_, rows.first, rows.size, out);
  }
}

void CentredSamples::sparse_row(std::size_t i, std::span<const core::Index> others, std::span<double> out) const {
  const core::SparseView view = sparse_.view();
  std::vector<double> own(view.n_features);
  core::unpack(view.sample(i), own);
  for (std::size_t v = 0; v < others.size(); ++v) out[v] = dot(view.sample(others[v]), own.data());
}

void CentredSamples::kernel_entries(const Kernel& kernel, std::size_t j, std::size_t first,
                                    std::span<const double> products, float* out) const {
  if (kernel.kind == KernelKind::rbf) {
    rbf_entries(kernel.gamma, norm_[j], norm_.data() + first, products.data(), products.size(), out);
    if (j >= first && j - first < products.size()) out[j - first] = 1.0F;
    return;
  }
  for (std::size_t k = 0; k < products.size(); ++k) {
    out[k] = static_cast<float>(of_product(kernel, products[k] + shifted_back(j, first + k)));
  }
}

void CentredSamples::kernel_row(const Kernel& kernel, const PairProducts* products, std::size_t i,
                                std::span<const core::Index> others, std::span<double> out) const {
  if (products != nullptr) {
    products->gather(i, others, out);
  } else if (is_sparse_) {
    sparse_row(i, others, out);
  } else {
    for (std::size_t v = 0; v < others.size(); ++v) out[v] = dot(z_.colptr(i), z_.colptr(others[v]), z_.n_rows);
  }
  if (kernel.kind == KernelKind::rbf) {
    for (std::size_t v = 0; v < others.size(); ++v) {
      out[v] = std::max(0.0, norm_[i] + norm_[others[v]] - 2 * out[v]);
    }
  } else {
    for (std::size_t v = 0; v < others.size(); ++v) out[v] += shifted_back(i, others[v]);
  }
  if (kernel.kind == KernelKind::rbf) {
    // Where even the nearest is beyond what double holds, there is nothing to compute.
    const bool all_zero = !out.empty() && kernel.gamma * *std::ranges::min_element(out) > 746;
    if (all_zero) {
      std::ranges::fill(out, 0.0);
    } else {
      rbf_values(kernel.gamma, out.data(), out.size());
    }
  } else {
    for (double& value : out) value = of_product(kernel, value);
  }
}

double CentredSamples::kernel_diagonal(const Kernel& kernel, std::size_t i) const {
  if (kernel.kind == KernelKind::rbf) return 1.0;
  return of_product(kernel, norm_[i] + shifted_back(i, i));
}

PairProducts::PairProducts(std::size_t n)
    : n_(n), own_(aligned_doubles(bytes(n) / sizeof(double))), values_(own_.get()) {}

PairProducts::PairProducts(std::size_t n, core::NodeSlots::Hold shared)
    : n_(n), shared_(std::move(shared)), values_(reinterpret_cast<double*>(shared_->data())) {}

void PairProducts::compute(const CentredSamples& samples, const Tile& at, double* out) {
  const auto run = [&](std::size_t t) {
    return CentredSamples::Run{.first = t * kTile, .size = std::min(kTile, samples.n() - t * kTile)};
  };
  samples.products(run(at.row), run(at.column), out);
}

std::size_t PairProducts::n_tiles(std::size_t n) {
  const std::size_t rows = (n + kTile - 1) / kTile;
  return rows * (rows + 1) / 2;
}

PairProducts::Tile PairProducts::tile_at(std::size_t index) {
  auto row = static_cast<std::size_t>((std::sqrt(8.0 * static_cast<double>(index) + 1.0) - 1.0) / 2.0);
  while (row * (row + 1) / 2 > index) --row;  // where the root was rounded
  while ((row + 1) * (row + 2) / 2 <= index) ++row;
  return {.row = row, .column = index - row * (row + 1) / 2};
}

std::size_t PairProducts::bytes(std::size_t n) { return n_tiles(n) * kTile * kTile * sizeof(double); }

void PairProducts::gather(std::size_t i, std::span<const core::Index> others, std::span<double> out) const {
  const auto height = [&](std::size_t tile_row) { return std::min(kTile, n_ - tile_row * kTile); };
  const std::size_t own = i / kTile;
  const std::size_t own_height = height(own);
  for (std::size_t v = 0; v < others.size(); ++v) {
    const std::size_t other = others[v];
    const std::size_t t = other / kTile;
    out[v] = t <= own ? tile({own, t})[other % kTile * own_height + i % kTile]
                      : tile({t, own})[i % kTile * height(t) + other % kTile];
  }
}

}  // namespace gridmill::models::svm
