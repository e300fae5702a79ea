#include "models/predict_samples.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace gridmill::models {

namespace {

void append(const Prediction& part, Prediction& whole) {
  whole.value.insert(whole.value.end(), part.value.begin(), part.value.end());
  whole.decision = arma::join_rows(whole.decision, part.decision);
  whole.probability = arma::join_rows(whole.probability, part.probability);
}

core::Matrix in_full(const core::Dataset& data, std::span<const core::Index> rows) {
  core::Matrix out(data.n_features(), rows.size());
  for (std::size_t s = 0; s < rows.size(); ++s) {
    if (data.is_sparse()) {
      core::unpack(data.sparse.sample(rows[s]), {out.colptr(s), out.n_rows});
    } else {
      std::ranges::copy(data.x.sample(rows[s]), out.colptr(s));
    }
  }
  return out;
}

}  // namespace

Prediction predict_samples(const Model& model, const core::Dataset& data, std::span<const core::Index> rows,
                           Outputs wanted) {
  constexpr std::size_t kBlockEntries = std::size_t{1} << 22;  // 32 MiB
  const std::size_t most = std::max<std::size_t>(1, kBlockEntries / std::max<std::size_t>(1, data.n_features()));
  Prediction whole;
  for (std::size_t first = 0; first < rows.size(); first += most) {
    const auto block = rows.subspan(first, std::min(most, rows.size() - first));
    append(model.predict(in_full(data, block), wanted), whole);
  }
  return whole;
}

Prediction predict_samples(const Model& model, const core::Dataset& data, Outputs wanted) {
  if (!data.is_sparse()) return model.predict(data.x, wanted);
  std::vector<core::Index> rows(data.n_samples());
  std::iota(rows.begin(), rows.end(), core::Index{0});
  return predict_samples(model, data, rows, wanted);
}

}  // namespace gridmill::models
