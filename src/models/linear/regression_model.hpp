#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "core/value.hpp"
#include "models/family/model.hpp"
#include "models/linear/linear_functions.hpp"

namespace gridmill::models::linear {

/// A linear regression that stands alone.
class RegressionModel final : public Model {
 public:
  /// `family`: a name that lives as long as the program.
  RegressionModel(std::string_view family, LinearFunctions functions)
      : family_(family), functions_(std::move(functions)) {}

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
  LinearFunctions functions_;
};

}  // namespace gridmill::models::linear
