#include "features/transforms/decay_kernels.hpp"

#include <cmath>
#include <cstddef>
#include <span>

#include "features/transforms/entries.hpp"
#include "features/transforms/series.hpp"

namespace gridmill::features::transforms {

namespace {

/// By what factor weights shrink from row to row.
double decay_of(const core::Params& arguments) {
  const auto given = [&arguments](const char* name) { return !arguments.at(name).is_null(); };
  const auto number = [&arguments](const char* name) { return arguments.at(name).number(); };
  if (given("alpha")) return 1 - number("alpha");
  if (given("halflife")) return std::exp(std::log(0.5) / number("halflife"));
  const double com = given("span") ? (number("span") - 1) / 2 : given("com") ? number("com") : 0.5;
  return com / (1 + com);
}

/// Weighted moments of the values so far, the newest weighing 1.
struct DecayingMoments {
  double weight = 0;          // sum of weights
  double squared_weight = 0;  // sum of their squares
  double mean = 0;
  double squares = 0;  // weighted sum of squared distances from the mean

  void age(double decay) {
    weight *= decay;
    squared_weight *= decay * decay;
    squares *= decay;
  }
  void add(double x) {
    const double distance = x - mean;
    const double total = weight + 1;
    mean += distance / total;
    squares += distance * distance * weight / total;
    weight = total;
    squared_weight += 1;
  }
  /// Unbiased; NaN of one value.
  [[nodiscard]] double variance() const {
    const double denominator = weight * weight - squared_weight;
    return denominator > 0 ? weight * squares / denominator : kNaN;
  }
};

template <class Take>
Transform decaying(Take take) {
  return [take](const TransformInput& input) {
    const double decay = decay_of(input.arguments);
    const bool ignore_missing = input.arguments.at("ignore_na").boolean();
    return number_series(input, 0, [=](std::span<const double> x, std::span<double> y) {
      DecayingMoments moments;
      bool any = false;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const bool present = std::isfinite(x[i]);
        if (present || !ignore_missing) moments.age(decay);
        if (present) moments.add(x[i]);
        any = any || present;
        if (any) y[i] = take(moments);
      }
    });
  };
}

}  // namespace

std::optional<std::string> decay_problem(const core::Params& arguments) {
  int n_given = 0;
  for (const char* name : {"com", "span", "halflife", "alpha"}) n_given += arguments.at(name).is_null() ? 0 : 1;
  if (n_given > 1) return "takes only one of com, span, halflife and alpha";
  return std::nullopt;
}

Transform decaying_mean_kernel() {
  return decaying([](const DecayingMoments& moments) { return moments.mean; });
}
Transform decaying_variance_kernel() {
  return decaying([](const DecayingMoments& moments) { return moments.variance(); });
}
Transform decaying_deviation_kernel() {
  return decaying([](const DecayingMoments& moments) { return std::sqrt(moments.variance()); });
}

}  // namespace gridmill::features::transforms
