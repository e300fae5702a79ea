#include "models/svm/solver/rough_partner.hpp"

#include <cstdint>
#include <span>

// Highway compiles what follows once for each instruction set and picks one when the program runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/svm/solver/rough_partner.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace gridmill::models::svm::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, 8>;
using Half = hn::Rebind<float, Doubles>;
using Floats = hn::Twice<Half>;
using Vector = hn::Vec<Floats>;

constexpr std::size_t kBlock = 16;  // slots of windows come in blocks
constexpr std::size_t kLanes = hn::MaxLanes(Floats());

// What float32 squares and divides without loss.
constexpr float kLeast = 1e-20F;
constexpr float kGreatest = 1e30F;
constexpr float kRough = 1 - 0x1p-6F;  // reciprocals are good to 8 bits at least

/// The bits from slot `k` of a block on, whose bits start at `bits`.
HWY_INLINE hn::Mask<Floats> load_bits(const std::uint8_t* bits, std::size_t k) {
  if constexpr (kLanes >= 8) {
    return hn::LoadMaskBits(Floats(), bits + k / 8);
  } else {
    const std::uint8_t shifted[8] = {static_cast<std::uint8_t>(bits[k / 8] >> (k % 8))};
    return hn::LoadMaskBits(Floats(), shifted);
  }
}

/// The slot of the greatest violation^2 / curvature among those whose gain is `threshold` at least, the last of equal
/// ones.
HWY_INLINE std::size_t greatest_gain_among(const PassView<double>& view, const float* row_i, std::size_t i,
                                           std::span<const float> gains, float threshold) {
  const Floats d;
  const Vector limit = hn::Set(d, threshold);
  double greatest = 0;
  std::size_t found = kNoVariable;
  const Window* window = view.windows.data();
  for (std::size_t block = 0; block < gains.size(); block += kBlock) {
    Vector best = hn::Load(d, gains.data() + block);
    for (std::size_t k = kLanes; k < kBlock; k += kLanes) best = hn::Max(best, hn::Load(d, gains.data() + block + k));
    if (hn::AllFalse(d, hn::Ge(best, limit))) continue;
    while (block >= window->slot + window->size) ++window;
    for (std::size_t k = block; k < block + kBlock; ++k) {
      if (gains[k] < threshold) continue;
      const double violation = view.f[k] - view.f[i];
      const double bend = 2.0 - 2.0 * static_cast<double>(row_i[window->column + k - window->slot]);
      const double gain = violation * violation / (bend > 0 ? bend : kSmallestCurvature);
      if (gain < greatest) continue;
      greatest = gain;
      found = k;
    }
  }
  return found;
}

/// Tells the slot, or kMostRough where float32 does not hold the gains.
std::size_t find_roughly(const PassView<double>& view, const float* row_i, std::size_t i) {
  const Floats d;
  const Doubles wide;
  HWY_ALIGN float gains[kMostRough];
  for (const Window& window : view.windows) {
    for (std::size_t k = 0; k < window.size; k += kBlock) hwy::Prefetch(row_i + window.column + k);
  }
  const auto own = hn::Set(wide, view.f[i]);
  const Vector zero = hn::Zero(d);
  const Vector two = hn::Set(d, 2.0F);
  const Vector tau = hn::Set(d, static_cast<float>(kSmallestCurvature));
  Vector greatest = zero;
  std::size_t slot = 0;
  for (const Window& window : view.windows) {
    const float* row = row_i + window.column;
    for (std::size_t end = slot + window.size; slot < end; slot += kBlock, row += kBlock) {
      for (std::size_t k = 0; k < kBlock; k += kLanes) {
        const double* f = view.f + slot + k;
        const auto low = hn::DemoteTo(Half(), hn::Sub(hn::LoadU(wide, f), own));
        const auto high = hn::DemoteTo(Half(), hn::Sub(hn::LoadU(wide, f + hn::Lanes(wide)), own));
        const Vector violation = hn::Max(hn::Combine(d, high, low), zero);
        const Vector square = hn::IfThenElseZero(load_bits(view.falls + slot / 8, k), hn::Mul(violation, violation));
        const Vector bend = hn::Max(hn::NegMulAdd(hn::LoadU(d, row + k), two, two), tau);
        const Vector gain = hn::Mul(square, hn::ApproximateReciprocal(bend));
        hn::Store(gain, d, gains + slot + k);
        greatest = hn::Max(greatest, gain);
      }
    }
  }
  const float most = hn::GetLane(hn::MaxOfLanes(d, greatest));
  if (!(most > kLeast && most < kGreatest)) return kMostRough;
  return greatest_gain_among(view, row_i, i, std::span(gains).first(slot), most * kRough);
}

}  // namespace gridmill::models::svm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gridmill::models::svm {

HWY_EXPORT(find_roughly);

std::optional<std::size_t> find_partner_roughly(const PassView<double>& view, const float* row_i, std::size_t i) {
  const std::size_t found = HWY_DYNAMIC_DISPATCH(find_roughly)(view, row_i, i);
  if (found == kMostRough) return std::nullopt;
  return found;
}

}  // namespace gridmill::models::svm
#endif
