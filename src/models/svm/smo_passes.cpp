#include "models/svm/smo_passes.hpp"

#include <cmath>
#include <limits>

// Highway compiles what follows once for each instruction set and picks one when the program runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/svm/smo_passes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace gridmill::models::svm::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, 8>;  // at most one byte of bits a vector
using Floats = hn::Rebind<float, Doubles>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

HWY_INLINE hn::Mask<Doubles> load_bits(Doubles d, const std::uint8_t* bits, std::size_t k) {
  // Vectors shorter than eight lanes start within a byte. Only the low bits of the first byte are used.
  std::uint8_t shifted[8] = {static_cast<std::uint8_t>(bits[k / 8] >> (k % 8))};
  return hn::LoadMaskBits(d, shifted);
}

HWY_INLINE hn::Vec<Doubles> load_row(Doubles d, const float* row) { return hn::PromoteTo(d, hn::LoadU(Floats(), row)); }

/// The index of the greatest gain over lanes, and of equal ones the last.
HWY_INLINE std::size_t last_of_greatest(Doubles d, hn::Vec<Doubles> gain, hn::Vec<Doubles> index) {
  double gains[8];
  double indices[8];
  hn::StoreU(gain, d, gains);
  hn::StoreU(index, d, indices);
  double greatest = -1;
  double best = -1;
  for (std::size_t lane = 0; lane < hn::Lanes(d); ++lane) {
    if (indices[lane] < 0) continue;
    if (gains[lane] > greatest || (gains[lane] == greatest && indices[lane] > best)) {
      greatest = gains[lane];
      best = indices[lane];
    }
  }
  return best < 0 ? kNoVariable : static_cast<std::size_t>(best);
}

/// The least value over lanes, and of equal ones that with the greatest index.
HWY_INLINE void reduce(Doubles d, hn::Vec<Doubles> least, hn::Vec<Doubles> index, Extremes& out) {
  double values[8];
  double indices[8];
  hn::StoreU(least, d, values);
  hn::StoreU(index, d, indices);
  double best = -1;
  for (std::size_t lane = 0; lane < hn::Lanes(d); ++lane) {
    if (values[lane] < out.least || (values[lane] == out.least && indices[lane] > best)) {
      out.least = values[lane];
      best = indices[lane];
    }
  }
  out.index = out.least < kInfinity ? static_cast<std::size_t>(best) : kNoVariable;
}

Extremes update_and_scan(const PassView& view, const float* row_i, double step_i, const float* row_j, double step_j) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  const auto size_i = hn::Set(d, step_i);
  const auto size_j = hn::Set(d, step_j);
  const auto stride = hn::Set(d, static_cast<double>(lanes));
  auto here = hn::Iota(d, 0.0);
  auto least = hn::Set(d, kInfinity);
  auto index = hn::Set(d, -1.0);
  auto greatest = hn::Set(d, -kInfinity);
  const auto lowest = hn::Set(d, -kInfinity);
  for (std::size_t k = 0; k < view.n; k += lanes) {
    const auto change = hn::Add(hn::Mul(load_row(d, row_i + k), size_i), hn::Mul(load_row(d, row_j + k), size_j));
    const auto f = hn::Add(hn::LoadU(d, view.f + k), change);
    hn::StoreU(f, d, view.f + k);
    const auto better = hn::And(load_bits(d, view.rises, k), hn::Le(f, least));
    least = hn::IfThenElse(better, f, least);
    index = hn::IfThenElse(better, here, index);
    greatest = hn::Max(greatest, hn::IfThenElse(load_bits(d, view.falls, k), f, lowest));
    here = hn::Add(here, stride);
  }
  Extremes out{.least = kInfinity, .index = kNoVariable, .greatest = hn::GetLane(hn::MaxOfLanes(d, greatest))};
  reduce(d, least, index, out);
  return out;
}

template <bool unit_diagonal>
std::size_t find_partner_of(const PassView& view, const float* row_i, std::size_t i) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  const auto own_f = hn::Set(d, view.f[i]);
  const auto own_diagonal = hn::Set(d, unit_diagonal ? 2.0 : view.diagonal[i]);
  const auto zero = hn::Zero(d);
  const auto two = hn::Set(d, 2.0);
  const auto tau = hn::Set(d, kSmallestCurvature);
  const auto stride = hn::Set(d, static_cast<double>(lanes));
  const auto slack = hn::Set(d, 1 - 1e-12);
  auto here = hn::Iota(d, 0.0);
  auto index = hn::Set(d, -1.0);
  auto gain = zero;
  auto threshold = zero;
  for (std::size_t k = 0; k < view.n; k += lanes, here = hn::Add(here, stride)) {
    const auto violation = hn::Max(hn::Sub(hn::LoadU(d, view.f + k), own_f), zero);
    auto sum = own_diagonal;
    if constexpr (!unit_diagonal) sum = hn::Add(sum, hn::LoadU(d, view.diagonal + k));
    auto curvature = hn::Sub(sum, hn::Mul(two, load_row(d, row_i + k)));
    curvature = hn::IfThenElse(hn::Gt(curvature, zero), curvature, tau);
    const auto square = hn::Mul(violation, violation);
    // Dividing is slow: only vectors that may hold a better gain, allowing for rounding, are divided.
    const auto falls = load_bits(d, view.falls, k);
    if (hn::AllFalse(d, hn::And(falls, hn::Ge(square, hn::Mul(threshold, curvature))))) continue;
    const auto exact = hn::Div(square, curvature);
    const auto better = hn::And(hn::And(falls, hn::Gt(violation, zero)), hn::Ge(exact, gain));
    gain = hn::IfThenElse(better, exact, gain);
    index = hn::IfThenElse(better, here, index);
    threshold = hn::Mul(gain, slack);
  }
  return last_of_greatest(d, gain, index);
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
