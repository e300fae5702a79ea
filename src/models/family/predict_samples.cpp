#include "models/family/predict_samples.hpp"

#include <algorithm>
#include <cstddef>

namespace gridmill::models {

namespace {

void append(const Prediction& part, Prediction& whole) {
  whole.value.insert(whole.value.end(), part.value.begin(), part.value.end());
  whole.decision = arma::join_rows(whole.decision, part.decision);
  whole.probability = arma::join_rows(whole.probability, part.probability);
}

}  // namespace

Prediction predict_samples(const Model& model, const core::MatrixView& x, std::span<const core::Index> rows,
                           Outputs wanted) {
  constexpr std::size_t kBlockEntries = std::size_t{1} << 22;  // 32 MiB
  const std::size_t most = std::max<std::size_t>(1, kBlockEntries / std::max<std::size_t>(1, x.n_features));
  Prediction whole;
  for (std::size_t first = 0; first < rows.size(); first += most) {
    core::Matrix block(x.n_features, std::min(most, rows.size() - first));
    for (std::size_t s = 0; s < block.n_cols; ++s) std::ranges::copy(x.sample(rows[first + s]), block.colptr(s));
    append(model.predict(block, wanted), whole);
  }
  return whole;
}

Prediction predict_samples(const Model& model, const core::SparseView& x, std::span<const core::Index> rows,
                           Outputs wanted) {
  core::SparseMatrix chosen;
  chosen.n_features = x.n_features;
  for (const core::Index row : rows) chosen.add(x.sample(row));
  return model.predict_sparse(chosen.view(), wanted);
}

}  // namespace gridmill::models
