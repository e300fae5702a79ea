#include "models/boosting/fold_matrices.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include <malloc.h>

#include <fmt/format.h>

#include "core/class_label.hpp"
#include "models/family/model.hpp"

namespace gridmill::models::boosting {

namespace {

/// Test rows, and with them training rows of another fold where a fit serves several.
constexpr std::size_t kMostPredicted = 2;

/// How often each class occurs among the rows, by code.
std::vector<std::size_t> class_counts(const core::Dataset& data, std::span<const core::Index> rows) {
  std::vector<std::size_t> counts(data.classes.size(), 0);
  for (const core::Index row : rows) ++counts[static_cast<std::size_t>(data.y[row])];
  return counts;
}

/// The factor of each class, by code: scikit-learn's compute_class_weight.
std::vector<double> class_factors(const core::Dataset& data, const core::Value& wanted,
                                  std::span<const std::size_t> counts, std::size_t n_rows) {
  std::vector<double> factors(counts.size(), 1.0);
  if (wanted.is_text()) {
    const auto n_present = std::count_if(counts.begin(), counts.end(), [](std::size_t n) { return n > 0; });
    for (std::size_t c = 0; c < counts.size(); ++c) {
      if (counts[c] == 0) continue;
      factors[c] = static_cast<double>(n_rows) / (static_cast<double>(n_present) * static_cast<double>(counts[c]));
    }
  } else if (wanted.is_mapping()) {
    for (const auto& [label, weight] : wanted.mapping()) {
      if (const auto code = core::find_class(data.classes, label)) factors[*code] = weight.number();
    }
  }
  return factors;
}

bool fits_float(double value) {
  return !std::isfinite(value) ? std::isnan(value) : std::isfinite(static_cast<float>(value));
}

}  // namespace

void FoldMatrices::check_range(const core::PreparedSamples& samples) {
  if (is_checked_ && samples.key == samples_) return;
  const auto refuse = [&](std::size_t feature, double value) {
    throw FitError(fmt::format("feature '{}' has the value {}; XGBoost takes numbers up to 3.4e38, or missing ones",
                               data_.feature_names[feature], value));
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
  is_checked_ = true;
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
  std::vector<float> labels;
  std::vector<double> weights;
  if (!data_.weight.empty()) {
    for (const core::Index row : rows) weights.push_back(data_.weight[row]);
  }
  if (data_.task == core::Task::classification) {
    const std::vector<std::size_t> counts = class_counts(data_, rows);
    std::vector<float> number(counts.size(), 0);
    for (std::size_t c = 0; c < counts.size(); ++c) {
      if (counts[c] == 0) continue;
      number[c] = static_cast<float>(made->classes.size());
      made->classes.push_back(c);
    }
    if (made->classes.size() < 2) {
      throw FitError(fmt::format("all training samples are of class '{}'; a classifier needs at least two",
                                 data_.classes[made->classes.front()]));
    }
    for (const core::Index row : rows) labels.push_back(number[static_cast<std::size_t>(data_.y[row])]);
    if (!class_weight.is_null()) {
      const std::vector<double> factors = class_factors(data_, class_weight, counts, rows.size());
      if (weights.empty()) weights.assign(rows.size(), 1.0);
      for (std::size_t i = 0; i < rows.size(); ++i) weights[i] *= factors[static_cast<std::size_t>(data_.y[rows[i]])];
    }
  } else {
    for (const core::Index row : rows) labels.push_back(static_cast<float>(data_.y[row]));
  }
  if (!weights.empty() && std::ranges::all_of(weights, [](double weight) { return weight == 0; })) {
    throw FitError("all training samples have the weight 0");
  }
  made->matrix = matrix(samples, rows);
  made->matrix->set_labels(labels);
  if (!weights.empty()) made->matrix->set_weights(std::vector<float>(weights.begin(), weights.end()));
  training_ = std::move(made);
  key_ = key;
  samples_ = samples.key;
  return training_;
}

std::shared_ptr<const SampleMatrix> FoldMatrices::predicted(const core::PreparedSamples& samples,
                                                            std::span<const core::Index> rows) {
  for (const Predicted& each : predicted_) {
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
    float label = static_cast<float>(data_.y[row]);
    if (data_.task == core::Task::classification) {
      const auto code = static_cast<std::size_t>(data_.y[row]);
      const auto found = std::ranges::lower_bound(training.classes, code);
      if (found == training.classes.end() || *found != code) continue;
      label = static_cast<float>(found - training.classes.begin());
    }
    known.push_back(row);
    labels.push_back(label);
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
  is_checked_ = false;
}

}  // namespace gridmill::models::boosting
