#include "features/transforms/savgol_filter.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "features/transforms/entries.hpp"
#include "features/transforms/series.hpp"

namespace gridmill::features::transforms {

namespace {

constexpr std::size_t kFewestRows = 20;

/// Polynomials orthonormal over the points of a window, by Gram and Schmidt, twice for the last digits.
/// basis[k][i]: the k-th at point i; power[k][p]: its coefficient of u^p, where u = (i - centre) / half.
struct OrthonormalBasis {
  double centre = 0;
  double half = 1;
  std::vector<std::vector<double>> basis;
  std::vector<std::vector<double>> power;

  OrthonormalBasis(std::size_t window, std::size_t degree)
      : centre(static_cast<double>(window - 1) / 2), half(window > 1 ? centre : 1) {
    for (std::size_t k = 0; k <= degree; ++k) add(window, k, degree);
  }

 private:
  void add(std::size_t window, std::size_t k, std::size_t degree) {
    std::vector<double> values(window);
    std::vector<double> powers(degree + 1, 0.0);
    if (k > 0) {
      for (std::size_t p = 0; p + 1 <= degree; ++p) powers[p + 1] = power[k - 1][p];
    } else {
      powers[0] = 1;
    }
    for (std::size_t i = 0; i < window; ++i) {
      values[i] = k == 0 ? 1 : basis[k - 1][i] * (static_cast<double>(i) - centre) / half;
    }
    for (std::size_t round = 0; round < 2; ++round) {
      for (std::size_t j = 0; j < k; ++j) subtract(values, powers, j);
    }
    double norm = 0;
    for (const double value : values) norm += value * value;
    norm = std::sqrt(norm);
    for (double& value : values) value /= norm;
    for (double& coefficient : powers) coefficient /= norm;
    basis.push_back(std::move(values));
    power.push_back(std::move(powers));
  }

  void subtract(std::vector<double>& values, std::vector<double>& powers, std::size_t j) const {
    double product = 0;
    for (std::size_t i = 0; i < values.size(); ++i) product += values[i] * basis[j][i];
    for (std::size_t i = 0; i < values.size(); ++i) values[i] -= product * basis[j][i];
    for (std::size_t p = 0; p < powers.size(); ++p) powers[p] -= product * power[j][p];
  }
};

/// Returns the weights of a window's samples in the derivative of its polynomial at `at` (0 = the first sample).
std::vector<double> weights_at(const OrthonormalBasis& basis, double at, const SavgolOptions& options) {
  const double u = (at - basis.centre) / basis.half;
  std::vector<double> weights(options.window, 0.0);
  for (std::size_t k = 0; k < basis.basis.size(); ++k) {
    double value = 0;
    for (std::size_t p = options.degree + 1; p-- > options.derivative;) {
      double factor = basis.power[k][p];
      for (std::size_t d = 0; d < options.derivative; ++d) factor *= static_cast<double>(p - d);
      value = value * u + factor;
    }
    for (std::size_t i = 0; i < options.window; ++i) weights[i] += value * basis.basis[k][i];
  }
  const double scale = std::pow(basis.half * options.delta, -static_cast<double>(options.derivative));
  for (double& weight : weights) weight *= scale;
  return weights;
}

double weighted(std::span<const double> x, std::span<const double> weights) {
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += x[i] * weights[i];
  return sum;
}

/// The sample at position i, which may lie beyond the ends.
double sample(std::span<const double> x, std::int64_t i, const SavgolOptions& options) {
  const auto n = static_cast<std::int64_t>(x.size());
  if (i >= 0 && i < n) return x[static_cast<std::size_t>(i)];
  switch (options.edge) {
    case Edge::constant: return options.constant;
    case Edge::nearest: return i < 0 ? x.front() : x.back();
    case Edge::wrap: return x[static_cast<std::size_t>(((i % n) + n) % n)];
    case Edge::mirror:
    case Edge::interpolate: break;
  }
  const std::int64_t period = std::max<std::int64_t>(2 * (n - 1), 1);
  const std::int64_t inside = ((i % period) + period) % period;
  return x[static_cast<std::size_t>(inside < n ? inside : period - inside)];
}

/// Fits one polynomial to the first and one to the last window and takes the ends from them.
void fit_ends(std::span<const double> x, const OrthonormalBasis& basis, const SavgolOptions& options,
              std::vector<double>& y) {
  const std::size_t last = x.size() - options.window;
  for (std::size_t i = 0; i < options.window / 2; ++i) {
    const double at = static_cast<double>(i);
    y[i] = weighted(x.first(options.window), weights_at(basis, at, options));
    const double from_end = static_cast<double>(options.window - 1 - i);
    y[x.size() - 1 - i] = weighted(x.subspan(last), weights_at(basis, from_end, options));
  }
}

Edge edge_named(const std::string& name) {
  if (name == "mirror") return Edge::mirror;
  if (name == "constant") return Edge::constant;
  if (name == "nearest") return Edge::nearest;
  return name == "wrap" ? Edge::wrap : Edge::interpolate;
}

/// Replaces missing entries by straight lines between the present ones, constant beyond them.
std::vector<double> interpolated(std::span<const double> x) {
  std::vector<double> y(x.begin(), x.end());
  std::size_t before = y.size();  // the last present entry; y.size(): none yet
  for (std::size_t i = 0; i <= y.size(); ++i) {
    if (i < y.size() && std::isnan(x[i])) continue;
    const std::size_t begin = before == y.size() ? 0 : before + 1;
    for (std::size_t k = begin; k < i && (before < y.size() || i < y.size()); ++k) {
      if (before == y.size()) {
        y[k] = x[i];
      } else if (i == y.size()) {
        y[k] = x[before];
      } else {
        y[k] = x[before] + (x[i] - x[before]) * static_cast<double>(k - before) / static_cast<double>(i - before);
      }
    }
    before = i;
  }
  return y;
}

SavgolOptions options_of(const core::Params& arguments, std::size_t n) {
  SavgolOptions options;
  const core::Value& window = arguments.at("window_length");
  const core::Value& degree = arguments.at("polyorder");
  options.window = window.is_null() ? n / 10 * 2 + 1 : static_cast<std::size_t>(window.integer());
  options.degree = degree.is_null() ? 3 : static_cast<std::size_t>(degree.integer());
  options.derivative = static_cast<std::size_t>(arguments.at("deriv").integer());
  options.delta = arguments.at("delta").number();
  options.edge = edge_named(arguments.at("mode").text());
  options.constant = arguments.at("cval").number();
  return options;
}

}  // namespace

std::vector<double> savgol_filter(std::span<const double> x, const SavgolOptions& options) {
  std::vector<double> y(x.size(), 0.0);
  if (options.derivative > options.degree) return y;
  const OrthonormalBasis basis(options.window, options.degree);
  const std::vector<double> weights = weights_at(basis, basis.centre, options);
  // A window of even length reaches one sample further ahead than back, as scipy's does.
  const std::int64_t before = static_cast<std::int64_t>((options.window - 1) / 2);
  std::vector<double> window(options.window);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::int64_t first = static_cast<std::int64_t>(i) - before;
    if (first >= 0 && static_cast<std::size_t>(first) + options.window <= x.size()) {
      y[i] = weighted(x.subspan(static_cast<std::size_t>(first)), weights);
      continue;
    }
    for (std::size_t k = 0; k < window.size(); ++k) {
      window[k] = sample(x, first + static_cast<std::int64_t>(k), options);
    }
    y[i] = weighted(window, weights);
  }
  if (options.edge == Edge::interpolate) fit_ends(x, basis, options, y);
  return y;
}

std::optional<std::string> savgol_problem(const core::Params& arguments) {
  const core::Value& window = arguments.at("window_length");
  const core::Value& degree = arguments.at("polyorder");
  if (window.is_null() != degree.is_null()) return "takes both window_length and polyorder, or none of them";
  if (!window.is_null() && degree.integer() >= window.integer()) return "polyorder must be less than window_length";
  return std::nullopt;
}

Transform savgol_filter_kernel() {
  return [](const TransformInput& input) {
    return number_series(input, 0, [&input](std::span<const double> x, std::span<double> y) {
      const SavgolOptions options = options_of(input.arguments, x.size());
      if (x.size() < kFewestRows || x.size() < options.window || options.degree >= options.window) {
        std::copy(x.begin(), x.end(), y.begin());
        return;
      }
      const std::vector<double> smooth = savgol_filter(interpolated(x), options);
      std::copy(smooth.begin(), smooth.end(), y.begin());
    });
  };
}

}  // namespace gridmill::features::transforms
