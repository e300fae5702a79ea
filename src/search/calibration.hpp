#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/matrix.hpp"
#include "core/value.hpp"
#include "models/family/model.hpp"

namespace gridmill::search {

/// How what a model says becomes a probability: scikit-learn's names.
enum class CalibrationMethod {
  sigmoid,   // Platt's: two numbers a class
  isotonic,  // any function that never falls, as steps joined by lines
};

/// The entry of SearchPlan::fixed that says how the chosen model is calibrated. No fit is told of it.
inline constexpr const char* kCalibration = "calibration";

/// Returns what that entry asks for: sigmoid (also called platt) or isotonic; nothing where it is null or not there.
std::optional<CalibrationMethod> calibration_asked_for(const core::Params& fixed);

/// A function that never falls: points joined by lines, its ends go on level.
struct IsotonicFunction {
  std::vector<double> x;  // ascending, not empty
  std::vector<double> y;

  [[nodiscard]] double operator()(double at) const;
};

/// Returns the one that is nearest to `target` in weighted squares.
///
/// Shapes: all have n >= 1 entries; `weight` may be empty (all 1), and rows of weight 0 are left out.
/// Deterministic: does not depend on the order of the rows but for the last bits. Cost: O(n log n).
/// Source: scikit-learn 1.2.1's IsotonicRegression(out_of_bounds="clip").
IsotonicFunction fit_isotonic(std::span<const double> x, std::span<const double> target,
                              std::span<const double> weight);

/// Probabilities made of what a classifier says of a sample: of its decision values, or of its own probabilities where
/// it has no such values.
///
/// Source: scikit-learn 1.2.1's CalibratedClassifierCV(ensemble=False): one calibrator for two classes, else one for
/// each class against the others, normalised to sum 1 (all alike where they are all 0).
class Calibration {
 public:
  /// Returns what a family's predictions must hold to be calibrated.
  static models::Outputs needs(const models::Family& family);

  /// Fits the calibrators to predictions of rows that the fit did not see.
  ///
  /// `predictions`: of n samples, with what `needs` said of the family. `truth`: n class codes below `n_classes`;
  /// `weight`: n, or empty (all 1). Where a value is no finite number (a fit failed, or knew no such class) the row does
  /// not count for it. Errors: models::FitError if no row is left.
  static Calibration fit(CalibrationMethod method, models::Outputs needs, const models::Prediction& predictions,
                         std::span<const double> truth, std::span<const double> weight, std::size_t n_classes);

  /// What predictions must hold.
  [[nodiscard]] models::Outputs needs() const { return needs_; }
  [[nodiscard]] CalibrationMethod method() const { return method_; }

  /// Returns n_classes x n probabilities; columns sum to 1, or are NaN where the model's values are.
  [[nodiscard]] core::Matrix probabilities(const models::Prediction& prediction) const;

  /// Returns a mapping: method, of (decision or probability), and for each calibrator x and y, or a and b.
  [[nodiscard]] core::Value to_value() const;
  /// Reads it back. Errors: UserError saying what is wrong, without a place.
  static Calibration from_value(const core::Value& value, std::size_t n_classes);

 private:
  /// P(positive | value) = 1 / (1 + exp(a value + b)), or the function.
  struct Calibrator {
    double a = 0;
    double b = 0;
    IsotonicFunction function = {};
  };

  [[nodiscard]] double probability(const Calibrator& calibrator, double value) const;

  CalibrationMethod method_ = CalibrationMethod::sigmoid;
  models::Outputs needs_;
  std::vector<Calibrator> calibrators_;  // one for two classes, of the greater one; else one a class
};

/// Returns a model whose probabilities are those of the calibration, and which else says what `model` says, also which
/// class it predicts. Its state is the model's, with an entry `calibration`.
std::unique_ptr<models::Model> calibrated(std::unique_ptr<models::Model> model, Calibration calibration);

/// Returns the calibration in the state of such a model; nothing where there is none. Errors: as from_value.
std::optional<Calibration> calibration_in(const core::Value& state, std::size_t n_classes);

}  // namespace gridmill::search
