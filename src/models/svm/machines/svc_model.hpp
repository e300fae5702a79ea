#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/value.hpp"
#include "models/family/model.hpp"
#include "models/svm/kernels/kernel.hpp"
#include "models/svm/kernels/support_vectors.hpp"
#include "models/svm/libsvm/libsvm_file.hpp"
#include "models/svm/machines/one_vs_one.hpp"

namespace gridmill::models::svm {

/// A support vector classifier that stands alone.
class SvcModel final : public Model {
 public:
  struct Parts {
    MachineKind kind = MachineKind::c_svc;
    Kernel kernel;
    SupportVectors vectors;  // prepared samples
    Classifier classifier;
    std::vector<int> labels;  // what the model file calls the machine's classes
  };
  explicit SvcModel(Parts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] Prediction predict(const core::MatrixView& x, Outputs wanted) const override;
  [[nodiscard]] Prediction predict_sparse(const core::SparseView& x, Outputs wanted) const override;
  void save(const std::filesystem::path& folder) const override;
  [[nodiscard]] core::Value state() const override;

  /// Errors: UserError naming the file.
  static std::unique_ptr<Model> load(MachineKind kind, const std::filesystem::path& folder, const core::Value& state);

 private:
  /// Predicts samples in either form.
  template <typename View>
  [[nodiscard]] Prediction predict_any(const View& x, std::size_t n, Outputs wanted) const;

  Parts parts_;
};

/// Returns the labels a model file can hold: the class labels if all are whole numbers, else the class codes.
std::vector<int> file_labels(const std::vector<std::string>& classes, const std::vector<std::size_t>& codes);

}  // namespace gridmill::models::svm
