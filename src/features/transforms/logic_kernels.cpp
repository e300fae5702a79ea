#include "features/transforms/logic_kernels.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

#include "features/transforms/entries.hpp"

namespace gridmill::features::transforms {

namespace {

constexpr std::uint8_t kMissing = Column::kMissingBoolean;

using Booleans = Column::Booleans;

/// False if one of two is false, true if both are; else missing.
std::uint8_t both(std::uint8_t a, std::uint8_t b) {
  if (a == 0 || b == 0) return 0;
  return a == kMissing ? a : b;
}

/// True if one of two is true, false if both are false; else missing.
std::uint8_t either(std::uint8_t a, std::uint8_t b) {
  if (a == 1 || b == 1) return 1;
  return a == kMissing ? a : b;
}

/// z = f(x, y) for two booleans, missing ones included.
template <class F>
Column combined(const TransformInput& input, F f) {
  const Booleans& a = input.columns[0]->booleans();
  const Booleans& b = input.columns[1]->booleans();
  Booleans result(input.n);
  for (std::size_t i = 0; i < input.n; ++i) result[i] = f(a[i], b[i]);
  return booleans(std::move(result));
}

/// Of nullable types one missing value makes the result missing; to a NaN in a column of objects NumPy does what
/// Python's `and` and `or` do: `python`.
template <class Python>
Column as_numpy(const TransformInput& input, Python python) {
  const bool nullable_a = held(input, 0).nullable;
  const bool nullable_b = held(input, 1).nullable;
  return combined(input, [=](std::uint8_t a, std::uint8_t b) {
    const bool unknown = (nullable_a && a == kMissing) || (nullable_b && b == kMissing);
    return unknown ? kMissing : python(a, b);
  });
}

}  // namespace

Transform and_kernel() {
  return [](const TransformInput& input) {
    if (input.semantics == Semantics::strict) return combined(input, both);
    return as_numpy(input, [](std::uint8_t a, std::uint8_t b) { return a == 0 ? a : b; });
  };
}

Transform or_kernel() {
  return [](const TransformInput& input) {
    if (input.semantics == Semantics::strict) return combined(input, either);
    return as_numpy(input, [](std::uint8_t a, std::uint8_t b) { return a == 0 ? b : a; });
  };
}

Transform not_kernel() {
  return [](const TransformInput& input) {
    const bool keeps_missing = held(input, 0).nullable || input.semantics == Semantics::strict;
    const std::uint8_t when_missing = keeps_missing ? kMissing : std::uint8_t{0};  // Python's `not nan` is False
    Booleans result = input.columns[0]->booleans();
    for (std::uint8_t& each : result) each = each == kMissing ? when_missing : static_cast<std::uint8_t>(1 - each);
    return booleans(std::move(result));
  };
}

Transform multiply_boolean_kernel() {
  return [](const TransformInput& input) {
    if (input.semantics == Semantics::strict) return combined(input, both);
    // What a NaN in a column of objects counts as for `&`: pandas asks for its truth beside a nullable type only.
    const bool plain_a = !held(input, 0).nullable;
    const bool plain_b = !held(input, 1).nullable;
    const std::uint8_t nan = bit(!plain_a || !plain_b);
    return combined(input, [=](std::uint8_t a, std::uint8_t b) {
      return both(plain_a && a == kMissing ? nan : a, plain_b && b == kMissing ? nan : b);
    });
  };
}

Transform multiply_numeric_boolean_kernel() {
  return [](const TransformInput& input) {
    const bool number_first = std::holds_alternative<Column::Numbers>(input.columns[0]->values);
    const Column::Numbers& x = input.columns[number_first ? 0 : 1]->numbers();
    const Column::Booleans& flags = input.columns[number_first ? 1 : 0]->booleans();
    Column::Numbers y(input.n);
    for (std::size_t i = 0; i < input.n; ++i) y[i] = flags[i] == kMissing ? kNaN : x[i] * flags[i];
    return numbers(std::move(y));
  };
}

}  // namespace gridmill::features::transforms
