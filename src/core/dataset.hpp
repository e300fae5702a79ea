#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/matrix.hpp"
#include "core/sparse.hpp"
#include "core/words.hpp"

namespace gridmill::core {

enum class Task { classification, regression };

/// What a model is fitted to and scored on. A cheap value: the arrays are views into `storage`, which may be
/// private to this process or a window shared by all ranks of the node. Never written to after it is made.
struct Dataset {
  Task task = Task::classification;
  MatrixView x;                             // n_features x n_samples; NaN = missing; empty if `sparse` is not
  SparseView sparse;                        // the same with its 0s left out, none missing; empty: see `x`
  std::vector<Words> words;                 // columns that steps make numbers of; never beside `sparse`
  std::span<const double> y;                // n_samples: class code in [0, classes.size()), or the target value
  std::span<const double> weight;           // n_samples, each >= 0; empty: all 1
  std::span<const std::int64_t> group;      // n_samples, dense codes in order of the sorted group labels; empty: none
  std::span<const std::int64_t> test_fold;  // n_samples, fold in which the sample is tested, -1 never; empty: none
  std::span<const std::int64_t> row;        // n_samples: data row of its file, from 0
  std::vector<std::string> classes;         // labels in sorted order (numbers by value); empty for regression
  std::vector<std::string> feature_names;   // n_features, of `x` or `sparse`; words have theirs
  std::string target_name;
  std::shared_ptr<const void> storage;  // keeps the views alive

  [[nodiscard]] bool is_sparse() const { return !sparse.start.empty(); }
  [[nodiscard]] std::size_t n_samples() const { return is_sparse() ? sparse.n_samples() : x.n_samples; }
  [[nodiscard]] std::size_t n_features() const { return is_sparse() ? sparse.n_features : x.n_features; }
  /// Returns the bytes that the features take.
  [[nodiscard]] std::size_t feature_bytes() const {
    std::size_t bytes = is_sparse() ? sparse.bytes() : x.n_samples * x.n_features * sizeof(double);
    for (const Words& each : words) {
      bytes += each.codes.size_bytes() + each.list.start.size_bytes() + each.list.bytes.size_bytes();
    }
    return bytes;
  }
};

}  // namespace gridmill::core
