#include "models/linear/regression_model.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/family/saved_state.hpp"

namespace gridmill::models::linear {

Prediction RegressionModel::predict(const core::MatrixView& x, Outputs /*wanted*/) const {
  Prediction out;
  for (std::size_t s = 0; s < x.n_samples; ++s) out.value.push_back(functions_.at(x.sample(s), 0));
  return out;
}

Prediction RegressionModel::predict_sparse(const core::SparseView& x, Outputs /*wanted*/) const {
  Prediction out;
  for (std::size_t s = 0; s < x.n_samples(); ++s) out.value.push_back(functions_.at(x.sample(s), 0));
  return out;
}

std::vector<double> RegressionModel::feature_weights() const { return functions_.weights(); }

void RegressionModel::save(const std::filesystem::path& folder) const { write_functions(functions_, family_, folder); }

core::Value RegressionModel::state() const {
  return core::ValueMapping{{"n_features", static_cast<std::int64_t>(functions_.n_features())}};
}

std::unique_ptr<Model> RegressionModel::load(std::string_view family, const std::filesystem::path& folder,
                                             const core::Value& state) {
  return std::make_unique<RegressionModel>(
      family, read_functions(family, SavedState(state, folder).count("n_features"), 1, folder));
}

}  // namespace gridmill::models::linear
