#include "models/svm/solver/conjugate_direction.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"

namespace gridmill::models::svm {

namespace {

/// With more variables a direction is begun anew: each step moves all of them. Longer ones save no steps.
constexpr std::size_t kMostMoving = 64;

}  // namespace

void ConjugateDirection::take(Variables<float>& variables) {
  GRIDMILL_ASSERT(moving_.empty(), "a direction takes other variables before its end");
  variables_ = &variables;
  view_ = variables.view();
  products_.assign(view_.windows.back().slot + view_.windows.back().size, 0.0F);
  place_of_.assign(variables.size(), kNone);
}

Extremes ConjugateDirection::begin(std::size_t i, std::size_t j, const float* row_i, const float* row_j,
                                   double curvature, double step) {
  curvature_ = curvature;
  change_[place(i)] = variables_->y[i];
  change_[place(j)] = -variables_->y[j];
  return turn_and_scan(view_, row_i, row_j, 0, step, products_.data());
}

bool ConjugateDirection::turn(std::size_t i, std::size_t j, const float* row_i, const float* row_j, double curvature,
                              Extremes& extremes) {
  if (moving_.size() >= kMostMoving) return false;
  const double difference = static_cast<double>(products_[i]) - static_cast<double>(products_[j]);
  const double lowered = curvature - difference * difference / curvature_;
  if (!(lowered > static_cast<double>(kLeastConjugate) * curvature)) return false;
  const double factor = -difference / curvature_;
  const double step = (static_cast<double>(variables_->f[j]) - static_cast<double>(variables_->f[i])) / lowered;
  const std::size_t place_i = place(i);
  const std::size_t place_j = place(j);
  if (!stays_inside(factor, step, place_i, place_j)) return false;
  curvature_ = lowered;
  for (const std::size_t k : {i, j}) {
    variables_->rises.assign(k, true);
    variables_->falls.assign(k, true);
  }
  extremes = turn_and_scan(view_, row_i, row_j, factor, step, products_.data());
  return true;
}

/// Turns the direction, and moves if no bound is met.
bool ConjugateDirection::stays_inside(double factor, double step, std::size_t place_i, std::size_t place_j) {
  const std::size_t n = moving_.size();
  double* change = change_.data();
  for (std::size_t m = 0; m < n; ++m) change[m] *= factor;
  change[place_i] += variables_->y[moving_[place_i]];
  change[place_j] -= variables_->y[moving_[place_j]];
  next_.resize(n);
  const double* alpha = alpha_.data();
  const double* upper = upper_.data();
  double* next = next_.data();
  unsigned outside = 0;
  for (std::size_t m = 0; m < n; ++m) {
    next[m] = alpha[m] + step * change[m];
    outside |= static_cast<unsigned>(next[m] <= 0) | static_cast<unsigned>(next[m] >= upper[m]);
  }
  if (outside != 0) return false;
  std::swap(alpha_, next_);
  return true;
}

std::size_t ConjugateDirection::place(std::size_t variable) {
  std::uint32_t& at = place_of_[variable];
  if (at == kNone) {
    at = static_cast<std::uint32_t>(moving_.size());
    moving_.push_back(variable);
    change_.push_back(0);
    alpha_.push_back(variables_->alpha[variable]);
    upper_.push_back(variables_->upper[variable]);
  }
  return at;
}

void ConjugateDirection::end() {
  for (std::size_t m = 0; m < moving_.size(); ++m) {
    variables_->alpha[moving_[m]] = alpha_[m];
    place_of_[moving_[m]] = kNone;
  }
  moving_.clear();
  change_.clear();
  alpha_.clear();
  upper_.clear();
}

}  // namespace gridmill::models::svm
