#include "models/svm/solver/smo_variables.hpp"

#include <algorithm>

namespace gridmill::models::svm {

template <typename Real>
PassView<Real> Variables<Real>::view() {
  const bool unit = std::ranges::all_of(diagonal, [](Real value) { return value == 1; });
  return {f.data(), rises.data(), falls.data(), diagonal.data(), unit, windows};
}

template <typename Real>
template <typename Other>
Variables<Other> Variables<Real>::part(std::span<const std::size_t> kept, double shift) const {
  const std::size_t n = kept.size();
  Variables<Other> out{.f = std::vector<Other>(padded(n), 0),
                       .diagonal = std::vector<Other>(padded(n), 1),
                       .windows = {{.slot = 0, .column = 0, .size = padded(n)}}};
  for (std::size_t k = 0; k < n; ++k) {
    out.y.push_back(y[kept[k]]);
    out.upper.push_back(upper[kept[k]]);
    out.alpha.push_back(alpha[kept[k]]);
    out.f[k] = static_cast<Other>(static_cast<double>(f[kept[k]]) - shift);
    out.diagonal[k] = static_cast<Other>(diagonal[kept[k]]);
  }
  out.update_all_bounds();
  return out;
}

template <typename Real>
template <typename Other>
Variables<Other> Variables<Real>::as(double shift) const {
  Variables<Other> out{.y = y, .upper = upper, .alpha = alpha, .rises = rises, .falls = falls, .windows = windows};
  for (const Real value : f) out.f.push_back(static_cast<Other>(static_cast<double>(value) - shift));
  for (const Real value : diagonal) out.diagonal.push_back(static_cast<Other>(value));
  return out;
}

template <typename Real>
void Variables<Real>::update_bounds(std::size_t k) {
  const bool can_grow = alpha[k] < upper[k];
  const bool can_shrink = alpha[k] > 0;
  rises.assign(k, y[k] > 0 ? can_grow : can_shrink);
  falls.assign(k, y[k] > 0 ? can_shrink : can_grow);
}

template <typename Real>
void Variables<Real>::update_all_bounds() {
  rises = Bits(size());
  falls = Bits(size());
  for (std::size_t k = 0; k < size(); ++k) update_bounds(k);
}

template <typename Real>
double Variables<Real>::curvature(std::size_t i, std::size_t j, float kernel) const {
  const double sum = static_cast<double>(diagonal[i]) + static_cast<double>(diagonal[j]);
  const double value = sum - 2.0 * static_cast<double>(kernel);
  return value > 0 ? value : kSmallestCurvature;
}

template <typename Real>
typename Variables<Real>::Step Variables<Real>::move(std::size_t i, std::size_t j, float kernel) {
  const double old_i = alpha[i];
  const double old_j = alpha[j];
  const double curve = curvature(i, j, kernel);
  if (y[i] != y[j]) {
    move_together(i, j, curve);
  } else {
    move_apart(i, j, curve);
  }
  update_bounds(i);
  update_bounds(j);
  return {.i = y[i] * (alpha[i] - old_i), .j = y[j] * (alpha[j] - old_j)};
}

template <typename Real>
std::size_t Variables<Real>::set_aside(const Extremes& extremes) {
  std::size_t left = 0;
  for (std::size_t k = 0; k < size(); ++k) {
    const bool up = rises.test(k);
    const bool low = falls.test(k);
    if (!up && !low) continue;
    if ((!up && static_cast<double>(f[k]) < extremes.least) ||
        (!low && static_cast<double>(f[k]) > extremes.greatest)) {
      rises.assign(k, false);
      falls.assign(k, false);
    } else {
      ++left;
    }
  }
  return left;
}

/// Unequal signs: both grow or both shrink; their difference is kept when clipped to the box.
template <typename Real>
void Variables<Real>::move_together(std::size_t i, std::size_t j, double curve) {
  double& a_i = alpha[i];
  double& a_j = alpha[j];
  const double c_i = upper[i];
  const double c_j = upper[j];
  const double delta = (-y[i] * static_cast<double>(f[i]) - y[j] * static_cast<double>(f[j])) / curve;
  const double difference = a_i - a_j;
  a_i += delta;
  a_j += delta;
  if (difference > 0 && a_j < 0) {
    a_j = 0;
    a_i = difference;
  } else if (difference <= 0 && a_i < 0) {
    a_i = 0;
    a_j = -difference;
  }
  if (difference > c_i - c_j) {
    if (a_i > c_i) {
      a_i = c_i;
      a_j = c_i - difference;
    }
  } else if (a_j > c_j) {
    a_j = c_j;
    a_i = c_j + difference;
  }
}

/// Equal signs: one grows by what the other shrinks; their sum is kept when clipped to the box.
template <typename Real>
void Variables<Real>::move_apart(std::size_t i, std::size_t j, double curve) {
  double& a_i = alpha[i];
  double& a_j = alpha[j];
  const double c_i = upper[i];
  const double c_j = upper[j];
  const double delta = (y[i] * static_cast<double>(f[i]) - y[j] * static_cast<double>(f[j])) / curve;
  const double sum = a_i + a_j;
  a_i -= delta;
  a_j += delta;
  if (sum > c_i) {
    if (a_i > c_i) {
      a_i = c_i;
      a_j = sum - c_i;
    }
  } else if (a_j < 0) {
    a_j = 0;
    a_i = sum;
  }
  if (sum > c_j) {
    if (a_j > c_j) {
      a_j = c_j;
      a_i = sum - c_j;
    }
  } else if (a_i < 0) {
    a_i = 0;
    a_j = sum;
  }
}

template struct Variables<double>;
template struct Variables<float>;
template Variables<double> Variables<double>::part(std::span<const std::size_t>, double) const;
template Variables<float> Variables<double>::part(std::span<const std::size_t>, double) const;
template Variables<double> Variables<float>::part(std::span<const std::size_t>, double) const;
template Variables<float> Variables<float>::part(std::span<const std::size_t>, double) const;
template Variables<float> Variables<double>::as(double) const;
template Variables<float> Variables<float>::as(double) const;

}  // namespace gridmill::models::svm
