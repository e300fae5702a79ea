#include "core/sampled_rows.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/split_mix.hpp"

namespace gridmill::core {

std::vector<std::size_t> sampled_rows(std::size_t n_rows, std::size_t n) {
  std::vector<std::size_t> rows(n_rows);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (n >= n_rows) return rows;
  std::nth_element(
      rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(n), rows.end(),
      [](std::size_t a, std::size_t b) { return std::pair(split_mix(a), a) < std::pair(split_mix(b), b); });
  rows.resize(n);
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace gridmill::core
