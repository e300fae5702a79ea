#include "models/svm/smo_variables.hpp"

#include <algorithm>

namespace gridmill::models::svm {

PassView Variables::view() {
  const bool unit = std::all_of(diagonal.begin(), diagonal.begin() + static_cast<std::ptrdiff_t>(size()),
                                [](double value) { return value == 1.0; });
  return {f.data(), rises.data(), falls.data(), diagonal.data(), unit, size()};
}

Variables Variables::part(std::span<const std::size_t> kept) const {
  Variables out{.f = std::vector<double>(padded(kept.size()), 0.0),
                .diagonal = std::vector<double>(padded(kept.size()), 0.0)};
  for (std::size_t k = 0; k < kept.size(); ++k) {
    out.y.push_back(y[kept[k]]);
    out.upper.push_back(upper[kept[k]]);
    out.alpha.push_back(alpha[kept[k]]);
    out.f[k] = f[kept[k]];
    out.diagonal[k] = diagonal[kept[k]];
  }
  out.update_all_bounds();
  return out;
}

void Variables::update_bounds(std::size_t k) {
  const bool can_grow = alpha[k] < upper[k];
  const bool can_shrink = alpha[k] > 0;
  rises.assign(k, y[k] > 0 ? can_grow : can_shrink);
  falls.assign(k, y[k] > 0 ? can_shrink : can_grow);
}

void Variables::update_all_bounds() {
  rises = Bits(size());
  falls = Bits(size());
  for (std::size_t k = 0; k < size(); ++k) update_bounds(k);
}

Variables::Step Variables::move(std::size_t i, std::size_t j, float kernel) {
  const double old_i = alpha[i];
  const double old_j = alpha[j];
  const double value = diagonal[i] + diagonal[j] - 2.0 * static_cast<double>(kernel);
  const double curve = value > 0 ? value : kSmallestCurvature;
  if (y[i] != y[j]) {
    move_together(i, j, curve);
  } else {
    move_apart(i, j, curve);
  }
  update_bounds(i);
  update_bounds(j);
  return {.i = y[i] * (alpha[i] - old_i), .j = y[j] * (alpha[j] - old_j)};
}

std::size_t Variables::set_aside(const Extremes& extremes) {
  std::size_t left = 0;
  for (std::size_t k = 0; k < size(); ++k) {
    const bool up = rises.test(k);
    const bool low = falls.test(k);
    if (!up && !low) continue;
    if ((!up && f[k] < extremes.least) || (!low && f[k] > extremes.greatest)) {
      rises.assign(k, false);
      falls.assign(k, false);
    } else {
      ++left;
    }
  }
  return left;
}

/// Unequal signs: both grow or both shrink; their difference is kept when clipped to the box.
void Variables::move_together(std::size_t i, std::size_t j, double curve) {
  double& a_i = alpha[i];
  double& a_j = alpha[j];
  const double c_i = upper[i];
  const double c_j = upper[j];
  const double delta = (-y[i] * f[i] - y[j] * f[j]) / curve;
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
void Variables::move_apart(std::size_t i, std::size_t j, double curve) {
  double& a_i = alpha[i];
  double& a_j = alpha[j];
  const double c_i = upper[i];
  const double c_j = upper[j];
  const double delta = (y[i] * f[i] - y[j] * f[j]) / curve;
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

}  // namespace gridmill::models::svm
