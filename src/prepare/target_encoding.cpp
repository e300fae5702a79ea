#include "prepare/target_encoding.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/fold_numbers.hpp"
#include "core/matrix.hpp"
#include "core/numpy_random.hpp"
#include "core/numpy_sum.hpp"

namespace gridmill::prepare {

namespace {

constexpr std::size_t kFolds = 5;

/// The target as an encoder sees it: the value, or 1 in the class that the output is about and 0 in others.
std::vector<double> target_of(const Labels& labels, std::size_t output) {
  std::vector<double> y(labels.y.begin(), labels.y.end());
  if (labels.task == core::Task::regression) return y;
  const double positive = n_target_outputs(labels) == 1 ? 1 : static_cast<double>(output);
  for (double& value : y) value = value == positive ? 1 : 0;
  return y;
}

/// What the rows of one category say.
struct CategorySums {
  double n = 0;
  double sum = 0;
  double squares = 0;  // of differences from the category's mean
};

std::vector<CategorySums> sums_of(std::span<const std::int32_t> codes, std::span<const double> y, std::size_t n) {
  std::vector<CategorySums> sums(n);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] < 0) continue;
    CategorySums& of = sums[static_cast<std::size_t>(codes[i])];
    of.n += 1;
    of.sum += y[i];
  }
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] < 0) continue;
    CategorySums& of = sums[static_cast<std::size_t>(codes[i])];
    const double difference = y[i] - of.sum / of.n;
    of.squares += difference * difference;
  }
  return sums;
}

double shrunk(const CategorySums& of, double mean, double variance, const core::Value& smoothing) {
  if (of.n == 0) return mean;
  if (smoothing.is_number()) return (smoothing.number() * mean + of.sum) / (smoothing.number() + of.n);
  const double own = variance * of.n / (variance * of.n + of.squares / of.n);
  return std::isnan(own) ? mean : own * (of.sum / of.n) + (1 - own) * mean;
}

}  // namespace

std::size_t n_target_outputs(const Labels& labels) {
  return labels.task == core::Task::classification && labels.n_classes > 2 ? labels.n_classes : 1;
}

TargetMeans target_means(std::span<const std::int32_t> codes, const Labels& labels, std::size_t n_categories,
                         const core::Value& smoothing) {
  const std::size_t n_outputs = n_target_outputs(labels);
  TargetMeans means{.values = core::Matrix(n_outputs, n_categories), .prior = {}};
  for (std::size_t output = 0; output < n_outputs; ++output) {
    const std::vector<double> y = target_of(labels, output);
    const double mean = core::numpy_average(y);
    const double deviation = core::numpy_std(y, mean);
    const std::vector<CategorySums> sums = sums_of(codes, y, n_categories);
    for (std::size_t c = 0; c < n_categories; ++c) {
      means.values(output, c) = shrunk(sums[c], mean, deviation * deviation, smoothing);
    }
    means.prior.push_back(mean);
  }
  return means;
}

core::Matrix cross_fitted_means(std::span<const std::int32_t> codes, const Labels& labels, std::size_t n_categories,
                                const core::Value& smoothing) {
  const std::size_t n = codes.size();
  if (n < kFolds) {
    throw core::UserError(
        fmt::format("categories: target learns from five folds of the training rows, of which there are {}", n));
  }
  core::NumpyRandom random(labels.seed);
  std::vector<core::Index> fold_of;
  if (labels.task == core::Task::classification) {
    std::vector<std::size_t> classes;
    for (const double code : labels.y) classes.push_back(static_cast<std::size_t>(code));
    fold_of = core::stratified_fold_numbers(classes, labels.n_classes, kFolds, &random);
  } else {
    fold_of = core::k_fold_numbers(n, kFolds, &random);
  }
  core::Matrix out(n_target_outputs(labels), n);
  for (core::Index fold = 0; fold < kFolds; ++fold) {
    std::vector<std::int32_t> known;
    std::vector<double> y;
    for (std::size_t i = 0; i < n; ++i) {
      if (fold_of[i] == fold) continue;
      known.push_back(codes[i]);
      y.push_back(labels.y[i]);
    }
    Labels others = labels;
    others.y = y;
    if (y.empty()) throw core::UserError("categories: target has no rows in four of five folds of the training rows");
    const TargetMeans means = target_means(known, others, n_categories, smoothing);
    for (std::size_t i = 0; i < n; ++i) {
      if (fold_of[i] != fold) continue;
      for (std::size_t output = 0; output < n_target_outputs(labels); ++output) {
        out(output, i) = means.prior[output];
        if (codes[i] >= 0) out(output, i) = means.values(output, static_cast<arma::uword>(codes[i]));
      }
    }
  }
  return out;
}

}  // namespace gridmill::prepare
