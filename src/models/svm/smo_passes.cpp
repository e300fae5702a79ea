#include "models/svm/smo_passes.hpp"

#include <limits>

// Highway compiles what follows once for each instruction set and picks one when the program runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/svm/smo_passes.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace gridmill::models::svm::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, 8>;  // at most one byte of bits a vector
using Floats = hn::Rebind<float, Doubles>;
using Vector = hn::Vec<Doubles>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Every pass takes the variables in blocks of 16, each into an accumulator of its own: one accumulator would make
// each comparison wait for the one before. The number does not depend on the length of vectors, so that what
// rounding decides in comparisons does not either.
constexpr std::size_t kBlock = 16;
constexpr std::size_t kLanes = hn::MaxLanes(Doubles());
constexpr std::size_t kVectors = kBlock / kLanes;
static_assert(padded(1) % kBlock == 0);

// How far ahead a row is asked for: rows are short, and what the processor does by itself starts late.
constexpr std::size_t kAhead = 16 * kBlock;

HWY_INLINE hn::Mask<Doubles> load_bits(Doubles d, const std::uint8_t* bits, std::size_t k) {
  if constexpr (kLanes == 8) return hn::LoadMaskBits(d, bits + k / 8);
  // Vectors shorter than eight lanes start within a byte. Only the low bits of the first byte are used.
  std::uint8_t shifted[8] = {static_cast<std::uint8_t>(bits[k / 8] >> (k % 8))};
  return hn::LoadMaskBits(d, shifted);
}

HWY_INLINE Vector load_row(Doubles d, const float* row) { return hn::PromoteTo(d, hn::LoadU(Floats(), row)); }

/// The values of a block's accumulators, in the order of the variables.
HWY_INLINE void store(Doubles d, const Vector* from, double* to) {
  for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(from[v], d, to + v * kLanes);
}

/// The least value over accumulators, and of equal ones that with the greatest index.
HWY_INLINE Extremes reduce(Doubles d, const Vector* least, const Vector* block, const Vector* greatest) {
  double low[kBlock];
  double high[kBlock];
  double start[kBlock];
  store(d, least, low);
  store(d, greatest, high);
  store(d, block, start);
  Extremes out{.least = kInfinity, .index = kNoVariable, .greatest = -kInfinity};
  double best = -1;
  for (std::size_t lane = 0; lane < kBlock; ++lane) {
    const double index = start[lane] + static_cast<double>(lane);
    if (low[lane] < out.least || (low[lane] == out.least && index > best)) {
      out.least = low[lane];
      best = index;
    }
    out.greatest = high[lane] > out.greatest ? high[lane] : out.greatest;
  }
  if (out.least < kInfinity) out.index = static_cast<std::size_t>(best);
  return out;
}

Extremes update_and_scan(const PassView& view, const float* row_i, double step_i, const float* row_j, double step_j) {
  const Doubles d;
  const Vector size_i = hn::Set(d, step_i);
  const Vector size_j = hn::Set(d, step_j);
  const Vector lowest = hn::Set(d, -kInfinity);
  const Vector highest = hn::Set(d, kInfinity);
  Vector least[kVectors];
  Vector block[kVectors];
  Vector greatest[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v) {
    least[v] = hn::Set(d, kInfinity);
    block[v] = hn::Zero(d);
    greatest[v] = lowest;
  }
  for (std::size_t start = 0; start < view.n; start += kBlock) {
    const Vector here = hn::Set(d, static_cast<double>(start));
    hwy::Prefetch(row_j + start + kAhead);
    for (std::size_t v = 0; v < kVectors; ++v) {
      const std::size_t k = start + v * kLanes;
      const Vector change = hn::Add(hn::Mul(load_row(d, row_i + k), size_i), hn::Mul(load_row(d, row_j + k), size_j));
      const Vector f = hn::Add(hn::LoadU(d, view.f + k), change);
      hn::StoreU(f, d, view.f + k);
      // What must not win is made the worst before it is compared: comparisons wait for each other, this does not.
      const Vector candidate = hn::IfThenElse(load_bits(d, view.rises, k), f, highest);
      const auto better = hn::Le(candidate, least[v]);
      least[v] = hn::IfThenElse(better, candidate, least[v]);
      block[v] = hn::IfThenElse(better, here, block[v]);
      greatest[v] = hn::Max(greatest[v], hn::IfThenElse(load_bits(d, view.falls, k), f, lowest));
    }
  }
  return reduce(d, least, block, greatest);
}

/// The best candidates so far: those of the greatest violation^2 / curvature.
struct Partners {
  Vector square[kVectors];
  Vector curvature[kVectors];
  Vector block[kVectors];
};

/// The index of the greatest gain over accumulators, and of equal ones the last.
HWY_INLINE std::size_t last_of_greatest(Doubles d, const Partners& best) {
  double square[kBlock];
  double curvature[kBlock];
  double start[kBlock];
  store(d, best.square, square);
  store(d, best.curvature, curvature);
  store(d, best.block, start);
  double greatest = 0;
  double index = -1;
  for (std::size_t lane = 0; lane < kBlock; ++lane) {
    if (square[lane] <= 0) continue;
    const double gain = square[lane] / curvature[lane];
    const double own = start[lane] + static_cast<double>(lane);
    if (gain > greatest || (gain == greatest && own > index)) {
      greatest = gain;
      index = own;
    }
  }
  return index < 0 ? kNoVariable : static_cast<std::size_t>(index);
}

template <bool unit_diagonal>
std::size_t find_partner_of(const PassView& view, const float* row_i, std::size_t i) {
  const Doubles d;
  const Vector own_f = hn::Set(d, view.f[i]);
  const Vector own_diagonal = hn::Set(d, unit_diagonal ? 2.0 : view.diagonal[i]);
  const Vector zero = hn::Zero(d);
  const Vector two = hn::Set(d, 2.0);
  const Vector tau = hn::Set(d, kSmallestCurvature);
  Partners best;
  for (std::size_t v = 0; v < kVectors; ++v) {
    best.square[v] = zero;
    best.curvature[v] = hn::Set(d, 1.0);
    best.block[v] = zero;
  }
  for (std::size_t start = 0; start < view.n; start += kBlock) {
    const Vector here = hn::Set(d, static_cast<double>(start));
    hwy::Prefetch(row_i + start + kAhead);
    for (std::size_t v = 0; v < kVectors; ++v) {
      const std::size_t k = start + v * kLanes;
      const Vector violation = hn::Max(hn::Sub(hn::LoadU(d, view.f + k), own_f), zero);
      Vector sum = own_diagonal;
      if constexpr (!unit_diagonal) sum = hn::Add(sum, hn::LoadU(d, view.diagonal + k));
      Vector curvature = hn::Sub(sum, hn::Mul(two, load_row(d, row_i + k)));
      curvature = hn::IfThenElse(hn::Gt(curvature, zero), curvature, tau);
      const Vector square = hn::IfThenElseZero(load_bits(d, view.falls, k), hn::Mul(violation, violation));
      // Fractions are compared by multiplying crosswise: dividing takes several times as long.
      const auto better = hn::Ge(hn::Mul(square, best.curvature[v]), hn::Mul(best.square[v], curvature));
      best.square[v] = hn::IfThenElse(better, square, best.square[v]);
      best.curvature[v] = hn::IfThenElse(better, curvature, best.curvature[v]);
      best.block[v] = hn::IfThenElse(better, here, best.block[v]);
    }
  }
  return last_of_greatest(d, best);
}

std::size_t find_partner(const PassView& view, const float* row_i, std::size_t i) {
  return view.unit_diagonal ? find_partner_of<true>(view, row_i, i) : find_partner_of<false>(view, row_i, i);
}

}  // namespace gridmill::models::svm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gridmill::models::svm {

HWY_EXPORT(update_and_scan);
HWY_EXPORT(find_partner);

Extremes update_and_scan(const PassView& view, const float* row_i, double step_i, const float* row_j, double step_j) {
  return HWY_DYNAMIC_DISPATCH(update_and_scan)(view, row_i, step_i, row_j, step_j);
}

std::size_t find_partner(const PassView& view, const float* row_i, std::size_t i) {
  return HWY_DYNAMIC_DISPATCH(find_partner)(view, row_i, i);
}

}  // namespace gridmill::models::svm
#endif
