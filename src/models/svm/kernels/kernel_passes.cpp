#include "models/svm/kernels/kernel_passes.hpp"

#include <algorithm>
#include <cmath>

// Highway compiles what follows once for each instruction set and picks one when the program runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/svm/kernels/kernel_passes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h: it is compiled once for each instruction set, too.
#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace gridmill::models::svm::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, 8>;
using Floats = hn::Rebind<float, Doubles>;
using Vector = hn::Vec<Doubles>;

/// exp(-gamma distance), 0 where even double underflows.
HWY_INLINE Vector rbf(Doubles d, Vector minus_gamma, Vector distance) {
  const Vector exponent = hn::Max(hn::Mul(minus_gamma, distance), hn::Set(d, -800.0));
  return hn::Exp(d, exponent);
}

void rbf_entries(double gamma, double norm, const double* norms, const double* products, std::size_t n, float* out) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  const Vector minus_gamma = hn::Set(d, -gamma);
  const Vector own = hn::Set(d, norm);
  const Vector two = hn::Set(d, 2.0);
  const auto entries = [&](const double* norms_k, const double* products_k) HWY_ATTR {
    const Vector sum = hn::Add(hn::LoadU(d, norms_k), own);
    const Vector distance = hn::Max(hn::Sub(sum, hn::Mul(two, hn::LoadU(d, products_k))), hn::Zero(d));
    return hn::DemoteTo(Floats(), rbf(d, minus_gamma, distance));
  };
  std::size_t k = 0;
  for (; k + lanes <= n; k += lanes) hn::StoreU(entries(norms + k, products + k), Floats(), out + k);
  if (k == n) return;
  double last_norms[8] = {};
  double last_products[8] = {};
  float last_out[8];
  for (std::size_t r = 0; k + r < n; ++r) {
    last_norms[r] = norms[k + r];
    last_products[r] = products[k + r];
  }
  hn::StoreU(entries(last_norms, last_products), Floats(), last_out);
  for (std::size_t r = 0; k + r < n; ++r) out[k + r] = last_out[r];
}

void rbf_values(double gamma, double* values, std::size_t n) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  const Vector minus_gamma = hn::Set(d, -gamma);
  std::size_t k = 0;
  for (; k + lanes <= n; k += lanes) hn::StoreU(rbf(d, minus_gamma, hn::LoadU(d, values + k)), d, values + k);
  double last[8] = {};
  for (std::size_t r = 0; k + r < n; ++r) last[r] = values[k + r];
  hn::StoreU(rbf(d, minus_gamma, hn::LoadU(d, last)), d, last);
  for (std::size_t r = 0; k + r < n; ++r) values[k + r] = last[r];
}

void weighted_sums(const double* coefficients, std::size_t stride, const double* kernel, std::size_t n, double* sums) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t r = 0;
  // Two vectors at a time hide the latency of the additions.
  for (; r + 2 * lanes <= stride; r += 2 * lanes) {
    Vector first = hn::Zero(d);
    Vector second = hn::Zero(d);
    for (std::size_t v = 0; v < n; ++v) {
      const Vector weight = hn::Set(d, kernel[v]);
      first = hn::Add(first, hn::Mul(hn::LoadU(d, coefficients + v * stride + r), weight));
      second = hn::Add(second, hn::Mul(hn::LoadU(d, coefficients + v * stride + r + lanes), weight));
    }
    hn::StoreU(first, d, sums + r);
    hn::StoreU(second, d, sums + r + lanes);
  }
  for (; r < stride; r += lanes) {
    Vector sum = hn::Zero(d);
    for (std::size_t v = 0; v < n; ++v) {
      sum = hn::Add(sum, hn::Mul(hn::LoadU(d, coefficients + v * stride + r), hn::Set(d, kernel[v])));
    }
    hn::StoreU(sum, d, sums + r);
  }
}

double weighted_sum(const double* coefficients, const double* kernel, std::size_t n) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  const auto product = [&](std::size_t v)
                           HWY_ATTR { return hn::Mul(hn::LoadU(d, coefficients + v), hn::LoadU(d, kernel + v)); };
  Vector a = hn::Zero(d);
  Vector b = hn::Zero(d);
  Vector c = hn::Zero(d);
  Vector e = hn::Zero(d);
  std::size_t v = 0;
  for (; v + 8 <= n; v += 8) {
    a = hn::Add(a, product(v));
    if (lanes < 8) b = hn::Add(b, product(v + lanes));
    if (lanes < 4) {
      c = hn::Add(c, product(v + 2 * lanes));
      e = hn::Add(e, product(v + 3 * lanes));
    }
  }
  double parts[8];
  hn::StoreU(a, d, parts);
  if (lanes < 8) hn::StoreU(b, d, parts + lanes);
  if (lanes < 4) {
    hn::StoreU(c, d, parts + 2 * lanes);
    hn::StoreU(e, d, parts + 3 * lanes);
  }
  for (std::size_t r = 0; v + r < n; ++r) parts[r] += coefficients[v + r] * kernel[v + r];
  return ((parts[0] + parts[1]) + (parts[2] + parts[3])) + ((parts[4] + parts[5]) + (parts[6] + parts[7]));
}

/// The same for `kVectors` vectors from entry k on, of all outputs.
template <std::size_t kVectors>
HWY_INLINE void add_scaled_at(std::size_t k, std::span<const ScaledRow> rows, std::span<const std::size_t> first,
                              bool fresh, double* sums, std::size_t stride) {
  const Doubles d;
  const Floats floats;
  constexpr std::size_t lanes = hn::MaxLanes(Doubles());
  for (std::size_t o = 0; o + 1 < first.size(); ++o) {
    double* const out = sums + o * stride + k;
    Vector own[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) own[v] = fresh ? hn::Zero(d) : hn::LoadU(d, out + v * lanes);
    for (const ScaledRow& each : rows.subspan(first[o], first[o + 1] - first[o])) {
      const Vector scale = hn::Set(d, each.factor);
      for (std::size_t v = 0; v < kVectors; ++v) {
        own[v] = hn::MulAdd(hn::PromoteTo(d, hn::LoadU(floats, each.row + k + v * lanes)), scale, own[v]);
      }
    }
    for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(own[v], d, out + v * lanes);
  }
}

void add_scaled(std::span<const ScaledRow> rows, std::span<const std::size_t> first, std::size_t n, bool fresh,
                double* sums, std::size_t stride) {
  constexpr std::size_t lanes = hn::MaxLanes(Doubles());
  constexpr std::size_t kVectors = 8;  // hide the latency of the additions
  std::size_t k = 0;
  for (; k + kVectors * lanes <= n; k += kVectors * lanes) add_scaled_at<kVectors>(k, rows, first, fresh, sums, stride);
  for (; k < n; k += lanes) add_scaled_at<1>(k, rows, first, fresh, sums, stride);
}

void count_votes(const VotesOfPair& pair, std::size_t n) {
  const Doubles d;
  const Vector one = hn::Set(d, 1.0);
  const Vector rho = hn::Set(d, pair.rho);
  const Vector sensitivity = hn::Set(d, pair.sensitivity);
  for (std::size_t k = 0; k < n; k += hn::Lanes(d)) {
    const Vector value = hn::Sub(hn::Add(hn::LoadU(d, pair.own + k), hn::LoadU(d, pair.other + k)), rho);
    const Vector error = hn::Mul(sensitivity, hn::LoadU(d, pair.error + k));
    const Vector vote = hn::IfThenElseZero(hn::Gt(value, hn::Zero(d)), one);
    hn::StoreU(hn::Add(hn::LoadU(d, pair.for_first + k), vote), d, pair.for_first + k);
    hn::StoreU(hn::Add(hn::LoadU(d, pair.for_second + k), hn::Sub(one, vote)), d, pair.for_second + k);
    const Vector doubt = hn::IfThenElse(hn::Gt(hn::Abs(value), error), hn::LoadU(d, pair.doubt + k), one);
    hn::StoreU(doubt, d, pair.doubt + k);
  }
}

double add_scaled_and_dot(double factor, const float* row, std::size_t n, const double* weights, double* sums) {
  const Doubles d;
  const hn::Rebind<float, Doubles> floats;
  constexpr std::size_t kParts = 16;
  constexpr std::size_t lanes = hn::MaxLanes(Doubles());
  const Vector scale = hn::Set(d, factor);
  Vector dots[kParts / lanes];
  for (Vector& dot : dots) dot = hn::Zero(d);
  std::size_t k = 0;
  for (; k + kParts <= n; k += kParts) {
    for (std::size_t v = 0; v < kParts / lanes; ++v) {
      const std::size_t l = k + v * lanes;
      const Vector values = hn::PromoteTo(d, hn::LoadU(floats, row + l));
      hn::StoreU(hn::Add(hn::LoadU(d, sums + l), hn::Mul(values, scale)), d, sums + l);
      dots[v] = hn::Add(dots[v], hn::Mul(values, hn::LoadU(d, weights + l)));
    }
  }
  double parts[kParts];
  for (std::size_t v = 0; v < kParts / lanes; ++v) hn::StoreU(dots[v], d, parts + v * lanes);
  for (; k < n; ++k) {
    sums[k] += static_cast<double>(row[k]) * factor;
    parts[0] += static_cast<double>(row[k]) * weights[k];
  }
  double sum = 0;
  for (const double part : parts) sum += part;
  return sum;
}

void raise_to_magnitudes(const float* row, std::size_t n, float* largest) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t k = 0;
  for (; k + lanes <= n; k += lanes) {
    hn::StoreU(hn::Max(hn::LoadU(d, largest + k), hn::Abs(hn::LoadU(d, row + k))), d, largest + k);
  }
  for (; k < n; ++k) largest[k] = std::max(largest[k], std::abs(row[k]));
}

}  // namespace gridmill::models::svm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gridmill::models::svm {

HWY_EXPORT(rbf_entries);
HWY_EXPORT(rbf_values);
HWY_EXPORT(weighted_sums);
HWY_EXPORT(weighted_sum);
HWY_EXPORT(add_scaled);
HWY_EXPORT(count_votes);
HWY_EXPORT(add_scaled_and_dot);
HWY_EXPORT(raise_to_magnitudes);

void rbf_entries(double gamma, double norm, const double* norms, const double* products, std::size_t n, float* out) {
  HWY_DYNAMIC_DISPATCH(rbf_entries)(gamma, norm, norms, products, n, out);
}

void rbf_values(double gamma, double* values, std::size_t n) { HWY_DYNAMIC_DISPATCH(rbf_values)(gamma, values, n); }

void weighted_sums(const double* coefficients, std::size_t stride, const double* kernel, std::size_t n, double* sums) {
  HWY_DYNAMIC_DISPATCH(weighted_sums)(coefficients, stride, kernel, n, sums);
}

double weighted_sum(const double* coefficients, const double* kernel, std::size_t n) {
  return HWY_DYNAMIC_DISPATCH(weighted_sum)(coefficients, kernel, n);
}

void add_scaled(std::span<const ScaledRow> rows, std::span<const std::size_t> first, std::size_t n, bool fresh,
                double* sums, std::size_t stride) {
  HWY_DYNAMIC_DISPATCH(add_scaled)(rows, first, n, fresh, sums, stride);
}

void count_votes(const VotesOfPair& pair, std::size_t n) { HWY_DYNAMIC_DISPATCH(count_votes)(pair, n); }

double add_scaled_and_dot(double factor, const float* row, std::size_t n, const double* weights, double* sums) {
  return HWY_DYNAMIC_DISPATCH(add_scaled_and_dot)(factor, row, n, weights, sums);
}

void raise_to_magnitudes(const float* row, std::size_t n, float* largest) {
  HWY_DYNAMIC_DISPATCH(raise_to_magnitudes)(row, n, largest);
}

}  // namespace gridmill::models::svm
#endif
