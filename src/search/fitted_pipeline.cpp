#include "search/fitted_pipeline.hpp"

#include "core/error.hpp"

namespace gridmill::search {

models::Prediction FittedPipeline::predict(const core::MatrixView& x, models::Outputs wanted) const {
  if (steps.empty()) return model->predict(x, wanted);
  return model->predict(steps.apply({.numbers = x}), wanted);
}

core::Matrix FittedPipeline::explain(const core::MatrixView& x, models::Explanation what) const {
  if (steps.empty()) return model->explain(x, what);
  return model->explain(steps.apply({.numbers = x}), what);
}

models::Prediction FittedPipeline::predict(const core::Dataset& data, models::Outputs wanted) const {
  if (!data.is_sparse()) return predict(data.x, wanted);
  GRIDMILL_ASSERT(steps.empty(), "sparse data comes as it is");
  return model->predict_sparse(data.sparse, wanted);
}

}  // namespace gridmill::search
