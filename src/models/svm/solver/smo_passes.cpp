#include "models/svm/solver/smo_passes.hpp"

#include <limits>

#include "models/svm/solver/rough_partner.hpp"

// Highway compiles what follows once for each instruction set and picks one when the program runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/svm/solver/smo_passes.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace gridmill::models::svm::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// At most 16 lanes; as many in double as there are in half a vector of float32.
template <typename Real>
using Tag = hn::CappedTag<Real, sizeof(Real) == sizeof(float) ? 16 : 8>;
template <typename Real>
using Vector = hn::Vec<Tag<Real>>;

template <typename Real>
constexpr Real kInfinity = std::numeric_limits<Real>::infinity();

// Every pass takes the variables in blocks of 16, each into an accumulator of its own, and two blocks at a time: with
// fewer accumulators each comparison would wait for the one before. The number does not depend on the length of
// vectors, so that what rounding decides in comparisons does not either.
constexpr std::size_t kBlock = 16;
template <typename Real>
constexpr std::size_t kLanes = hn::MaxLanes(Tag<Real>());
template <typename Real>
constexpr std::size_t kVectors = kBlock / kLanes<Real>;
static_assert(padded(1) % kBlock == 0);

/// Asks for a row ahead of its reader: rows are short, and what the processor does by itself starts late.
class Ahead {
 public:
  HWY_INLINE Ahead(const float* row, std::span<const Window> windows)
      : row_(row), window_(windows.data()), end_(window_ + windows.size()) {
    constexpr std::size_t kBlocks = 64;
    if (window_ != end_) enter();
    for (std::size_t block = 0; block < kBlocks; ++block) advance();
  }

  /// To be called for each block that is read.
  HWY_INLINE void advance() {
    if (left_ == 0) return;
    hwy::Prefetch(at_);
    at_ += kBlock;
    left_ -= kBlock;
    if (left_ == 0 && ++window_ != end_) enter();
  }

 private:
  HWY_INLINE void enter() {
    at_ = row_ + window_->column;
    left_ = window_->size;
  }

  const float* row_;
  const Window* window_;
  const Window* end_;
  const float* at_ = nullptr;
  std::size_t left_ = 0;
};

/// The bits of vector `v` of a block whose bits start at `bits`.
template <typename Real, std::size_t v>
HWY_INLINE hn::Mask<Tag<Real>> load_bits(const std::uint8_t* bits) {
  constexpr std::size_t k = v * kLanes<Real>;
  if constexpr (kLanes<Real> >= 8) {
    return hn::LoadMaskBits(Tag<Real>(), bits + k / 8);
  } else {
    // Vectors shorter than eight lanes start within a byte. Only the low bits of the first byte are used.
    std::uint8_t shifted[8] = {static_cast<std::uint8_t>(bits[k / 8] >> (k % 8))};
    return hn::LoadMaskBits(Tag<Real>(), shifted);
  }
}

template <typename Real>
HWY_INLINE Vector<Real> load_row(const float* row) {
  if constexpr (sizeof(Real) == sizeof(float)) {
    return hn::LoadU(Tag<float>(), row);
  } else {
    return hn::PromoteTo(Tag<double>(), hn::LoadU(hn::Rebind<float, Tag<double>>(), row));
  }
}

/// Where the variables of a block are.
template <typename Real>
struct Place {
  Real* f;
  const std::uint8_t* rises;
  const std::uint8_t* falls;

  HWY_INLINE Place(const PassView<Real>& view, std::size_t slot)
      : f(view.f + slot), rises(view.rises + slot / 8), falls(view.falls + slot / 8) {}
  HWY_INLINE void advance() {
    f += kBlock;
    rises += kBlock / 8;
    falls += kBlock / 8;
  }
};

/// The index of lanes that are `wanted`, else -1: where the lane's block starts plus its place in the block.
template <typename Real, std::size_t v>
HWY_INLINE Vector<Real> index_if(hn::Mask<Tag<Real>> wanted, Vector<Real> block) {
  const Tag<Real> d;
  const Vector<Real> index = hn::Add(block, hn::Iota(d, static_cast<Real>(v * kLanes<Real>)));
  return hn::IfThenElse(wanted, index, hn::Set(d, Real{-1}));
}

template <typename Real>
HWY_INLINE std::size_t greatest_index(Vector<Real> index) {
  const Tag<Real> d;
  const Real greatest = hn::GetLane(hn::MaxOfLanes(d, index));
  return greatest < 0 ? kNoVariable : static_cast<std::size_t>(greatest);
}

/// Two rows of the kernel matrix and what is added of each.
template <typename Real>
struct Steps {
  const float* row_i;
  Vector<Real> step_i;
  const float* row_j;
  Vector<Real> step_j;

  HWY_INLINE void advance() {
    row_i += kBlock;
    row_j += kBlock;
  }
};

/// The same for a step in a new direction: row_i - row_j + factor products.
struct Turn {
  const float* row_i;
  const float* row_j;
  float* products;
  Vector<float> factor, step;

  HWY_INLINE void advance() {
    row_i += kBlock;
    row_j += kBlock;
    products += kBlock;
  }
};

// Accumulators are members of members, not arrays: the compiler keeps those in registers.

/// The extremes so far of the lanes of vectors v, v + 1, ... of all blocks.
template <typename Real, std::size_t v = 0, bool any = (v < kVectors<Real>)>
struct ExtremesOfLanes {
  Vector<Real> least, block, greatest;
  ExtremesOfLanes<Real, v + 1> rest;

  HWY_INLINE ExtremesOfLanes()
      : least(hn::Set(Tag<Real>(), kInfinity<Real>)),
        block(hn::Zero(Tag<Real>())),
        greatest(hn::Set(Tag<Real>(), -kInfinity<Real>)) {}

  HWY_INLINE void compare(const Place<Real>& at, Vector<Real> f, Vector<Real> here) {
    const Tag<Real> d;
    // What must not win is made the worst before it is compared: comparisons wait for each other, this does not.
    const Vector<Real> candidate = hn::IfThenElse(load_bits<Real, v>(at.rises), f, hn::Set(d, kInfinity<Real>));
    const auto better = hn::Le(candidate, least);
    least = hn::IfThenElse(better, candidate, least);
    block = hn::IfThenElse(better, here, block);
    greatest = hn::Max(greatest, hn::IfThenElse(load_bits<Real, v>(at.falls), f, hn::Set(d, -kInfinity<Real>)));
  }

  HWY_INLINE void scan(const Place<Real>& at, Vector<Real> here) {
    compare(at, hn::LoadU(Tag<Real>(), at.f + v * kLanes<Real>), here);
    rest.scan(at, here);
  }

  HWY_INLINE void update(const Place<Real>& at, const Steps<Real>& steps, Vector<Real> here) {
    const Tag<Real> d;
    constexpr std::size_t k = v * kLanes<Real>;
    const Vector<Real> change = hn::Add(hn::Mul(load_row<Real>(steps.row_i + k), steps.step_i),
                                        hn::Mul(load_row<Real>(steps.row_j + k), steps.step_j));
    const Vector<Real> f = hn::Add(hn::LoadU(d, at.f + k), change);
    hn::StoreU(f, d, at.f + k);
    compare(at, f, here);
    rest.update(at, steps, here);
  }

  HWY_INLINE void update(const Place<float>& at, const Turn& turn, Vector<float> here) {
    const Tag<float> d;
    constexpr std::size_t k = v * kLanes<float>;
    const Vector<float> pair = hn::Sub(hn::LoadU(d, turn.row_i + k), hn::LoadU(d, turn.row_j + k));
    const Vector<float> products = hn::Add(pair, hn::Mul(turn.factor, hn::LoadU(d, turn.products + k)));
    const Vector<float> f = hn::Add(hn::LoadU(d, at.f + k), hn::Mul(turn.step, products));
    hn::StoreU(products, d, turn.products + k);
    hn::StoreU(f, d, at.f + k);
    compare(at, f, here);
    rest.update(at, turn, here);
  }

  [[nodiscard]] HWY_INLINE Vector<Real> least_of_vectors() const { return hn::Min(least, rest.least_of_vectors()); }
  [[nodiscard]] HWY_INLINE Vector<Real> greatest_of_vectors() const {
    return hn::Max(greatest, rest.greatest_of_vectors());
  }
  [[nodiscard]] HWY_INLINE Vector<Real> last_of(Vector<Real> value) const {
    return hn::Max(index_if<Real, v>(hn::Eq(least, value), block), rest.last_of(value));
  }
};

template <typename Real, std::size_t v>
struct ExtremesOfLanes<Real, v, false> {
  HWY_INLINE void scan(const Place<Real>& /*at*/, Vector<Real> /*here*/) {}
  HWY_INLINE void update(const Place<Real>& /*at*/, const Steps<Real>& /*steps*/, Vector<Real> /*here*/) {}
  HWY_INLINE void update(const Place<Real>& /*at*/, const Turn& /*turn*/, Vector<Real> /*here*/) {}
  [[nodiscard]] HWY_INLINE Vector<Real> least_of_vectors() const { return hn::Set(Tag<Real>(), kInfinity<Real>); }
  [[nodiscard]] HWY_INLINE Vector<Real> greatest_of_vectors() const { return hn::Set(Tag<Real>(), -kInfinity<Real>); }
  [[nodiscard]] HWY_INLINE Vector<Real> last_of(Vector<Real> /*value*/) const { return hn::Set(Tag<Real>(), Real{-1}); }
};

/// The extremes over all lanes, and of equal least ones that with the greatest index.
template <typename Real>
HWY_INLINE Extremes reduce(const ExtremesOfLanes<Real>& even, const ExtremesOfLanes<Real>& odd) {
  const Tag<Real> d;
  const Vector<Real> least = hn::MinOfLanes(d, hn::Min(even.least_of_vectors(), odd.least_of_vectors()));
  const Vector<Real> greatest = hn::MaxOfLanes(d, hn::Max(even.greatest_of_vectors(), odd.greatest_of_vectors()));
  Extremes out{.least = hn::GetLane(least), .index = kNoVariable, .greatest = hn::GetLane(greatest)};
  if (out.least < kInfinity<double>) {
    out.index = greatest_index<Real>(hn::Max(even.last_of(least), odd.last_of(least)));
  }
  return out;
}

template <typename Real>
Extremes scan_all(const PassView<Real>& view) {
  const Tag<Real> d;
  ExtremesOfLanes<Real> lanes;
  for (const Window& window : view.windows) {
    Place<Real> at(view, window.slot);
    for (std::size_t k = 0; k < window.size; k += kBlock) {
      lanes.scan(at, hn::Set(d, static_cast<Real>(window.slot + k)));
      at.advance();
    }
  }
  return reduce(lanes, ExtremesOfLanes<Real>());
}

/// Passes over all variables: what is in a window, `in(window)`, goes with each block to act(even or odd, ...).
template <typename Real, typename Lanes, typename In, typename Act>
HWY_INLINE void pass(const PassView<Real>& view, const float* row, Lanes& even, Lanes& odd, const In& in,
                     const Act& act) {
  const Tag<Real> d;
  const Vector<Real> block = hn::Set(d, static_cast<Real>(kBlock));
  Ahead ahead(row, view.windows);
  for (const Window& window : view.windows) {
    Place<Real> at(view, window.slot);
    auto rows = in(window);
    Vector<Real> here = hn::Set(d, static_cast<Real>(window.slot));
    const auto advance = [&]() HWY_ATTR {
      at.advance();
      rows.advance();
      here = hn::Add(here, block);
    };
    std::size_t left = window.size;
    for (; left >= 2 * kBlock; left -= 2 * kBlock) {
      ahead.advance();
      act(even, at, rows, here);
      advance();
      ahead.advance();
      act(odd, at, rows, here);
      advance();
    }
    if (left > 0) act(even, at, rows, here);
  }
}

/// Adds what `steps_in` tells for each window.
template <typename Real, typename StepsIn>
HWY_INLINE Extremes update_and_scan_all(const PassView<Real>& view, const float* row_j, const StepsIn& steps_in) {
  ExtremesOfLanes<Real> even;
  ExtremesOfLanes<Real> odd;
  pass(view, row_j, even, odd, steps_in,
       [](auto& lanes, const auto& at, const auto& steps, auto here) HWY_ATTR { lanes.update(at, steps, here); });
  return reduce(even, odd);
}

template <typename Real>
Extremes add_rows(const PassView<Real>& view, const float* row_i, double step_i, const float* row_j, double step_j) {
  const Tag<Real> d;
  return update_and_scan_all(view, row_j, [&](const Window& window) HWY_ATTR {
    return Steps<Real>{row_i + window.column, hn::Set(d, static_cast<Real>(step_i)), row_j + window.column,
                       hn::Set(d, static_cast<Real>(step_j))};
  });
}

/// What a pass for the partner of one variable needs of it and of the others.
template <typename Real>
struct Seeker {
  Vector<Real> f, own_diagonal, zero, tau;
  const float* row;
  const Real* diagonal;  // of the others

  /// Makes a curvature that of the direction that is taken.
  template <std::size_t v>
  [[nodiscard]] HWY_INLINE Vector<Real> conjugate(Vector<Real> curvature) const {
    return curvature;
  }
  HWY_INLINE void advance() {
    row += kBlock;
    diagonal += kBlock;
  }
};

/// The same with a direction that steps are made conjugate to.
struct ConjugateSeeker : Seeker<float> {
  Vector<float> own_product, inverse, least;
  const float* products;

  template <std::size_t v>
  [[nodiscard]] HWY_INLINE Vector<float> conjugate(Vector<float> curvature) const {
    const Vector<float> product = hn::LoadU(Tag<float>(), products + v * kLanes<float>);
    const Vector<float> difference = hn::Sub(own_product, product);
    const Vector<float> lowered = hn::Sub(curvature, hn::Mul(hn::Mul(difference, difference), inverse));
    return hn::Max(lowered, hn::Mul(curvature, least));
  }
  HWY_INLINE void advance() {
    Seeker<float>::advance();
    products += kBlock;
  }
};

/// The best candidates so far of the lanes of vectors v, v + 1, ...: those of the greatest violation^2 / curvature.
template <typename Real, std::size_t v = 0, bool any = (v < kVectors<Real>)>
struct PartnersOfLanes {
  Vector<Real> square, curvature, block;
  PartnersOfLanes<Real, v + 1> rest;

  HWY_INLINE PartnersOfLanes()
      : square(hn::Zero(Tag<Real>())), curvature(hn::Set(Tag<Real>(), Real{1})), block(hn::Zero(Tag<Real>())) {}

  /// unit_diagonal: the seeker's own already counts both.
  template <bool unit_diagonal, typename AnySeeker>
  HWY_INLINE void compare(const Place<Real>& at, const AnySeeker& seeker, Vector<Real> here) {
    const Tag<Real> d;
    constexpr std::size_t k = v * kLanes<Real>;
    const Vector<Real> violation = hn::Max(hn::Sub(hn::LoadU(d, at.f + k), seeker.f), seeker.zero);
    Vector<Real> sum = seeker.own_diagonal;
    if constexpr (!unit_diagonal) sum = hn::Add(sum, hn::LoadU(d, seeker.diagonal + k));
    const Vector<Real> kernel = load_row<Real>(seeker.row + k);
    Vector<Real> bend = hn::Sub(sum, hn::Add(kernel, kernel));
    bend = seeker.template conjugate<v>(hn::IfThenElse(hn::Gt(bend, seeker.zero), bend, seeker.tau));
    const Vector<Real> size = hn::IfThenElseZero(load_bits<Real, v>(at.falls), hn::Mul(violation, violation));
    // Fractions are compared by multiplying crosswise: dividing takes several times as long.
    const auto better = hn::Ge(hn::Mul(size, curvature), hn::Mul(square, bend));
    square = hn::IfThenElse(better, size, square);
    curvature = hn::IfThenElse(better, bend, curvature);
    block = hn::IfThenElse(better, here, block);
    rest.template compare<unit_diagonal>(at, seeker, here);
  }

  [[nodiscard]] HWY_INLINE Vector<Real> gain() const { return hn::Div(square, curvature); }
  [[nodiscard]] HWY_INLINE Vector<Real> greatest_gain() const { return hn::Max(gain(), rest.greatest_gain()); }
  [[nodiscard]] HWY_INLINE Vector<Real> last_of(Vector<Real> value) const {
    return hn::Max(index_if<Real, v>(hn::Eq(gain(), value), block), rest.last_of(value));
  }
};

template <typename Real, std::size_t v>
struct PartnersOfLanes<Real, v, false> {
  template <bool unit_diagonal, typename AnySeeker>
  HWY_INLINE void compare(const Place<Real>& /*at*/, const AnySeeker& /*seeker*/, Vector<Real> /*here*/) {}
  [[nodiscard]] HWY_INLINE Vector<Real> greatest_gain() const { return hn::Zero(Tag<Real>()); }
  [[nodiscard]] HWY_INLINE Vector<Real> last_of(Vector<Real> /*value*/) const { return hn::Set(Tag<Real>(), Real{-1}); }
};

/// `seeker_in`: what seeks in a window.
template <bool unit_diagonal, typename Real, typename SeekerIn>
HWY_INLINE std::size_t find_partner_of(const PassView<Real>& view, const float* row_i, const SeekerIn& seeker_in) {
  const Tag<Real> d;
  PartnersOfLanes<Real> even;
  PartnersOfLanes<Real> odd;
  pass(view, row_i, even, odd, seeker_in, [](auto& lanes, const auto& at, const auto& seeker, auto here) HWY_ATTR {
    lanes.template compare<unit_diagonal>(at, seeker, here);
  });
  const Vector<Real> greatest = hn::MaxOfLanes(d, hn::Max(even.greatest_gain(), odd.greatest_gain()));
  if (!(hn::GetLane(greatest) > 0)) return kNoVariable;
  return greatest_index<Real>(hn::Max(even.last_of(greatest), odd.last_of(greatest)));
}

template <typename Real>
HWY_INLINE Seeker<Real> seeker_of(const Window& window, const PassView<Real>& view, const float* row_i, std::size_t i) {
  const Tag<Real> d;
  return {.f = hn::Set(d, view.f[i]),
          .own_diagonal = hn::Set(d, view.unit_diagonal ? Real{2} : view.diagonal[i]),
          .zero = hn::Zero(d),
          .tau = hn::Set(d, static_cast<Real>(kSmallestCurvature)),
          .row = row_i + window.column,
          .diagonal = view.diagonal + window.slot};
}

template <typename Real, typename SeekerIn>
HWY_INLINE std::size_t find_partner_of_any(const PassView<Real>& view, const float* row_i, const SeekerIn& seeker_in) {
  return view.unit_diagonal ? find_partner_of<true>(view, row_i, seeker_in)
                            : find_partner_of<false>(view, row_i, seeker_in);
}

template <typename Real>
std::size_t find_plain_partner(const PassView<Real>& view, const float* row_i, std::size_t i) {
  return find_partner_of_any(view, row_i,
                             [&](const Window& window) HWY_ATTR { return seeker_of(window, view, row_i, i); });
}

Extremes scan_double(const PassView<double>& view) { return scan_all(view); }
Extremes scan_float(const PassView<float>& view) { return scan_all(view); }

Extremes update_double(const PassView<double>& view, const float* row_i, double step_i, const float* row_j,
                       double step_j) {
  return add_rows(view, row_i, step_i, row_j, step_j);
}
Extremes update_float(const PassView<float>& view, const float* row_i, double step_i, const float* row_j,
                      double step_j) {
  return add_rows(view, row_i, step_i, row_j, step_j);
}

std::size_t partner_double(const PassView<double>& view, const float* row_i, std::size_t i) {
  return find_plain_partner(view, row_i, i);
}
std::size_t partner_float(const PassView<float>& view, const float* row_i, std::size_t i) {
  return find_plain_partner(view, row_i, i);
}

std::size_t partner_conjugate(const PassView<float>& view, const float* row_i, std::size_t i,
                              const LastDirection& last) {
  const Tag<float> d;
  return find_partner_of_any(view, row_i, [&](const Window& window) HWY_ATTR {
    return ConjugateSeeker{seeker_of(window, view, row_i, i), hn::Set(d, last.products[i]),
                           hn::Set(d, static_cast<float>(1 / last.curvature)), hn::Set(d, kLeastConjugate),
                           last.products + window.slot};
  });
}

Extremes turn_float(const PassView<float>& view, const float* row_i, const float* row_j, double factor, double step,
                    float* products) {
  const Tag<float> d;
  return update_and_scan_all(view, row_j, [&](const Window& window) HWY_ATTR {
    return Turn{row_i + window.column, row_j + window.column, products + window.slot,
                hn::Set(d, static_cast<float>(factor)), hn::Set(d, static_cast<float>(step))};
  });
}

}  // namespace gridmill::models::svm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gridmill::models::svm {

HWY_EXPORT(scan_double);
HWY_EXPORT(scan_float);
HWY_EXPORT(update_double);
HWY_EXPORT(update_float);
HWY_EXPORT(partner_double);
HWY_EXPORT(partner_float);
HWY_EXPORT(partner_conjugate);
HWY_EXPORT(turn_float);

Extremes scan(const PassView<double>& view) { return HWY_DYNAMIC_DISPATCH(scan_double)(view); }
Extremes scan(const PassView<float>& view) { return HWY_DYNAMIC_DISPATCH(scan_float)(view); }

Extremes update_and_scan(const PassView<double>& view, const float* row_i, double step_i, const float* row_j,
                         double step_j) {
  return HWY_DYNAMIC_DISPATCH(update_double)(view, row_i, step_i, row_j, step_j);
}
Extremes update_and_scan(const PassView<float>& view, const float* row_i, double step_i, const float* row_j,
                         double step_j) {
  return HWY_DYNAMIC_DISPATCH(update_float)(view, row_i, step_i, row_j, step_j);
}

std::size_t find_partner(const PassView<double>& view, const float* row_i, std::size_t i) {
  const bool is_short = !view.windows.empty() && view.windows.back().slot + view.windows.back().size <= kMostRough;
  if (view.unit_diagonal && is_short) {
    if (const auto found = find_partner_roughly(view, row_i, i)) return *found;
  }
  return HWY_DYNAMIC_DISPATCH(partner_double)(view, row_i, i);
}
std::size_t find_partner(const PassView<float>& view, const float* row_i, std::size_t i) {
  return HWY_DYNAMIC_DISPATCH(partner_float)(view, row_i, i);
}

std::size_t find_partner(const PassView<float>& view, const float* row_i, std::size_t i, const LastDirection& last) {
  return HWY_DYNAMIC_DISPATCH(partner_conjugate)(view, row_i, i, last);
}

Extremes turn_and_scan(const PassView<float>& view, const float* row_i, const float* row_j, double factor, double step,
                       float* products) {
  return HWY_DYNAMIC_DISPATCH(turn_float)(view, row_i, row_j, factor, step, products);
}

}  // namespace gridmill::models::svm
#endif
