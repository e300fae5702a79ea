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

/// Some samples of a dataset, in the order in which XGBoost is given them. What a sparse matrix leaves out is missing,
/// not 0; so is NaN.
struct SampleChoice {
  core::MatrixView x;
  core::SparseView sparse;            // instead of `x`, if it has samples
  std::span<const core::Index> rows;  // that are chosen
  bool all = false;                   // all samples, in their order: they need not be copied; `rows` may be empty then

  [[nodiscard]] bool is_sparse() const { return sparse.n_samples() > 0; }
  [[nodiscard]] std::size_t n_samples() const {
    if (!all) return rows.size();
    return is_sparse() ? sparse.n_samples() : x.n_samples;
  }
};

/// What is known of samples: a number for each, or none.
struct SampleInfo {
  std::span<const float> labels;
  std::span<const float> weights;
};

/// Samples as XGBoost keeps them, with what it makes of them (bins, sorted columns) for as long as it lives.
/// Errors of all functions: BoosterError; a value beyond 32 bits is one.
class SampleMatrix {
 public:
  /// Keeps 32-bit values, 8 bytes each. Chosen rows take 4 bytes a value more while they are handed over.
  explicit SampleMatrix(const SampleChoice& samples);
  explicit SampleMatrix(const core::MatrixView& x) : SampleMatrix({.x = x, .sparse = {}, .rows = {}, .all = true}) {}
  explicit SampleMatrix(const core::SparseView& x) : SampleMatrix({.x = {}, .sparse = x, .rows = {}, .all = true}) {}

  /// Keeps the bin of each value alone: 2 bytes each, or 4 of more than 256 bins. Boosters with tree_method hist and
  /// max_bin `n_bins` learn the same bits from it; predicting from it is slow, but for what a booster remembers.
  static SampleMatrix binned(const SampleChoice& samples, const SampleInfo& info, std::size_t n_bins);

  /// Shapes: a number for each sample. Weights count in the bins, too: set them before a booster is trained.
  void set_labels(std::span<const float> labels);
  void set_weights(std::span<const float> weights);

  [[nodiscard]] std::size_t n_samples() const { return n_samples_; }
  [[nodiscard]] void* handle() const { return handle_.get(); }

 private:
  SampleMatrix(void* handle, std::size_t n_samples) : handle_(handle), n_samples_(n_samples) {}

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

  /// The same, which has learnt what `state` tells. Where nothing is drawn, what it learns then is what it would have
  /// learnt by going on.
  Booster(const BoosterSettings& settings, const SampleMatrix& train, std::string_view state);

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
  /// Returns the same as `json`, shorter.
  [[nodiscard]] std::string state() const;

 private:
  explicit Booster(void* handle) : handle_(handle) {}
  void set(const BoosterSettings& settings);
  [[nodiscard]] std::string bytes(const char* format) const;

  std::unique_ptr<void, FreeBooster> handle_;
};

/// Returns XGBoost's version: "1.7.4".
std::string booster_version();

}  // namespace gridmill::models::boosting
