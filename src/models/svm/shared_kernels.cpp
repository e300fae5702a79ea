#include "models/svm/shared_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace gridmill::models::svm {

namespace {

constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

std::vector<core::Index> sorted_by_class(const core::Dataset& data) {
  std::vector<core::Index> samples(data.n_samples());
  std::iota(samples.begin(), samples.end(), core::Index{0});
  if (data.task == core::Task::classification) {
    std::stable_sort(samples.begin(), samples.end(), [&](auto a, auto b) { return data.y[a] < data.y[b]; });
  }
  return samples;
}

/// What is left beside the matrices, within reason.
std::size_t copy_bytes(std::size_t memory_bytes, std::size_t n) {
  constexpr std::size_t kLeast = std::size_t{64} << 20U;
  constexpr std::size_t kMost = std::size_t{1} << 30U;
  const std::size_t used = Gram::bytes(n) + PairProducts::bytes(n);
  return memory_bytes > used ? std::clamp(memory_bytes - used, kLeast, kMost) : kLeast;
}

std::size_t share_of_memory(const Resources& resources) {
  if (resources.memory_bytes == 0) return kUnlimited;
  return resources.memory_bytes / (resources.memory == nullptr ? 1 : resources.memory->n_sharers());
}

}  // namespace

SharedKernels::SharedKernels(const core::Dataset& data, const Resources& resources)
    : data_(data),
      memory_bytes_(share_of_memory(resources)),
      position_of_(data.n_samples()),
      sample_at_(sorted_by_class(data)),
      problem_memory_(copy_bytes(memory_bytes_, data.n_samples())) {
  for (std::size_t p = 0; p < sample_at_.size(); ++p) position_of_[sample_at_[p]] = static_cast<core::Index>(p);
}

core::MatrixView SharedKernels::view() const { return x_ == nullptr ? data_.x : core::MatrixView(*x_); }

void SharedKernels::preprocess(const PreprocessingOptions& options, std::span<const core::Index> train) {
  Preprocessing learnt =
      options == PreprocessingOptions{} ? Preprocessing() : Preprocessing::fit(options, data_.x, train);
  if (preprocessing_ && *preprocessing_ == learnt) return;
  drop_matrix();
  products_.reset();
  samples_.reset();
  preprocessing_.reset();
  x_ = options == PreprocessingOptions{} ? nullptr : std::make_shared<core::Matrix>(learnt.apply(data_.x));
  check_finite(view());
  core::Matrix sorted(data_.n_features(), data_.n_samples());
  for (std::size_t p = 0; p < sample_at_.size(); ++p) {
    std::ranges::copy(view().sample(sample_at_[p]), sorted.colptr(p));
  }
  samples_ = std::make_shared<CentredSamples>(std::move(sorted));
  preprocessing_ = std::move(learnt);
}

void SharedKernels::check_finite(const core::MatrixView& x) const {
  std::vector<std::size_t> missing(x.n_features, 0);
  std::vector<std::size_t> infinite(x.n_features, 0);
  for (std::size_t i = 0; i < x.n_samples; ++i) {
    const std::span<const double> sample = x.sample(i);
    for (std::size_t f = 0; f < sample.size(); ++f) {
      missing[f] += std::isnan(sample[f]) ? 1U : 0U;
      infinite[f] += std::isinf(sample[f]) ? 1U : 0U;
    }
  }
  const auto name = [&](std::size_t f) {
    return f < data_.feature_names.size() ? data_.feature_names[f] : fmt::format("{}", f);
  };
  for (std::size_t f = 0; f < x.n_features; ++f) {
    if (missing[f] > 0) {
      throw FitError(
          fmt::format("feature '{}' is missing (NaN) in {} of {} samples; fill it with 'impute: mean' "
                      "(or median, most_frequent, zero)",
                      name(f), missing[f], x.n_samples));
    }
    if (infinite[f] > 0) {
      throw FitError(fmt::format("feature '{}' is infinite in {} of {} samples", name(f), infinite[f], x.n_samples));
    }
  }
}

std::shared_ptr<KernelMatrix> SharedKernels::matrix(const KernelOptions& options, std::span<const core::Index> train) {
  const Kernel kernel = options.resolve(view(), train);
  if (matrix_ != nullptr && matrix_->kernel == kernel) return matrix_;
  drop_matrix();
  auto rows = make_rows(kernel);
  matrix_ =
      std::make_shared<KernelMatrix>(KernelMatrix{*preprocessing_, kernel, samples_, x_, products_, std::move(rows)});
  return matrix_;
}

void SharedKernels::drop_matrix() {
  problem_memory_.forget();
  if (matrix_ != nullptr && matrix_.use_count() == 1) {
    if (auto* gram = dynamic_cast<Gram*>(matrix_->rows.get())) spare_ = gram->release();
  }
  matrix_.reset();
}

void SharedKernels::make_products() {
  auto products = std::make_shared<PairProducts>(samples_->n());
  const std::size_t tiles = PairProducts::n_tiles(samples_->n());
  for (std::size_t row = 0; row < tiles; ++row) {
    for (std::size_t column = 0; column <= row; ++column) {
      PairProducts::compute(*samples_, row, column, products->tile(row, column));
    }
  }
  products_ = std::move(products);
}

std::unique_ptr<KernelRows> SharedKernels::make_rows(const Kernel& kernel) {
  const std::size_t n = data_.n_samples();
  const std::size_t gram_bytes = Gram::bytes(n);
  if (gram_bytes > memory_bytes_) return std::make_unique<RowCache>(samples_, kernel, memory_bytes_);
  const bool keep_products = PairProducts::bytes(n) <= memory_bytes_ - gram_bytes;
  if (keep_products && products_ == nullptr) make_products();
  return std::make_unique<Gram>(*samples_, products_.get(), kernel, std::move(spare_));
}

core::Matrix SharedKernels::vectors(const KernelMatrix& matrix, std::span<const core::Index> positions) const {
  const core::MatrixView x = matrix.x == nullptr ? data_.x : core::MatrixView(*matrix.x);
  core::Matrix out(x.n_features, positions.size());
  for (std::size_t v = 0; v < positions.size(); ++v) std::ranges::copy(x.sample(sample(positions[v])), out.colptr(v));
  return out;
}

}  // namespace gridmill::models::svm
