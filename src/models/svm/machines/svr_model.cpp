#include "models/svm/machines/svr_model.hpp"

#include <cstdint>

#include "models/family/saved_state.hpp"
#include "models/svm/libsvm/libsvm_file.hpp"

namespace gridmill::models::svm {

Prediction SvrModel::predict(const core::MatrixView& x, Outputs /*wanted*/) const {
  return predict_any(x, x.n_samples);
}

Prediction SvrModel::predict_sparse(const core::SparseView& x, Outputs /*wanted*/) const {
  return predict_any(x, x.n_samples());
}

template <typename View>
Prediction SvrModel::predict_any(const View& x, std::size_t n) const {
  Prediction out;
  out.value.resize(n);
  parts_.vectors.for_each_kernel(parts_.kernel, x, [&](std::size_t s, std::span<const double> kernel) {
    double sum = -parts_.rho;
    for (std::size_t v = 0; v < kernel.size(); ++v) sum += parts_.coefficients(0, v) * kernel[v];
    out.value[s] = sum;
  });
  return out;
}

void SvrModel::save(const std::filesystem::path& folder) const {
  write_libsvm({.kind = parts_.kind,
                .kernel = parts_.kernel,
                .rho = {parts_.rho},
                .coefficients = parts_.coefficients,
                .vectors = parts_.vectors},
               folder / kModelFile);
}

core::Value SvrModel::state() const {
  return core::ValueMapping{{"n_features", static_cast<std::int64_t>(parts_.vectors.n_features())},
                            {"sparse", parts_.vectors.is_sparse()}};
}

std::unique_ptr<Model> SvrModel::load(MachineKind kind, const std::filesystem::path& folder, const core::Value& value) {
  const SavedState state(value, folder);
  LibsvmModel file = read_libsvm(kind, folder / kModelFile, vector_form(state));
  return std::make_unique<SvrModel>(
      Parts{kind, file.kernel, std::move(file.vectors), std::move(file.coefficients), file.rho.front()});
}

}  // namespace gridmill::models::svm
