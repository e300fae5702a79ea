#include "search/fitted_pipeline.hpp"

#include "core/error.hpp"

namespace gridmill::search {

models::Prediction FittedPipeline::predict(const core::Frame& frame, models::Outputs wanted) const {
  if (steps.empty()) return model->predict(frame.numbers, wanted);
  if (steps.is_sparse()) return model->predict_sparse(steps.apply_sparse(frame).view(), wanted);
  return model->predict(steps.apply(frame), wanted);
}

core::Matrix FittedPipeline::explain(const core::Frame& frame, models::Explanation what) const {
  if (steps.empty()) return model->explain(frame.numbers, what);
  if (!steps.is_sparse()) return model->explain(steps.apply(frame), what);
  // Boosters explain, and take what is left out as missing.
  const core::SparseMatrix sparse = steps.apply_sparse(frame);
  core::Matrix x(sparse.n_features, frame.n_rows());
  x.fill(arma::datum::nan);
  for (std::size_t i = 0; i < x.n_cols; ++i) {
    const core::SparseSample sample = sparse.view().sample(i);
    for (std::size_t e = 0; e < sample.value.size(); ++e) x(sample.feature[e], i) = sample.value[e];
  }
  return model->explain(x, what);
}

models::Prediction FittedPipeline::predict(const core::Dataset& data, models::Outputs wanted) const {
  if (!data.is_sparse()) return predict(core::frame_of(data), wanted);
  GRIDMILL_ASSERT(steps.empty(), "sparse data comes as it is");
  return model->predict_sparse(data.sparse, wanted);
}

}  // namespace gridmill::search
