#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "core/prepared_samples.hpp"
#include "core/value.hpp"
#include "models/boosting/booster.hpp"
#include "models/boosting/boosting_options.hpp"

namespace gridmill::models::boosting {

/// The training rows of a fold, as a booster learns from them.
struct TrainingSamples {
  std::vector<core::Index> rows;
  std::vector<std::size_t> classes;  // codes that occur, ascending; empty for regression
  std::unique_ptr<SampleMatrix> matrix;
};

/// Makes XGBoost's matrices of one dataset and keeps those that the next fits will ask for: the training rows of the
/// last fold, and the rows that were predicted last. Not thread-safe.
class FoldMatrices {
 public:
  /// `data` must outlive it.
  explicit FoldMatrices(const core::Dataset& data) : data_(data) {}

  /// Returns the rows `rows` with labels and weights, binned as no fit has bins yet or as those with the same `kind`
  /// have. Errors: FitError for a value beyond 32 bits, naming the feature; for a single class; when all weights are 0.
  std::shared_ptr<const TrainingSamples> training(const core::PreparedSamples& samples,
                                                  std::span<const core::Index> rows, const MatrixKind& kind,
                                                  const core::Value& class_weight);

  /// Returns the rows `rows`, without labels.
  std::shared_ptr<const SampleMatrix> predicted(const core::PreparedSamples& samples,
                                                std::span<const core::Index> rows);

  /// Returns those of the rows `rows` whose class occurs among the training rows, with labels as those have them and
  /// weights. Errors: FitError if there is none.
  std::shared_ptr<const SampleMatrix> watched(const core::PreparedSamples& samples, std::span<const core::Index> rows,
                                              const TrainingSamples& training);

  /// Lets go of all.
  void forget();

 private:
  struct PredictedRows {
    std::uint64_t samples = 0;
    std::vector<core::Index> rows;
    std::shared_ptr<const SampleMatrix> matrix;
  };

  [[nodiscard]] SampleChoice choose(const core::PreparedSamples& samples, std::span<const core::Index> rows) const;
  void check_range(const core::PreparedSamples& samples);

  const core::Dataset& data_;
  std::string kind_;  // of training_, its key
  std::uint64_t samples_ = 0;
  std::shared_ptr<const TrainingSamples> training_;
  std::vector<core::Index> watched_rows_;
  std::shared_ptr<const SampleMatrix> watched_;  // for training_
  std::vector<PredictedRows> predicted_;         // the last ones, oldest first
  std::optional<std::uint64_t> checked_;         // key of the samples whose values are known to fit
};

}  // namespace gridmill::models::boosting
