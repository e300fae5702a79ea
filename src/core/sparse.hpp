#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix.hpp"

namespace gridmill::core {

/// The entries of one sample that are not left out, by ascending feature.
struct SparseSample {
  std::span<const Index> feature;
  std::span<const double> value;
};

/// A features x samples matrix of which only some entries are kept, sample by sample, in arrays that somebody else owns.
/// The others are 0, or missing: who reads the data says which. Where they are missing, 0s may be kept.
struct SparseView {
  std::span<const std::uint64_t> start;  // n_samples + 1: where the entries of each sample start; empty: no matrix
  std::span<const Index> feature;        // n_entries, ascending within a sample
  std::span<const double> value;         // n_entries
  std::size_t n_features = 0;

  [[nodiscard]] std::size_t n_samples() const { return start.empty() ? 0 : start.size() - 1; }
  [[nodiscard]] std::size_t n_entries() const { return value.size(); }
  [[nodiscard]] std::size_t bytes() const { return start.size_bytes() + feature.size_bytes() + value.size_bytes(); }
  [[nodiscard]] SparseSample sample(std::size_t i) const {
    const std::size_t size = start[i + 1] - start[i];
    return {feature.subspan(start[i], size), value.subspan(start[i], size)};
  }
};

/// The same with arrays of its own.
struct SparseMatrix {
  std::vector<std::uint64_t> start{0};
  std::vector<Index> feature;
  std::vector<double> value;
  std::size_t n_features = 0;

  /// Appends a sample.
  void add(const SparseSample& sample) {
    feature.insert(feature.end(), sample.feature.begin(), sample.feature.end());
    value.insert(value.end(), sample.value.begin(), sample.value.end());
    start.push_back(value.size());
  }
  [[nodiscard]] SparseView view() const { return {start, feature, value, n_features}; }
};

/// Writes a sample out in full. Shapes: out has n_features entries.
inline void unpack(const SparseSample& sample, std::span<double> out) {
  for (double& entry : out) entry = 0;
  for (std::size_t e = 0; e < sample.value.size(); ++e) out[sample.feature[e]] = sample.value[e];
}

/// Returns the samples first, first + 1, ... written out in full: n_features x n.
inline Matrix unpack(const SparseView& x, std::size_t first, std::size_t n) {
  Matrix out(x.n_features, n, arma::fill::zeros);
  for (std::size_t s = 0; s < n; ++s) unpack(x.sample(first + s), {out.colptr(s), out.n_rows});
  return out;
}

}  // namespace gridmill::core
