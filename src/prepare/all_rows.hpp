#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

#include "core/matrix.hpp"

namespace gridmill::prepare {

/// Returns 0, 1, ..., n - 1.
inline std::vector<core::Index> all_rows(std::size_t n) {
  std::vector<core::Index> rows(n);
  std::iota(rows.begin(), rows.end(), core::Index{0});
  return rows;
}

}  // namespace gridmill::prepare
