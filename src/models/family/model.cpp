#include "models/family/model.hpp"

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

void Fit::go_on(const core::Params& /*params*/) { GRIDMILL_ASSERT(false, "the family has no free axis"); }

Prediction Model::predict_sparse(const core::SparseView& /*x*/, Outputs /*wanted*/) const {
  GRIDMILL_ASSERT(false, "the family takes no sparse data");
}

}  // namespace gridmill::models
