#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/prepared_samples.hpp"
#include "core/sparse.hpp"

namespace gridmill::models::linear::test {

/// A dataset that owns what it views, in full and as sparse data.
struct MadeUp {
  core::Matrix x;
  core::SparseMatrix entries;
  std::vector<double> y;
  std::vector<double> weight;

  [[nodiscard]] core::Dataset full(core::Task task) const {
    core::Dataset data{.task = task, .x = x, .y = y, .weight = weight};
    if (task == core::Task::classification) {
      for (double code : y) {
        while (static_cast<double>(data.classes.size()) <= code)
          data.classes.push_back(std::to_string(data.classes.size()));
      }
    }
    for (std::size_t j = 0; j < x.n_rows; ++j) data.feature_names.push_back("x" + std::to_string(j));
    data.target_name = "y";
    return data;
  }
  [[nodiscard]] core::Dataset sparse(core::Task task) const {
    core::Dataset data = full(task);
    data.x = {};
    data.sparse = entries.view();
    return data;
  }
};

/// Samples of which `share` of the entries are not 0; the target follows a third of the features, or, with classes, is
/// the class whose features' sum is greatest.
inline MadeUp make_up(std::size_t n, std::size_t d, std::size_t n_classes = 0, double share = 1, unsigned seed = 1) {
  std::mt19937 random(seed);
  const auto uniform = [&] { return static_cast<double>(random() % 20001) / 10000 - 1; };
  MadeUp out{.x = core::Matrix(d, n, arma::fill::zeros)};
  out.entries.n_features = d;
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<core::Index> features;
    std::vector<double> values;
    std::vector<double> sums(n_classes + 1, 0.0);
    for (std::size_t j = 0; j < d; ++j) {
      if (std::abs(uniform()) > share) continue;
      const double value = uniform();
      out.x(j, i) = value;
      features.push_back(static_cast<core::Index>(j));
      values.push_back(value);
      if (n_classes > 0) {
        sums[j % n_classes] += value;
      } else if (j % 3 == 0) {
        sums[0] += value * static_cast<double>(1 + j % 5);
      }
    }
    out.entries.add({features, values});
    if (n_classes == 0) {
      out.y.push_back(sums[0] + 0.5 * uniform() + 2);
    } else {
      for (double& sum : sums) sum += uniform();
      sums.pop_back();
      out.y.push_back(static_cast<double>(std::max_element(sums.begin(), sums.end()) - sums.begin()));
    }
  }
  return out;
}

/// All rows but those with i % k == r.
inline std::vector<core::Index> rows_but(std::size_t n, std::size_t k, std::size_t r, bool others = false) {
  std::vector<core::Index> rows;
  for (std::size_t i = 0; i < n; ++i) {
    if ((i % k != r) != others) rows.push_back(static_cast<core::Index>(i));
  }
  return rows;
}

/// The samples as if steps had prepared them, so that nothing of the dataset's own is shared.
inline core::PreparedSamples as_prepared(const MadeUp& data) {
  return {.x = std::make_shared<core::Matrix>(data.x), .key = 1};
}

}  // namespace gridmill::models::linear::test
