#include "models/family/model.hpp"

#include <algorithm>
#include <set>

#include "core/error.hpp"

namespace gridmill::models {

std::string_view name_of(FitStatus status) {
  switch (status) {
    case FitStatus::ok: return "ok";
    case FitStatus::iteration_limit: return "iteration_limit";
    case FitStatus::time_limit: return "time_limit";
    case FitStatus::failed: return "failed";
  }
  GRIDMILL_ASSERT(false, "unknown fit status");
}

SharedWork Family::shared_work(std::size_t n_train, std::size_t /*n_features*/) const {
  const double pairs = static_cast<double>(n_train) * static_cast<double>(n_train);
  return {.cost = pairs, .bytes = pairs * sizeof(float)};
}

std::size_t n_sharing_keys(const Family& family, const Resources& resources) {
  std::set<std::string> keys;
  for (const Candidate& candidate : resources.candidates) keys.insert(family.sharing_key(candidate.params));
  return std::max<std::size_t>(1, keys.size());
}

void Fit::go_on(const core::Params& /*params*/) { GRIDMILL_ASSERT(false, "the family has no free axis"); }

core::Matrix Model::explain(const core::MatrixView& /*x*/, Explanation /*what*/) const {
  GRIDMILL_ASSERT(false, "the family does not explain");
}

std::vector<double> Model::feature_weights() const {
  GRIDMILL_ASSERT(false, "the family does not say what it makes of features");
}

Prediction Model::predict_sparse(const core::SparseView& /*x*/, Outputs /*wanted*/) const {
  GRIDMILL_ASSERT(false, "the family takes no sparse data");
}

}  // namespace gridmill::models
