#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/matrix.hpp"
#include "core/sparse.hpp"

namespace gridmill::models::boosting {

/// XGBoost refuses something; `what()` is its first sentence.
class BoosterError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Frees what XGBoost has handed out.
struct FreeMatrix {
  void operator()(void* handle) const;
};
struct FreeBooster {
  void operator()(void* handle) const;
};

/// Samples as XGBoost keeps them: 32-bit values, with what it has made of them (bins, sorted columns) for as long as it
/// lives. NaN is missing. Errors of all functions: BoosterError; a value beyond 32 bits is one.
class SampleMatrix {
 public:
  /// The samples `rows` of `x`. For a while they take 4 bytes a value besides.
  SampleMatrix(const core::MatrixView& x, std::span<const core::Index> rows);
  /// The same of a sparse matrix: what it leaves out is missing, not 0.
  SampleMatrix(const core::SparseView& x, std::span<const core::Index> rows);
  /// All samples.
  explicit SampleMatrix(const core::MatrixView& x);
  explicit SampleMatrix(const core::SparseView& x);

  /// Shapes: a number for each sample. Weights count in the bins, too: set them before a booster is trained.
  void set_labels(std::span<const float> labels);
  void set_weights(std::span<const float> weights);

  [[nodiscard]] std::size_t n_samples() const { return n_samples_; }
  [[nodiscard]] void* handle() const { return handle_.get(); }

 private:
  std::unique_ptr<void, FreeMatrix> handle_;
  std::size_t n_samples_ = 0;
};

/// What is predicted, by the number that XGBoost gives it.
enum class Predicted { value = 0, margin = 1, contributions = 2, leaf = 6 };

/// Predictions of n samples, `width` numbers each, sample by sample.
struct BoosterOutput {
  std::vector<float> numbers;
  std::size_t width = 1;

  [[nodiscard]] std::span<const float> sample(std::size_t i) const {
    return std::span(numbers).subspan(i * width, width);
  }
};

/// Settings of a booster, by XGBoost's names, as its texts.
using BoosterSettings = std::vector<std::pair<std::string, std::string>>;

/// A model of XGBoost, in training or read from a file. Nothing is ever printed.
///
/// XGBoost's random numbers belong to the thread, not to the booster: where any are drawn (subsample, columns), one
/// booster is trained from its first round to its last before another one begins.
/// Errors of all functions: BoosterError.
class Booster {
 public:
  /// A booster that has learnt nothing. `train` must outlive it.
  Booster(const BoosterSettings& settings, const SampleMatrix& train);

  /// Learns the round `round`, counted from 0, of which those before are known.
  void learn(std::size_t round, const SampleMatrix& train);

  /// Predicts with the rounds before `n_rounds`; 0: all. Of the same matrix, more rounds than last time cost those that
  /// are new. `x` must outlive the booster.
  [[nodiscard]] BoosterOutput predict(const SampleMatrix& x, Predicted what, std::size_t n_rounds = 0) const;

  /// Returns the loss or gain on `x`, which has labels, after the rounds so far, in the metric of the settings
  /// (`eval_metric`, of which there is one).
  [[nodiscard]] double evaluate(const SampleMatrix& x) const;

  [[nodiscard]] std::size_t n_rounds() const;
  [[nodiscard]] std::size_t n_features() const;
  /// Returns a booster of the first `n_rounds` rounds.
  [[nodiscard]] std::unique_ptr<Booster> first(std::size_t n_rounds) const;
  /// Returns the importance of each feature: "gain", "weight", "cover"; 0 where no tree asks for it.
  [[nodiscard]] std::vector<double> importance(const std::string& type) const;

  void set_attribute(const std::string& name, const std::string& value);
  /// Returns the model as JSON, as XGBoost's save_model writes it; its bytes depend on the model only.
  [[nodiscard]] std::string json() const;
  /// Reads what `json` returned.
  static std::unique_ptr<Booster> from_json(std::string_view json);

 private:
  explicit Booster(void* handle) : handle_(handle) {}

  std::unique_ptr<void, FreeBooster> handle_;
};

/// Returns XGBoost's version: "1.7.4".
std::string booster_version();

}  // namespace gridmill::models::boosting
