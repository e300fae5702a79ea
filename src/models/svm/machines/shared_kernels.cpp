#include "models/svm/machines/shared_kernels.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/svm/kernels/narrow_rows.hpp"

namespace gridmill::models::svm {

namespace {

// Between two kernels a rank waits for those that still read the matrix before: most often for the rest of a short
// fit. Long after that it takes a matrix of its own, for what was announced as the use of memory should hold.
constexpr std::chrono::minutes kWaitIfRoom{10};
constexpr std::chrono::hours kWaitIfNone{24};

// Of the memory for copies of rows, which problems small enough to have first steps hardly use.
constexpr std::size_t kShareOfSteps = 8;

std::vector<core::Index> sorted_by_class(const core::Dataset& data) {
  std::vector<core::Index> samples(data.n_samples());
  std::iota(samples.begin(), samples.end(), core::Index{0});
  if (data.task == core::Task::classification) {
    std::stable_sort(samples.begin(), samples.end(), [&](auto a, auto b) { return data.y[a] < data.y[b]; });
  }
  return samples;
}

/// Takes back the memory of a Gram, or null.
AlignedFloats memory_of(KernelRows& rows) {
  if (auto* gram = dynamic_cast<Gram*>(&rows)) return gram->is_shared() ? nullptr : gram->release();
  auto* narrow = dynamic_cast<NarrowRows*>(&rows);
  return narrow == nullptr ? nullptr : narrow->release();
}

core::SlotKey key_of(const Kernel& kernel) {
  return {static_cast<std::uint64_t>(kernel.kind), std::bit_cast<std::uint64_t>(kernel.gamma),
          std::bit_cast<std::uint64_t>(kernel.coef0), static_cast<std::uint64_t>(kernel.degree)};
}

}  // namespace

SharedKernels::SharedKernels(const core::Dataset& data, const Resources& resources)
    : data_(data),
      plan_(plan_kernel_memory(data, resources)),
      position_of_(data.n_samples()),
      sample_at_(sorted_by_class(data)),
      problem_memory_(plan_.copy_bytes),
      first_steps_(plan_.copy_bytes / kShareOfSteps) {
  for (std::size_t p = 0; p < sample_at_.size(); ++p) position_of_[sample_at_[p]] = static_cast<core::Index>(p);
  core::NodeMemory& memory = resources.memory == nullptr ? heap_ : *resources.memory;
  const std::size_t n = data.n_samples();
  const std::size_t n_tiles = PairProducts::n_tiles(n);
  if (plan_.shared_products) {
    product_slot_.emplace(
        memory, "products of pairs",
        core::NodeSlots::Shape{.n_slots = 1, .slot_bytes = PairProducts::bytes(n), .n_pieces = n_tiles});
  }
  if (plan_.n_shared_grams > 0) {
    gram_slots_.emplace(
        memory, "kernel matrices",
        core::NodeSlots::Shape{.n_slots = plan_.n_shared_grams, .slot_bytes = Gram::bytes(n), .n_pieces = n_tiles});
  }
}

void SharedKernels::take_sparse() {
  check_finite(data_.sparse);
  core::SparseMatrix sorted;
  sorted.n_features = data_.n_features();
  for (const core::Index sample : sample_at_) sorted.add(data_.sparse.sample(sample));
  samples_ = std::make_shared<CentredSamples>(std::move(sorted));
}

void SharedKernels::take_full(const core::MatrixView& x) {
  check_finite(x);
  core::Matrix sorted(x.n_features, x.n_samples);
  for (std::size_t p = 0; p < sample_at_.size(); ++p) std::ranges::copy(x.sample(sample_at_[p]), sorted.colptr(p));
  samples_ = std::make_shared<CentredSamples>(std::move(sorted));
}

void SharedKernels::take(const core::PreparedSamples& prepared) {
  if (prepared_ && prepared_->key == prepared.key) return;
  forget();
  names_ = prepared.feature_names(data_);
  if (data_.is_sparse()) {
    GRIDMILL_ASSERT(prepared.x == nullptr, "sparse data comes as it is");
    take_sparse();
  } else {
    take_full(prepared.view(data_));
  }
  prepared_ = prepared;
}

void SharedKernels::forget() {
  drop_matrix();
  forget_first_steps();
  products_.reset();
  samples_.reset();
  prepared_.reset();
}

void SharedKernels::check_finite(const core::SparseView& x) const {
  for (std::size_t e = 0; e < x.n_entries(); ++e) {
    if (std::isfinite(x.value[e])) continue;
    throw FitError(fmt::format("feature '{}' is missing or infinite", name_of_feature(x.feature[e])));
  }
}

std::string SharedKernels::name_of_feature(std::size_t feature) const {
  return feature < names_.size() ? names_[feature] : fmt::format("{}", feature);
}

void SharedKernels::check_products(KernelKind kind) const {
  if (!samples_->overflows(kind)) return;
  std::size_t feature = 0;
  double greatest = 0;
  for (core::Index i = 0; i < data_.n_samples(); ++i) {
    const core::SparseSample own = data_.is_sparse() ? data_.sparse.sample(i) : core::SparseSample{};
    const std::span<const double> values = data_.is_sparse() ? own.value : view().sample(i);
    for (std::size_t e = 0; e < values.size(); ++e) {
      if (std::abs(values[e]) <= greatest) continue;
      feature = data_.is_sparse() ? own.feature[e] : e;
      greatest = std::abs(values[e]);
    }
  }
  throw FitError(
      fmt::format("feature '{}' reaches {:.2g} in magnitude, so that products of samples are beyond what a "
                  "double holds; scale the features",
                  name_of_feature(feature), greatest));
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
  for (std::size_t f = 0; f < x.n_features; ++f) {
    if (missing[f] > 0) {
      throw FitError(
          fmt::format("feature '{}' is missing (NaN) in {} of {} samples; fill it with 'impute: mean' "
                      "(or median, most_frequent, zero)",
                      name_of_feature(f), missing[f], x.n_samples));
    }
    if (infinite[f] > 0) {
      throw FitError(
          fmt::format("feature '{}' is infinite in {} of {} samples", name_of_feature(f), infinite[f], x.n_samples));
    }
  }
}

std::shared_ptr<KernelMatrix> SharedKernels::matrix(const KernelOptions& options, std::span<const core::Index> train,
                                                    Deadline* put_off) {
  const Clock::time_point begin = Clock::now();
  check_products(options.kind);
  const Kernel kernel = data_.is_sparse() ? options.resolve(data_.sparse, train) : options.resolve(view(), train);
  if (matrix_ == nullptr || matrix_->kernel != kernel) {
    drop_matrix();
    if (kernel_of_steps_ != kernel) forget_first_steps();
    kernel_of_steps_ = kernel;
    options_ = options;
    matrix_ = make_matrix(kernel, are_own() && !options.depends_on_fold());
  }
  // Other fits use it, too, and who is to make it is chance.
  if (put_off != nullptr && *put_off) **put_off += Clock::now() - begin;
  return matrix_;
}

std::shared_ptr<KernelMatrix> SharedKernels::make_matrix(const Kernel& kernel, bool same_for_all_folds) {
  auto rows = make_rows(kernel, same_for_all_folds);
  return std::make_shared<KernelMatrix>(KernelMatrix{kernel, samples_, prepared_->x, products_, std::move(rows)});
}

void SharedKernels::rest() {
  if (matrix_ == nullptr) return;
  const auto* gram = dynamic_cast<const Gram*>(matrix_->rows.get());
  if (gram != nullptr && gram->is_shared()) drop_matrix();
}

void SharedKernels::drop_matrix() {
  problem_memory_.forget();
  if (matrix_ != nullptr) {
    const KernelRows& rows = *matrix_->rows;
    const bool read_most = rows.n_computed() > rows.n() * rows.n() / 2;  // a whole matrix takes as many
    if (read_most && !expects_most_rows()) mostly_read_.push_back(options_);
    AlignedFloats memory = matrix_.use_count() == 1 ? memory_of(*matrix_->rows) : nullptr;
    if (memory != nullptr) spare_ = std::move(memory);
  }
  matrix_.reset();
}

bool SharedKernels::expects_most_rows() const {
  return std::ranges::find(mostly_read_, options_) != mostly_read_.end();
}

void SharedKernels::forget_first_steps() {
  first_steps_.forget();
  kernel_of_steps_.reset();
}

void SharedKernels::make_products() {
  if (products_ != nullptr) return;
  if (are_own() && product_slot_) {
    products_ = shared_products();
  } else if (!are_own() && plan_.own_products) {
    products_ = own_products();
  }
}

std::shared_ptr<const PairProducts> SharedKernels::shared_products() {
  const auto build = [&](std::size_t index, std::byte* data) {
    const PairProducts::Tile at = PairProducts::tile_at(index);
    PairProducts::compute(*samples_, at, reinterpret_cast<double*>(data) + PairProducts::offset(at));
  };
  auto hold = product_slot_->acquire(core::SlotKey{}, build, {});
  return hold ? std::make_shared<const PairProducts>(samples_->n(), std::move(*hold)) : nullptr;
}

std::shared_ptr<const PairProducts> SharedKernels::own_products() const {
  auto products = std::make_shared<PairProducts>(samples_->n());
  const std::size_t n_tiles = PairProducts::n_tiles(samples_->n());
  for (std::size_t index = 0; index < n_tiles; ++index) {
    const PairProducts::Tile at = PairProducts::tile_at(index);
    PairProducts::compute(*samples_, at, products->tile(at));
  }
  return products;
}

std::unique_ptr<KernelRows> SharedKernels::make_rows(const Kernel& kernel, bool same_for_all_folds) {
  const bool fits = same_for_all_folds ? gram_slots_.has_value() : plan_.own_grams;
  if (!fits) return rows_on_demand(samples_, kernel, plan_.cache_bytes);
  // A matrix of one fold serves few fits, and those of easy problems read few of its rows.
  if (!same_for_all_folds && !samples_->is_sparse() && !expects_most_rows()) return own_rows(kernel);
  make_products();
  if (same_for_all_folds) {
    if (auto gram = shared_gram(kernel)) return gram;
  }
  return std::make_unique<Gram>(*samples_, products_.get(), kernel, std::move(spare_));
}

std::unique_ptr<KernelRows> SharedKernels::own_rows(const Kernel& kernel) {
  const std::size_t bytes = Gram::bytes(samples_->n());
  if (NarrowRows::suits(*samples_, bytes)) return std::make_unique<NarrowRows>(samples_, kernel, std::move(spare_));
  spare_.reset();
  return std::make_unique<RowCache>(samples_, kernel, bytes);
}

std::unique_ptr<KernelRows> SharedKernels::shared_gram(const Kernel& kernel) {
  GramFiller filler(*samples_, products_.get(), kernel);
  const auto build = [&](std::size_t index, std::byte* data) { filler.fill(index, reinterpret_cast<float*>(data)); };
  const core::NodeSlots::Patience patience{.free =
                                               plan_.own_grams ? std::chrono::milliseconds(kWaitIfRoom) : kWaitIfNone};
  auto hold = gram_slots_->acquire(key_of(kernel), build, patience);
  return hold ? std::make_unique<Gram>(*samples_, kernel, std::move(*hold)) : nullptr;
}

SupportVectors SharedKernels::vectors(const KernelMatrix& matrix, std::span<const core::Index> positions) const {
  if (data_.is_sparse()) {
    core::SparseMatrix out;
    out.n_features = data_.n_features();
    for (const core::Index position : positions) out.add(data_.sparse.sample(sample(position)));
    return SupportVectors(std::move(out));
  }
  const core::MatrixView x = matrix.x == nullptr ? data_.x : core::MatrixView(*matrix.x);
  core::Matrix out(x.n_features, positions.size());
  for (std::size_t v = 0; v < positions.size(); ++v) std::ranges::copy(x.sample(sample(positions[v])), out.colptr(v));
  return SupportVectors(std::move(out));
}

}  // namespace gridmill::models::svm
