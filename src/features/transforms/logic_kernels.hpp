#pragma once

#include "features/primitive.hpp"

/// Kernels of booleans that may be missing.
namespace gridmill::features::transforms {

// Missing if either is missing; in strict semantics only if the other does not decide.
Transform and_kernel();
Transform or_kernel();

Transform not_kernel();

/// Like strict `and` in both semantics.
Transform multiply_boolean_kernel();
/// One number and one boolean, in any order.
Transform multiply_numeric_boolean_kernel();

}  // namespace gridmill::features::transforms
