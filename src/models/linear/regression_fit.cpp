#include "models/linear/regression_fit.hpp"

#include <algorithm>

#include "models/linear/fold_memory.hpp"
#include "models/linear/regression_model.hpp"
#include "models/linear/weighted_sums.hpp"

namespace gridmill::models::linear {

Prediction RegressionFit::predict(std::span<const core::Index> rows, Outputs /*wanted*/) const {
  Prediction out;
  out.value.reserve(rows.size());
  for (const core::Index row : rows) out.value.push_back(functions_.at(samples_, row, 0));
  return out;
}

std::unique_ptr<Model> RegressionFit::model() const { return std::make_unique<RegressionModel>(family_, functions_); }

SharedWork gram_work(std::size_t n_train, std::size_t n_features) {
  const auto n = static_cast<double>(n_train);
  const auto d = static_cast<double>(n_features);
  return {.cost = n * d * std::min(n, d)};
}

MemoryUse gram_memory_use(const core::Dataset& data, const Resources& resources, std::size_t n_variants,
                          std::size_t n_work) {
  constexpr std::size_t kGrams = 4;  // of all samples, of a fold, what is made of it, and that of the refit
  std::size_t size = std::min(data.n_samples(), data.n_features());
  if (data.is_sparse()) size = std::min(size, kLargestSparseGram);
  const std::size_t a_gram = size * size * sizeof(double);
  const std::size_t remembered = fold_memory_bytes(2 * a_gram, resources.n_folds * n_variants);
  const std::size_t bytes = ((kGrams + n_work) * a_gram + remembered) * resources.n_ranks_on_node();
  return {.bytes = bytes, .least_bytes = bytes, .words = "products of features"};
}

}  // namespace gridmill::models::linear
