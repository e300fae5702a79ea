#pragma once

#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "core/option.hpp"
#include "core/value.hpp"

namespace gridmill::models {

/// What stands in for a missing value (NaN): a statistic of the feature's values in the training rows, or 0.
enum class Impute { none, mean, median, most_frequent, zero };

/// How a feature is scaled: to mean 0 and variance 1, or to [0, 1].
enum class Scaling { none, standardize, minmax };

struct PreprocessingOptions {
  Impute impute = Impute::none;
  Scaling scaling = Scaling::none;

  friend bool operator==(const PreprocessingOptions&, const PreprocessingOptions&) = default;
};

/// Returns the options `impute` and `preprocessing` as every family declares them.
std::span<const core::OptionSpec> preprocessing_options();

/// Reads both options, already checked, from a candidate's parameters; defaults where they are absent.
PreprocessingOptions preprocessing_of(const core::Params& params);

/// What was learnt from training rows, one entry a feature; a small value that stands alone.
///
/// Missing values become `fill` (NaN without imputation: they stay missing), then
/// standardize gives (x - offset) / scale and minmax gives x * scale + offset.
class Preprocessing {
 public:
  Preprocessing() = default;  // changes nothing

  /// Learns from the samples `rows` of `x`: first the fills, then the scaling of the filled values.
  ///
  /// Special cases: a constant feature has scale 1. A feature without any value in `rows` is filled with 0
  /// (SimpleImputer(keep_empty_features=True); scikit-learn's default would drop it); without imputation it stays
  /// missing. Other missing values are left out of the scaling's statistics. `rows` must not be empty.
  /// Deterministic: depends on the arguments only. Cost: O(rows * features), median and most_frequent sort.
  /// Source: scikit-learn 1.2.1's SimpleImputer, StandardScaler, MinMaxScaler on a C-ordered array, bit for bit.
  static Preprocessing fit(PreprocessingOptions options, const core::MatrixView& x, std::span<const core::Index> rows);

  /// Returns the samples `rows` of `x`, preprocessed: n_features x rows.size().
  [[nodiscard]] core::Matrix apply(const core::MatrixView& x, std::span<const core::Index> rows) const;
  /// Returns all samples of `x`, preprocessed.
  [[nodiscard]] core::Matrix apply(const core::MatrixView& x) const;

  /// Returns {impute, preprocessing, fill, offset, scale}, which `from_value` reads back bit for bit. A NaN is null.
  [[nodiscard]] core::Value to_value() const;
  /// Errors: UserError when `value` is not what `to_value` writes for `n_features` features.
  static Preprocessing from_value(const core::Value& value, std::size_t n_features);

  [[nodiscard]] PreprocessingOptions options() const { return options_; }
  [[nodiscard]] const std::vector<double>& fill() const { return fill_; }      // empty without imputation
  [[nodiscard]] const std::vector<double>& offset() const { return offset_; }  // empty without scaling
  [[nodiscard]] const std::vector<double>& scale() const { return scale_; }    // empty without scaling

  friend bool operator==(const Preprocessing&, const Preprocessing&) = default;

 private:
  void transform(std::span<const double> sample, double* out) const;
  void fit_standardize(const core::MatrixView& x, std::span<const core::Index> rows);
  void fit_minmax(const core::MatrixView& x, std::span<const core::Index> rows);

  PreprocessingOptions options_;
  std::vector<double> fill_;
  std::vector<double> offset_;
  std::vector<double> scale_;
};

}  // namespace gridmill::models
