#pragma once

#include <span>
#include <vector>

#include "core/matrix.hpp"

namespace gridmill::search {

/// Returns the values of some rows, in the order of `rows`; of no values (nothing has a weight) none.
inline std::vector<double> values_at(std::span<const double> values, std::span<const core::Index> rows) {
  std::vector<double> picked;
  if (values.empty()) return picked;
  picked.reserve(rows.size());
  for (const core::Index row : rows) picked.push_back(values[row]);
  return picked;
}

}  // namespace gridmill::search
