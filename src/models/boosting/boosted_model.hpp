#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "core/sparse.hpp"
#include "core/value.hpp"
#include "models/boosting/booster.hpp"
#include "models/family/model.hpp"

namespace gridmill::models::boosting {

/// What a booster's numbers mean.
struct Meaning {
  enum class Numbers { target, probability, label, probabilities, margins };

  Numbers numbers = Numbers::target;
  std::vector<std::size_t> classes;  // codes the booster was fitted to, ascending; empty for regression
  std::size_t n_codes = 0;           // classes of the dataset, of which it may have seen fewer

  /// Of a booster with this objective.
  static Meaning of(const std::string& objective, std::vector<std::size_t> classes, std::size_t n_codes);

  /// Predicts as XGBClassifier and XGBRegressor do, with the rounds before `n_rounds` (0: all). There are no decision
  /// values.
  [[nodiscard]] Prediction predict(const Booster& booster, const SampleMatrix& x, Outputs wanted,
                                   std::size_t n_rounds = 0) const;
};

/// The file that save() writes.
constexpr const char* kBoosterFile = "model.json";

/// A booster that stands alone.
class BoostedModel final : public Model {
 public:
  BoostedModel(std::unique_ptr<Booster> booster, Meaning meaning);

  [[nodiscard]] Prediction predict(const core::MatrixView& x, Outputs wanted) const override;
  [[nodiscard]] Prediction predict_sparse(const core::SparseView& x, Outputs wanted) const override;
  [[nodiscard]] core::Matrix explain(const core::MatrixView& x, Explanation what) const override;
  /// gain, weight and cover, as XGBoost's get_score; of gblinear the coefficients.
  [[nodiscard]] std::vector<Importance> importances() const override;
  [[nodiscard]] std::vector<double> feature_weights() const override;
  /// Writes model.json as XGBoost's own save_model does, with what XGBClassifier and XGBRegressor want to find in it.
  void save(const std::filesystem::path& folder) const override;
  [[nodiscard]] core::Value state() const override;

  /// Errors: UserError naming the file.
  static std::unique_ptr<Model> load(core::Task task, const std::filesystem::path& folder, const core::Value& state);

 private:
  std::unique_ptr<Booster> booster_;
  Meaning meaning_;
};

}  // namespace gridmill::models::boosting
