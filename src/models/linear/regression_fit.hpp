#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/dataset.hpp"
#include "models/family/model.hpp"
#include "models/linear/linear_functions.hpp"
#include "models/linear/samples.hpp"

namespace gridmill::models::linear {

/// A linear regression fitted to some samples of a trainer.
class RegressionFit final : public Fit {
 public:
  struct Outcome {
    FitStatus status = FitStatus::ok;
    std::vector<double> details;
  };
  RegressionFit(std::string_view family, const Samples& samples, LinearFunctions functions)
      : RegressionFit(family, samples, std::move(functions), {}) {}
  RegressionFit(std::string_view family, const Samples& samples, LinearFunctions functions, Outcome outcome)
      : family_(family), samples_(samples), functions_(std::move(functions)), outcome_(std::move(outcome)) {}

  [[nodiscard]] FitStatus status() const override { return outcome_.status; }
  [[nodiscard]] std::vector<double> details() const override { return outcome_.details; }
  [[nodiscard]] const std::vector<std::size_t>& classes() const override { return no_classes_; }
  [[nodiscard]] Prediction predict(std::span<const core::Index> rows, Outputs wanted) const override;
  [[nodiscard]] std::unique_ptr<Model> model() const override;

 private:
  std::string_view family_;
  Samples samples_;
  LinearFunctions functions_;
  Outcome outcome_;
  std::vector<std::size_t> no_classes_;
};

/// Returns what fits to so many rows share: products of features, or of rows where these are fewer.
SharedWork gram_work(std::size_t n_train, std::size_t n_features);

/// Returns what the Grams of each rank take, and what it remembers of folds, `n_variants` for each; `n_work`: how many
/// times a Gram the work space of its decomposition is.
MemoryUse gram_memory_use(const core::Dataset& data, const Resources& resources, std::size_t n_variants,
                          std::size_t n_work = 0);

}  // namespace gridmill::models::linear
