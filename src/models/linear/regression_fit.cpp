#include "models/linear/regression_fit.hpp"

#include <algorithm>

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

MemoryUse gram_memory_use(const core::Dataset& data, const Resources& resources) {
  constexpr std::size_t kGrams = 4;  // of all samples, of a fold, its eigenvectors, work space
  std::size_t size = std::min(data.n_samples(), data.n_features());
  if (data.is_sparse()) size = std::min(size, kLargestSparseGram);
  const std::size_t bytes = kGrams * size * size * sizeof(double) * resources.n_ranks_on_node();
  return {.bytes = bytes, .least_bytes = bytes, .words = "products of features"};
}

}  // namespace gridmill::models::linear
