#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/family/model.hpp"

namespace gridmill::search {

/// What candidates predicted for the rows that folds test, all in the same order.
struct TestedRows {
  std::span<const std::int64_t> unit;  // m: what is drawn: rows, of which several folds may test one; or groups of rows
  std::span<const double> truth;       // m
  std::span<const double> weight;      // m, or empty: all 1
  std::span<const std::string> classes;
  std::size_t positive = 1;
  std::vector<models::Prediction> predictions;  // by candidate, m each; one with a NaN among its values takes no part
};

}  // namespace gridmill::search
