#include "models/family/preprocessing.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/numpy_sum.hpp"

namespace gridmill::models {

namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

constexpr std::array<std::string_view, 5> kImputeNames{"none", "mean", "median", "most_frequent", "zero"};
constexpr std::array<std::string_view, 3> kScalingNames{"none", "standardize", "minmax"};

template <class Enum, std::size_t n>
Enum enum_of(const std::array<std::string_view, n>& names, std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  GRIDMILL_ASSERT(at != names.end(), "the option was checked");
  return static_cast<Enum>(at - names.begin());
}

template <std::size_t n>
std::vector<std::string> texts(const std::array<std::string_view, n>& names) {
  return {names.begin(), names.end()};
}

/// The values of one feature that are not missing, in the order of `rows`.
std::vector<double> present_values(const core::MatrixView& x, std::span<const core::Index> rows, std::size_t feature) {
  std::vector<double> values;
  for (const core::Index row : rows) {
    const double value = x.sample(row)[feature];
    if (!std::isnan(value)) values.push_back(value);
  }
  return values;
}

double column_median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t h = values.size() / 2;
  return (values[values.size() % 2 == 1 ? h : h - 1] + values[h]) / 2;
}

/// The least of the values that occur most often.
double most_frequent(const std::vector<double>& values) {
  std::map<double, std::size_t> counts;
  for (const double value : values) ++counts[value];
  const auto most =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most->first;
}

/// Sums over rows of something that is made of each sample, missing values as 0.
///
/// numpy adds the rows of a C-ordered array one after the other, but a single column pairwise.
template <class Term>
std::vector<double> column_sums(const core::MatrixView& x, std::span<const core::Index> rows, Term term) {
  const auto value = [&](core::Index row, std::size_t feature) {
    const double v = term(x.sample(row)[feature], feature);
    return std::isnan(v) ? 0.0 : v;
  };
  if (x.n_features == 1) {
    std::vector<double> column;
    for (const core::Index row : rows) column.push_back(value(row, 0));
    return {core::numpy_sum(column)};
  }
  std::vector<double> sums(x.n_features);
  for (const core::Index row : rows) {
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += value(row, j);
  }
  return sums;
}

std::vector<double> present_counts(const core::MatrixView& x, std::span<const core::Index> rows) {
  return column_sums(x, rows, [](double value, std::size_t) { return std::isnan(value) ? 0.0 : 1.0; });
}

std::vector<double> column_means(const core::MatrixView& x, std::span<const core::Index> rows) {
  std::vector<double> means = column_sums(x, rows, [](double value, std::size_t) { return value; });
  const std::vector<double> counts = present_counts(x, rows);
  for (std::size_t j = 0; j < means.size(); ++j) means[j] /= counts[j];
  return means;
}

std::vector<double> fills(Impute impute, const core::MatrixView& x, std::span<const core::Index> rows) {
  if (impute == Impute::none) return {};
  std::vector<double> fill(x.n_features);
  if (impute == Impute::mean) {
    fill = column_means(x, rows);
  } else if (impute != Impute::zero) {
    for (std::size_t j = 0; j < fill.size(); ++j) {
      std::vector<double> values = present_values(x, rows, j);
      if (values.empty()) continue;
      fill[j] = impute == Impute::median ? column_median(std::move(values)) : most_frequent(values);
    }
  }
  std::replace_if(
      fill.begin(), fill.end(), [](double v) { return std::isnan(v); }, 0.0);  // no value to learn from
  return fill;
}

std::vector<core::Index> all_rows(std::size_t n) {
  std::vector<core::Index> rows(n);
  for (std::size_t i = 0; i < n; ++i) rows[i] = static_cast<core::Index>(i);
  return rows;
}

}  // namespace

std::span<const core::OptionSpec> preprocessing_options() {
  static const std::array<core::OptionSpec, 2> kOptions{{
      {.name = "impute",
       .kinds = {core::Kind::text},
       .default_value = "none",
       .range = {},
       .choices = texts(kImputeNames),
       .meaning = "What replaces a missing value: a statistic of the feature in the training rows, or zero."},
      {.name = "preprocessing",
       .kinds = {core::Kind::text},
       .default_value = "none",
       .range = {},
       .choices = texts(kScalingNames),
       .meaning = "How features are scaled, learnt from the training rows: standardize gives mean 0 and variance 1, "
                  "minmax gives [0, 1]."},
  }};
  return kOptions;
}

PreprocessingOptions preprocessing_of(const core::Params& params) {
  const auto text = [&](std::string_view name) { return core::value_of(params, preprocessing_options(), name).text(); };
  return {.impute = enum_of<Impute>(kImputeNames, text("impute")),
          .scaling = enum_of<Scaling>(kScalingNames, text("preprocessing"))};
}

Preprocessing Preprocessing::fit(PreprocessingOptions options, const core::MatrixView& x,
                                 std::span<const core::Index> rows) {
  GRIDMILL_ASSERT(!rows.empty(), "there are rows to learn from");
  Preprocessing fitted;
  fitted.options_ = {.impute = options.impute};
  fitted.fill_ = fills(options.impute, x, rows);
  if (options.scaling == Scaling::none) return fitted;

  core::Matrix filled;
  std::vector<core::Index> filled_rows;
  core::MatrixView view = x;
  if (options.impute != Impute::none) {
    filled = fitted.apply(x, rows);
    filled_rows = all_rows(rows.size());
    view = filled;
    rows = filled_rows;
  }
  fitted.options_ = options;
  options.scaling == Scaling::standardize ? fitted.fit_standardize(view, rows) : fitted.fit_minmax(view, rows);
  return fitted;
}

// Source: StandardScaler.fit: _incremental_mean_and_var from nothing, _is_constant_feature, _handle_zeros_in_scale.
void Preprocessing::fit_standardize(const core::MatrixView& x, std::span<const core::Index> rows) {
  offset_ = column_means(x, rows);
  const auto deviation = [&](double value, std::size_t j) { return value - offset_[j]; };
  const auto square = [&](double value, std::size_t j) { return deviation(value, j) * deviation(value, j); };
  const std::vector<double> counts = present_counts(x, rows);
  const std::vector<double> correction = column_sums(x, rows, deviation);
  scale_ = column_sums(x, rows, square);
  for (std::size_t j = 0; j < scale_.size(); ++j) {
    const double n = counts[j];
    const double variance = (scale_[j] - correction[j] * correction[j] / n) / n;
    const double noise = n * offset_[j] * kEpsilon;
    const bool constant = variance <= n * kEpsilon * variance + noise * noise;
    scale_[j] = constant ? 1.0 : std::sqrt(variance);
  }
}

// Source: MinMaxScaler.fit.
void Preprocessing::fit_minmax(const core::MatrixView& x, std::span<const core::Index> rows) {
  offset_.assign(x.n_features, kMissing);
  scale_.assign(x.n_features, kMissing);
  for (std::size_t j = 0; j < x.n_features; ++j) {
    const std::vector<double> values = present_values(x, rows, j);
    if (values.empty()) continue;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double range = *high - *low;
    scale_[j] = 1.0 / (range < 10 * kEpsilon ? 1.0 : range);
    offset_[j] = 0.0 - *low * scale_[j];
  }
}

void Preprocessing::transform(std::span<const double> sample, double* out) const {
  std::copy(sample.begin(), sample.end(), out);
  for (std::size_t j = 0; j < fill_.size(); ++j) {
    if (std::isnan(out[j])) out[j] = fill_[j];
  }
  if (options_.scaling == Scaling::standardize) {
    for (std::size_t j = 0; j < scale_.size(); ++j) out[j] = (out[j] - offset_[j]) / scale_[j];
  } else if (options_.scaling == Scaling::minmax) {
    for (std::size_t j = 0; j < scale_.size(); ++j) out[j] = out[j] * scale_[j] + offset_[j];
  }
}

core::Matrix Preprocessing::apply(const core::MatrixView& x, std::span<const core::Index> rows) const {
  core::Matrix out(x.n_features, rows.size(), arma::fill::none);
  for (std::size_t i = 0; i < rows.size(); ++i) transform(x.sample(rows[i]), out.colptr(i));
  return out;
}

core::Matrix Preprocessing::apply(const core::MatrixView& x) const {
  core::Matrix out(x.n_features, x.n_samples, arma::fill::none);
  for (std::size_t i = 0; i < x.n_samples; ++i) transform(x.sample(i), out.colptr(i));
  return out;
}

namespace {

core::Value list_of(const std::vector<double>& numbers) {
  core::ValueList list;
  for (const double number : numbers) {
    if (std::isnan(number)) {
      list.emplace_back();
    } else {
      list.emplace_back(number);
    }
  }
  return list;
}

[[noreturn]] void reject(const std::string& what) {
  throw core::UserError(fmt::format("preprocessing: {}", what), "the file was changed or belongs to another model");
}

const core::Value& entry(const core::Value& value, std::string_view name) {
  if (!value.is_mapping()) reject("must be a mapping");
  for (const auto& [key, found] : value.mapping()) {
    if (key == name) return found;
  }
  reject(fmt::format("{} is missing", name));
}

/// Reads a list of `size` numbers, or of none where `wanted` is false.
std::vector<double> numbers_of(const core::Value& value, std::string_view name, std::size_t size) {
  const core::Value& list = entry(value, name);
  if (!list.is_list() || list.list().size() != size) reject(fmt::format("{} must be a list of {} numbers", name, size));
  std::vector<double> numbers;
  for (const core::Value& number : list.list()) {
    if (!number.is_null() && !number.is_number()) reject(fmt::format("{} must hold numbers", name));
    numbers.push_back(number.is_null() ? kMissing : number.number());
  }
  return numbers;
}

}  // namespace

core::Value Preprocessing::to_value() const {
  const auto name = [](const auto& names, auto which) { return std::string(names[static_cast<std::size_t>(which)]); };
  return core::ValueMapping{{"impute", name(kImputeNames, options_.impute)},
                            {"preprocessing", name(kScalingNames, options_.scaling)},
                            {"fill", list_of(fill_)},
                            {"offset", list_of(offset_)},
                            {"scale", list_of(scale_)}};
}

Preprocessing Preprocessing::from_value(const core::Value& value, std::size_t n_features) {
  core::Params params;
  for (const core::OptionSpec& option : preprocessing_options()) {
    params[option.name] = entry(value, option.name);
    if (const auto problem = option.check(params[option.name])) reject(fmt::format("{} {}", option.name, *problem));
  }
  Preprocessing read;
  read.options_ = preprocessing_of(params);
  const bool scales = read.options_.scaling != Scaling::none;
  read.fill_ = numbers_of(value, "fill", read.options_.impute != Impute::none ? n_features : 0);
  read.offset_ = numbers_of(value, "offset", scales ? n_features : 0);
  read.scale_ = numbers_of(value, "scale", scales ? n_features : 0);
  return read;
}

}  // namespace gridmill::models
