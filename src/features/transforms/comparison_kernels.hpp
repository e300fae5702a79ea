#pragma once

#include <cstdint>

#include "features/definitions/primitive.hpp"

/// Kernels that compare. A missing entry of a nullable input gives a missing result; another missing entry compares
/// as NaN does: false, but for `different` true. In strict semantics all missing entries give missing results.
namespace gridmill::features::transforms {

enum class Order : std::uint8_t { less, less_or_equal, greater, greater_or_equal };
enum class Equality : std::uint8_t { equal, different };

/// Two numbers, times, or ordinals (whose dictionaries must be the same, else all is missing).
Transform comparison_kernel(Order order);
/// A number and the argument `value`.
Transform comparison_with_value_kernel(Order order);

/// Any two columns. Numbers, booleans and ordinals of numbers compare by value (true = 1), categories and texts by
/// their text, else columns of different kinds differ.
Transform equality_kernel(Equality equality);
/// A column and the argument `value`; null equals nothing.
Transform equality_with_value_kernel(Equality equality);
/// A column and the values of the argument `list_of_outputs`; false if missing.
Transform is_in_kernel();
Transform is_null_kernel();

}  // namespace gridmill::features::transforms
