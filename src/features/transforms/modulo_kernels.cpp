#include "features/transforms/modulo_kernels.hpp"

#include <cmath>
#include <cstddef>

#include "features/transforms/entries.hpp"

namespace gridmill::features::transforms {

namespace {

template <class Number>
Number modulo(Number x, Number y) {
  const Number remainder = std::fmod(x, y);
  if (remainder == 0) return std::copysign(Number{0}, y);
  return (remainder < 0) != (y < 0) ? remainder + y : remainder;
}

/// The remainder, `by_zero` if the divisor is 0.
auto modulo_with(double by_zero) {
  return [by_zero]<class Number>(Number x, Number y) {
    return y == 0 && !std::isnan(x) ? static_cast<Number>(by_zero) : modulo(x, y);
  };
}

bool is_whole(const HeldType& held) {
  return held.type && core::column_type_of(*held.type) == core::ColumnType::integer;
}

double remainder_by_zero(const TransformInput& input, bool by_integer) {
  const bool is_zero = by_integer && held(input, 0).is_nullable_integer() && input.semantics == Semantics::featuretools;
  return is_zero ? 0 : kNaN;
}

}  // namespace

Transform modulo_kernel() {
  return [](const TransformInput& input) {
    return exact_two_numbers_to_number(modulo_with(remainder_by_zero(input, is_whole(held(input, 1)))))(input);
  };
}

Transform modulo_scalar_kernel() {
  return [](const TransformInput& input) {
    const bool by_integer = input.arguments.at("value").is_integer();
    return exact_number_with_value(modulo_with(remainder_by_zero(input, by_integer)))(input);
  };
}

Transform modulo_by_feature_kernel() {
  return exact_number_with_value([](auto x, auto value) { return modulo(value, x); });
}

}  // namespace gridmill::features::transforms
