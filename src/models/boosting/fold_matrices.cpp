#include "models/boosting/fold_matrices.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include <malloc.h>

#include <fmt/format.h>

#include "models/family/class_weights.hpp"
#include "models/family/model.hpp"

namespace gridmill::models::boosting {

namespace {

/// Test rows, and with them training rows of another fold where a fit serves several.
constexpr std::size_t kMostPredicted = 2;

/// The classes that occur among the rows, ascending.
std::vector<std::size_t> classes_of(const core::Dataset& data, std::span<const core::Index> rows) {
  std::vector<char> occurs(data.classes.size(), 0);
  for (const core::Index row : rows) occurs[static_cast<std::size_t>(data.y[row])] = 1;
  std::vector<std::size_t> classes;
  for (std::size_t c = 0; c < occurs.size(); ++c) {
    if (occurs[c] != 0) classes.push_back(c);
  }
  return classes;
}

/// The label of a row as a booster learns it: classes are numbered within those it is fitted to, in order. Nothing for
/// another class.
std::optional<float> label_of(const core::Dataset& data, core::Index row, const std::vector<std::size_t>& classes) {
  if (data.task == core::Task::regression) return static_cast<float>(data.y[row]);
  const auto code = static_cast<std::size_t>(data.y[row]);
  const auto found = std::ranges::lower_bound(classes, code);
  if (found == classes.end() || *found != code) return std::nullopt;
  return static_cast<float>(found - classes.begin());
}

/// What each row weighs; empty: all the same.
std::vector<float> weights_of(const core::Dataset& data, std::span<const core::Index> rows,
                              const core::Value& class_weight) {
  if (data.weight.empty() && class_weight.is_null()) return {};
  std::vector<double> factors;
  if (!class_weight.is_null()) factors = class_weights(class_weight, data, rows);
  std::vector<float> weights;
  for (const core::Index row : rows) {
    const double own = data.weight.empty() ? 1.0 : data.weight[row];
    const double factor = factors.empty() ? 1.0 : factors[static_cast<std::size_t>(data.y[row])];
    weights.push_back(static_cast<float>(own * factor));
  }
  if (std::ranges::all_of(weights, [](float weight) { return weight == 0; })) {
    throw FitError("all training samples have the weight 0");
  }
  return weights;
}

bool fits_float(double value) {
  return !std::isfinite(value) ? std::isnan(value) : std::isfinite(static_cast<float>(value));
}

}  // namespace

void FoldMatrices::check_range(const core::PreparedSamples& samples) {
  if (checked_ == samples.key) return;
  const auto refuse = [&](std::size_t feature, double value) {
    throw FitError(fmt::format("feature '{}' has the value {}; XGBoost takes numbers up to 3.4e38, or missing ones",
                               samples.feature_names(data_)[feature], value));
  };
  if (data_.is_sparse()) {
    for (std::size_t e = 0; e < data_.sparse.n_entries(); ++e) {
      if (!fits_float(data_.sparse.value[e])) refuse(data_.sparse.feature[e], data_.sparse.value[e]);
    }
  } else {
    const core::MatrixView x = samples.view(data_);
    for (std::size_t i = 0; i < x.n_samples * x.n_features; ++i) {
      if (!fits_float(x.data[i])) refuse(i % x.n_features, x.data[i]);
    }
  }
  checked_ = samples.key;
}

std::unique_ptr<SampleMatrix> FoldMatrices::matrix(const core::PreparedSamples& samples,
                                                   std::span<const core::Index> rows) const {
  // All of them need no copy to be picked out.
  const bool all = rows.size() == data_.n_samples() && std::ranges::is_sorted(rows, std::ranges::less_equal{});
  if (data_.is_sparse()) {
    return all ? std::make_unique<SampleMatrix>(data_.sparse) : std::make_unique<SampleMatrix>(data_.sparse, rows);
  }
  const core::MatrixView x = samples.view(data_);
  return all ? std::make_unique<SampleMatrix>(x) : std::make_unique<SampleMatrix>(x, rows);
}

std::shared_ptr<const TrainingSamples> FoldMatrices::training(const core::PreparedSamples& samples,
                                                              std::span<const core::Index> rows, const std::string& key,
                                                              const core::Value& class_weight) {
  check_range(samples);
  if (training_ && key == key_ && samples.key == samples_ && std::ranges::equal(rows, training_->rows))
    return training_;
  // There may be no memory for both; and what one fold tests, the next one does not.
  const bool other_rows = !training_ || !std::ranges::equal(rows, training_->rows);
  training_.reset();
  watched_.reset();
  if (other_rows) predicted_.clear();
  ::malloc_trim(0);
  auto made = std::make_shared<TrainingSamples>();
  made->rows.assign(rows.begin(), rows.end());
  if (data_.task == core::Task::classification) {
    made->classes = classes_of(data_, rows);
    if (made->classes.size() < 2) {
      throw FitError(fmt::format("all training samples are of class '{}'; a classifier needs at least two",
                                 data_.classes[made->classes.front()]));
    }
  }
  std::vector<float> labels;
  for (const core::Index row : rows) labels.push_back(*label_of(data_, row, made->classes));
  const std::vector<float> weights = weights_of(data_, rows, class_weight);
  made->matrix = matrix(samples, rows);
  made->matrix->set_labels(labels);
  if (!weights.empty()) made->matrix->set_weights(weights);
  training_ = std::move(made);
  key_ = key;
  samples_ = samples.key;
  return training_;
}

std::shared_ptr<const SampleMatrix> FoldMatrices::predicted(const core::PreparedSamples& samples,
                                                            std::span<const core::Index> rows) {
  for (const PredictedRows& each : predicted_) {
    if (each.samples == samples.key && std::ranges::equal(each.rows, rows)) return each.matrix;
  }
  if (predicted_.size() == kMostPredicted) predicted_.erase(predicted_.begin());
  predicted_.push_back({samples.key, {rows.begin(), rows.end()}, matrix(samples, rows)});
  return predicted_.back().matrix;
}

std::shared_ptr<const SampleMatrix> FoldMatrices::watched(const core::PreparedSamples& samples,
                                                          std::span<const core::Index> rows,
                                                          const TrainingSamples& training) {
  if (watched_ && std::ranges::equal(rows, watched_rows_)) return watched_;
  std::vector<core::Index> known;
  std::vector<float> labels;
  std::vector<float> weights;
  for (const core::Index row : rows) {
    const std::optional<float> label = label_of(data_, row, training.classes);
    if (!label) continue;
    known.push_back(row);
    labels.push_back(*label);
    if (!data_.weight.empty()) weights.push_back(static_cast<float>(data_.weight[row]));
  }
  if (known.empty()) throw FitError("no class of the watched rows occurs in the training rows");
  auto made = matrix(samples, known);
  made->set_labels(labels);
  if (!weights.empty()) made->set_weights(weights);
  watched_ = std::move(made);
  watched_rows_.assign(rows.begin(), rows.end());
  return watched_;
}

void FoldMatrices::forget() {
  training_.reset();
  watched_.reset();
  predicted_.clear();
  checked_.reset();
}

}  // namespace gridmill::models::boosting
