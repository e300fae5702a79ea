#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "core/matrix.hpp"
#include "core/value.hpp"
#include "models/family/model.hpp"
#include "models/linear/linear_functions.hpp"

namespace gridmill::models::linear {

/// Linear functions that tell classes apart: one for two classes, the log odds of the greater; else one for each class.
struct Classifier {
  LinearFunctions functions;
  std::vector<std::size_t> classes;  // codes, ascending; at least two
  std::size_t n_codes = 0;           // classes of the dataset, of which the fit may have seen fewer

  [[nodiscard]] std::size_t n_functions() const { return functions.n_functions(); }
  /// Turns the functions at n samples (n_functions x n) into what scikit-learn's LogisticRegression predicts. NaN
  /// values predict NaN.
  [[nodiscard]] Prediction predict(const core::Matrix& values, Outputs wanted) const;
};

/// A linear classifier that stands alone.
class ClassifierModel final : public Model {
 public:
  /// `family`: a name that lives as long as the program.
  ClassifierModel(std::string_view family, Classifier classifier)
      : family_(family), classifier_(std::move(classifier)) {}

  [[nodiscard]] Prediction predict(const core::MatrixView& x, Outputs wanted) const override;
  [[nodiscard]] Prediction predict_sparse(const core::SparseView& x, Outputs wanted) const override;
  [[nodiscard]] std::vector<double> feature_weights() const override;
  void save(const std::filesystem::path& folder) const override;
  [[nodiscard]] core::Value state() const override;

  /// Errors: UserError naming the file.
  static std::unique_ptr<Model> load(std::string_view family, const std::filesystem::path& folder,
                                     const core::Value& state);

 private:
  std::string_view family_;
  Classifier classifier_;
};

}  // namespace gridmill::models::linear
