#pragma once

#include "features/definitions/primitive.hpp"

/// Kernels of booleans that may be missing.
namespace gridmill::features::transforms {

// Strict: missing only if no input decides. Featuretools' semantics: missing if an input of a nullable type is. A
// missing Boolean (of a parent that is not there) counts as Python's NaN, which is true: `nan and x` is x, `x and nan`
// is False or nan, `nan or x` is nan, `x or nan` is True or nan, `not nan` is False.
Transform and_kernel();
Transform or_kernel();
Transform not_kernel();

/// Like strict `and` in both semantics; but with Featuretools' a missing Boolean is true beside a nullable type, and
/// false beside a Boolean.
Transform multiply_boolean_kernel();
/// One number and one boolean, in any order.
Transform multiply_numeric_boolean_kernel();

}  // namespace gridmill::features::transforms
