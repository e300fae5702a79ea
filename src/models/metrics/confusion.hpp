#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace gridmill::models {

/// Class codes that occur in `codes`, ascending.
std::vector<std::size_t> present_labels(std::span<const double> codes);
/// Class codes that occur in `truth` or in `predicted`, ascending.
std::vector<std::size_t> present_labels(std::span<const double> truth, std::span<const double> predicted);

/// How many samples (or which weight) of class labels[i] were predicted as labels[j].
struct ConfusionMatrix {
  std::vector<std::size_t> labels;  // class codes, ascending
  std::vector<double> counts;       // n_labels x n_labels, row by row; a row is a true class

  [[nodiscard]] double at(std::size_t truth, std::size_t predicted) const {
    return counts[truth * labels.size() + predicted];
  }
};

/// Counts the samples over the classes that occur in `truth` or in `predicted`.
///
/// Shapes: `truth` and `predicted` hold n class codes, `weight` n or none (all 1).
/// Source: scikit-learn 1.2.1's confusion_matrix.
ConfusionMatrix confusion_matrix(std::span<const double> truth, std::span<const double> predicted,
                                 std::span<const double> weight);

/// Returns the matrix as text: one line a true class, one column a predicted one, headed by the class names;
/// weights with two decimals. `classes` are the Dataset's.
std::string text(const ConfusionMatrix& matrix, std::span<const std::string> classes);

/// For each of some classes, how many samples (or which weight) are of that class ...
struct LabelCounts {
  std::vector<std::size_t> labels;
  std::vector<double> correct;    // in truth and prediction
  std::vector<double> predicted;  // in the prediction
  std::vector<double> truth;      // in truth
  std::vector<double> either;     // in one of them or both
};

/// Counts for the classes `labels`, in their order; a class that does not occur counts 0.
/// Source: scikit-learn 1.2.1's multilabel_confusion_matrix, with its roundings when samples are weighted.
LabelCounts count_labels(std::span<const double> truth, std::span<const double> predicted,
                         std::span<const double> weight, std::span<const std::size_t> labels);

}  // namespace gridmill::models
