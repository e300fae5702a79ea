#include "models/svm/solver/keep_entries.hpp"

#include <algorithm>
#include <cstdint>

// Highway compiles what follows once for each instruction set and picks one when the program runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/svm/solver/keep_entries.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace gridmill::models::svm::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, 16>;

constexpr std::size_t kBlock = 16;  // slots of windows come in blocks
constexpr std::size_t kLanes = hn::MaxLanes(Floats());

std::size_t keep_entries(const float* row, std::span<const Window> windows, const Bits& kept, float* out) {
  constexpr std::size_t kAhead = 64 * kBlock;  // what the processor reads ahead by itself starts late
  const Floats d;
  float* const first = out;
  for (const Window& window : windows) {
    const float* values = row + window.column;
    for (std::size_t k = 0; k < std::min(kAhead, window.size); k += kBlock) hwy::Prefetch(values + k);
    for (std::size_t k = 0; k < window.size; k += kBlock) {
      if (k + kAhead < window.size) hwy::Prefetch(values + k + kAhead);
      const std::uint8_t* bits = kept.data() + (window.slot + k) / 8;
      for (std::size_t l = 0; l < kBlock; l += kLanes) {
        std::uint8_t shifted[8] = {static_cast<std::uint8_t>(bits[l / 8] >> (l % 8)), bits[l / 8 + 1]};
        const auto mask = hn::LoadMaskBits(d, shifted);
        out += hn::CompressStore(hn::LoadU(d, values + k + l), mask, d, out);
      }
    }
  }
  return static_cast<std::size_t>(out - first);
}

}  // namespace gridmill::models::svm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gridmill::models::svm {

HWY_EXPORT(keep_entries);

std::size_t keep_entries(const float* row, std::span<const Window> windows, const Bits& kept, float* out) {
  return HWY_DYNAMIC_DISPATCH(keep_entries)(row, windows, kept, out);
}

}  // namespace gridmill::models::svm
#endif
