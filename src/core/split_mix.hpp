#pragma once

#include <cstdint>

namespace gridmill::core {

/// Spreads neighbouring numbers over all 64 bits; no two give the same.
/// Source: the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
constexpr std::uint64_t split_mix(std::uint64_t bits) {
  bits += 0x9e3779b97f4a7c15ULL;
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 31U);
}

}  // namespace gridmill::core
