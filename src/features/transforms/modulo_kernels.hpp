#pragma once

#include "features/definitions/primitive.hpp"

/// Remainders with the sign of the divisor, as Python's %; missing if the divisor is 0. But with Featuretools'
/// semantics 0 if a nullable integer is divided by the integer 0.
namespace gridmill::features::transforms {

Transform modulo_kernel();
Transform modulo_scalar_kernel();      // a number by the argument `value`
Transform modulo_by_feature_kernel();  // the argument `value` by a number

}  // namespace gridmill::features::transforms
