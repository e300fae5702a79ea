#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/dataset.hpp"

namespace gridmill::jobs {

/// Labels, or the ranks of values, with nothing else of a dataset.
struct LabelsOf {
  std::vector<double> y;      // by row: class code, or the value's rank
  std::size_t n_classes = 0;  // 0: values
};

/// Returns the labels of all rows, or of some; values as ranks, so that a few great ones do not decide.
LabelsOf labels_of(const core::Dataset& data);
LabelsOf labels_of(const core::Dataset& data, std::span<const core::Index> rows);

/// Returns the share of the labels' spread that knowing the group of a row explains, less what as many groups of noise
/// would: 1 all, about 0 nothing. `group`: by row, below 0: none, such rows do not count.
///
/// Source: adjusted R squared of the groups' means; for classes Goodman and Kruskal's tau, adjusted likewise.
double explained_by_groups(std::span<const std::int32_t> group, const LabelsOf& labels);

}  // namespace gridmill::jobs
