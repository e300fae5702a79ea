#include "models/metrics/confusion.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace gridmill::models {

namespace {

std::size_t code_of(double label) { return static_cast<std::size_t>(label); }

/// Position of each class code in `labels`; labels.size() for the others.
std::vector<std::size_t> positions(std::span<const std::size_t> labels, std::size_t n_codes) {
  std::vector<std::size_t> position(n_codes, labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < n_codes) position[labels[i]] = i;
  }
  return position;
}

std::size_t code_end(std::span<const double> codes) {
  return codes.empty() ? 0 : code_of(*std::max_element(codes.begin(), codes.end())) + 1;
}

}  // namespace

std::vector<std::size_t> present_labels(std::span<const double> codes) { return present_labels(codes, {}); }

std::vector<std::size_t> present_labels(std::span<const double> truth, std::span<const double> predicted) {
  std::vector<bool> occurs(std::max(code_end(truth), code_end(predicted)));
  for (const double label : truth) occurs[code_of(label)] = true;
  for (const double label : predicted) occurs[code_of(label)] = true;
  std::vector<std::size_t> labels;
  for (std::size_t code = 0; code < occurs.size(); ++code) {
    if (occurs[code]) labels.push_back(code);
  }
  return labels;
}

ConfusionMatrix confusion_matrix(std::span<const double> truth, std::span<const double> predicted,
                                 std::span<const double> weight) {
  ConfusionMatrix matrix{.labels = present_labels(truth, predicted), .counts = {}};
  const std::size_t k = matrix.labels.size();
  const std::vector<std::size_t> position = positions(matrix.labels, k == 0 ? 0 : matrix.labels.back() + 1);
  matrix.counts.assign(k * k, 0.0);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    matrix.counts[position[code_of(truth[i])] * k + position[code_of(predicted[i])]] +=
        weight.empty() ? 1.0 : weight[i];
  }
  return matrix;
}

std::string text(const ConfusionMatrix& matrix, std::span<const std::string> classes) {
  const std::size_t k = matrix.labels.size();
  const auto entry = [&](std::size_t i, std::size_t j) {
    const double count = matrix.at(i, j);
    return fmt::format("{:.{}f}", count, count == std::floor(count) ? 0 : 2);
  };
  std::size_t name_width = 4;  // "true"
  std::vector<std::size_t> width(k);
  for (std::size_t j = 0; j < k; ++j) {
    const std::string& name = classes[matrix.labels[j]];
    name_width = std::max(name_width, name.size());
    width[j] = name.size();
    for (std::size_t i = 0; i < k; ++i) width[j] = std::max(width[j], entry(i, j).size());
  }
  std::string out = fmt::format("{:>{}} | predicted\n{:>{}} |", "", name_width, "true", name_width);
  for (std::size_t j = 0; j < k; ++j) out += fmt::format(" {:>{}}", classes[matrix.labels[j]], width[j]);
  out += '\n';
  for (std::size_t i = 0; i < k; ++i) {
    out += fmt::format("{:>{}} |", classes[matrix.labels[i]], name_width);
    for (std::size_t j = 0; j < k; ++j) out += fmt::format(" {:>{}}", entry(i, j), width[j]);
    out += '\n';
  }
  return out;
}

LabelCounts count_labels(std::span<const double> truth, std::span<const double> predicted,
                         std::span<const double> weight, std::span<const std::size_t> labels) {
  const std::size_t k = labels.size();
  const std::vector<std::size_t> position = positions(labels, std::max(code_end(truth), code_end(predicted)));
  // One entry more collects the classes that are not asked for.
  LabelCounts counts{.labels = {labels.begin(), labels.end()},
                     .correct = std::vector<double>(k + 1),
                     .predicted = std::vector<double>(k + 1),
                     .truth = std::vector<double>(k + 1),
                     .either = std::vector<double>(k + 1)};
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double w = weight.empty() ? 1.0 : weight[i];
    const std::size_t t = position[code_of(truth[i])];
    const std::size_t p = position[code_of(predicted[i])];
    counts.truth[t] += w;
    counts.predicted[p] += w;
    if (truth[i] == predicted[i]) counts.correct[t] += w;
  }
  for (auto* count : {&counts.correct, &counts.predicted, &counts.truth, &counts.either}) count->resize(k);
  // scikit-learn goes through false positives and negatives; with weights that rounds, and so must we.
  for (std::size_t i = 0; i < k; ++i) {
    const double false_positive = counts.predicted[i] - counts.correct[i];
    const double false_negative = counts.truth[i] - counts.correct[i];
    counts.predicted[i] = counts.correct[i] + false_positive;
    counts.truth[i] = counts.correct[i] + false_negative;
    counts.either[i] = counts.correct[i] + false_positive + false_negative;
  }
  return counts;
}

}  // namespace gridmill::models
