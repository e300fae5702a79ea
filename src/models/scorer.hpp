#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/dataset.hpp"
#include "models/family/model.hpp"

namespace gridmill::models {

/// What a metric is computed from: the true targets and a Prediction of the same samples.
struct ScoreInput {
  std::span<const double> truth;   // n: class codes or targets
  std::span<const double> weight;  // n, or empty: all 1
  const Prediction& prediction;
  std::span<const std::string> classes;  // of the Dataset; empty for regression
  std::span<const std::size_t> fitted;   // class codes seen in training (scikit-learn's estimator.classes_)
  std::size_t positive = 1;              // class code that binary metrics call positive
};

/// A score as scikit-learn's scorer of that name defines it: greater is better (losses are negated).
class Scorer {
 public:
  virtual ~Scorer() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view meaning() const = 0;
  [[nodiscard]] virtual core::Task task() const = 0;
  [[nodiscard]] virtual Outputs needs() const = 0;
  /// Needs exactly two classes (f1, roc_auc of two, ...).
  [[nodiscard]] virtual bool binary_only() const = 0;
  /// Returns the score, or NaN where scikit-learn raises. `*why` (may be null) becomes the reason; with a number it
  /// is what scikit-learn warns of (a class without predictions, ...), empty when there is nothing to say.
  [[nodiscard]] virtual double score(const ScoreInput& input, std::string* why) const = 0;
};

/// A short name a user may write for a scorer.
struct ScorerAlias {
  std::string_view alias;  // "mse"
  std::string_view name;   // "neg_mean_squared_error"
};

/// Returns the scorer scikit-learn calls `name`, or of which `name` is an alias; or null.
/// An alias is only another spelling: the scorer's own name ("neg_mean_squared_error" for "mse") heads the result
/// columns, so that the sign of a negated loss stays visible.
const Scorer* find_scorer(std::string_view name);
/// Returns all names without the aliases, sorted.
std::vector<std::string> scorer_names();
/// Returns all aliases, sorted.
std::span<const ScorerAlias> scorer_aliases();

}  // namespace gridmill::models
