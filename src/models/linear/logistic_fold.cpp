#include "models/linear/logistic_fold.hpp"

#include <algorithm>
#include <cmath>

#include "models/linear/newton.hpp"

namespace gridmill::models::linear {

namespace {

/// Gap of the path's solutions: they are to start from.
constexpr double kRoughLossGap = 1e-3;
constexpr std::int64_t kRoughSteps = 10;
constexpr std::size_t kMostPowers = 16;  // powers of ten

}  // namespace

std::size_t LogisticFold::bytes() const {
  std::size_t numbers = loss_.n_rows() * 3;
  for (const auto& [key, path] : paths_) numbers += path.size() * loss_.n_coefficients() * loss_.n_functions();
  return numbers * sizeof(double);
}

std::size_t LogisticFold::most_bytes(std::size_t n_rows, std::size_t n_coefficients) {
  return (n_rows * 3 + kMostPowers * n_coefficients) * sizeof(double);
}

core::Matrix LogisticFold::start(const LogisticSetting& setting) {
  core::Matrix zero(loss_.n_coefficients(), loss_.n_functions(), arma::fill::zeros);
  if (setting.inverse_C == 0 || !(setting.least_C > 0)) return zero;
  // Rounding must not decide between two powers.
  const double first = std::ceil(std::log10(setting.least_C) - 1e-9);
  const double last = std::floor(std::log10(1 / setting.inverse_C) + 1e-9);
  std::vector<core::Matrix>& path = paths_[{setting.l1_ratio, setting.least_C}];
  const auto length = static_cast<std::size_t>(std::clamp(last - first + 1, 0.0, static_cast<double>(kMostPowers)));
  while (path.size() < length) {
    LogisticSetting rough = setting;
    rough.inverse_C = std::pow(10.0, -(first + static_cast<double>(path.size())));
    rough.tolerance = kRoughLossGap;
    rough.max_steps = kRoughSteps;
    rough.is_late = {};
    path.push_back(minimise(loss_, rough, path.empty() ? zero : path.back()).coefficients);
  }
  return length == 0 ? zero : path[length - 1];
}

LogisticSolution LogisticFold::solve(const LogisticSetting& setting) {
  return minimise(loss_, setting, start(setting));
}

}  // namespace gridmill::models::linear
