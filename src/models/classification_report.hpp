#pragma once

#include <span>
#include <string>
#include <vector>

namespace gridmill::models {

/// One line of a classification report. `support` is the number (or the weight) of true samples.
struct ReportLine {
  std::string name;
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  double support = 0;
};

/// scikit-learn's classification_report as a value.
struct ClassificationReport {
  std::vector<ReportLine> classes;  // that occur in truth or in the predictions, ascending by class code
  double accuracy = 0;              // micro-averaged precision; 0 when no sample weighs anything
  double micro_f1 = 0;              // the same but for rounding; what scikit-learn prints as accuracy
  ReportLine macro_average;
  ReportLine weighted_average;
  bool real_support = false;  // text() writes supports as 3.0, not 3: samples had weights, or (a habit of
                              // scikit-learn's) no prediction is right

  /// Returns what classification_report(digits=2) returns, byte for byte.
  [[nodiscard]] std::string text() const;
};

/// Reports on predictions.
///
/// Shapes: `truth` and `predicted` hold n >= 1 class codes, `weight` n or none (all 1), `classes` the names by code.
/// Zero denominators give 0. Deterministic. Source: scikit-learn 1.2.1, labels=None.
ClassificationReport classification_report(std::span<const double> truth, std::span<const double> predicted,
                                           std::span<const double> weight, std::span<const std::string> classes);

/// The metrics told about a regression. Losses are not negated; NaN where undefined.
struct RegressionReport {
  double r2 = 0;
  double mean_absolute_error = 0;
  double median_absolute_error = 0;
  double root_mean_squared_error = 0;
  double max_error = 0;
  double support = 0;  // number (or weight) of samples

  /// Returns one line a metric, six significant digits.
  [[nodiscard]] std::string text() const;
};

/// Shapes: `truth` and `predicted` hold n >= 1 targets, `weight` n or none (all 1).
RegressionReport regression_report(std::span<const double> truth, std::span<const double> predicted,
                                   std::span<const double> weight);

}  // namespace gridmill::models
