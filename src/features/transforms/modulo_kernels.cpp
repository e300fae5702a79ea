#include "features/transforms/modulo_kernels.hpp"

#include <cmath>
#include <cstddef>

#include "features/transforms/entries.hpp"

namespace gridmill::features::transforms {

namespace {

double modulo(double x, double y) {
  const double remainder = std::fmod(x, y);
  return remainder != 0 && (remainder < 0) != (y < 0) ? remainder + y : remainder;
}

/// The remainder, `by_zero` if the divisor is 0.
auto modulo_with(double by_zero) {
  return [by_zero](double x, double y) { return y == 0 && !std::isnan(x) ? by_zero : modulo(x, y); };
}

bool is_integer(const TransformInput& input, std::size_t which) {
  if (which >= input.types.size()) return false;
  return input.types[which].type == core::LogicalType::integer || is_nullable(input, which);
}

double remainder_by_zero(const TransformInput& input, bool by_integer) {
  return by_integer && is_nullable(input, 0) && input.semantics == Semantics::featuretools ? 0 : kNaN;
}

}  // namespace

Transform modulo_kernel() {
  return [](const TransformInput& input) {
    return two_numbers_to_number(modulo_with(remainder_by_zero(input, is_integer(input, 1))))(input);
  };
}

Transform modulo_scalar_kernel() {
  return [](const TransformInput& input) {
    const bool by_integer = input.arguments.at("value").is_integer();
    return number_with_value(modulo_with(remainder_by_zero(input, by_integer)))(input);
  };
}

Transform modulo_by_feature_kernel() {
  return number_with_value([](double x, double value) { return modulo(value, x); });
}

}  // namespace gridmill::features::transforms
