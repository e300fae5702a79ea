#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <utility>

#include "core/matrix.hpp"
#include "core/value.hpp"
#include "models/family/model.hpp"
#include "models/svm/kernels/kernel.hpp"
#include "models/svm/kernels/support_vectors.hpp"
#include "models/svm/libsvm/libsvm_file.hpp"

namespace gridmill::models::svm {

/// A support vector regression, or another machine that gives one value a sample, that stands alone.
class SvrModel final : public Model {
 public:
  struct Parts {
    MachineKind kind = MachineKind::epsilon_svr;
    Kernel kernel;
    SupportVectors vectors;     // prepared samples
    core::Matrix coefficients;  // 1 x n_support
    double rho = 0;
  };
  explicit SvrModel(Parts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] Prediction predict(const core::MatrixView& x, Outputs wanted) const override;
  [[nodiscard]] Prediction predict_sparse(const core::SparseView& x, Outputs wanted) const override;
  void save(const std::filesystem::path& folder) const override;
  [[nodiscard]] core::Value state() const override;

  /// Errors: UserError naming the file.
  static std::unique_ptr<Model> load(MachineKind kind, const std::filesystem::path& folder, const core::Value& state);

 private:
  /// Predicts samples in either form.
  template <typename View>
  [[nodiscard]] Prediction predict_any(const View& x, std::size_t n) const;

  Parts parts_;
};

}  // namespace gridmill::models::svm
