#include "core/sampled_rows.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

namespace gridmill::core {

namespace {

/// Source: the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t mixed(std::uint64_t bits) {
  bits += 0x9e3779b97f4a7c15ULL;
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 31U);
}

}  // namespace

std::vector<std::size_t> sampled_rows(std::size_t n_rows, std::size_t n) {
  std::vector<std::size_t> rows(n_rows);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (n >= n_rows) return rows;
  std::nth_element(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(n), rows.end(),
                   [](std::size_t a, std::size_t b) { return std::pair(mixed(a), a) < std::pair(mixed(b), b); });
  rows.resize(n);
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace gridmill::core
