#include "features/transforms/logic_kernels.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

#include "features/transforms/entries.hpp"

namespace gridmill::features::transforms {

namespace {

constexpr std::uint8_t kMissing = Column::kMissingBoolean;

/// Of two booleans: `deciding` if either is that (three-valued logic), else missing if either is missing. Without
/// three-valued logic what is missing comes first.
Column combined(const TransformInput& input, std::uint8_t deciding, bool three_valued) {
  const Column::Booleans& a = input.columns[0]->booleans();
  const Column::Booleans& b = input.columns[1]->booleans();
  Column::Booleans result(input.n);
  for (std::size_t i = 0; i < input.n; ++i) {
    const bool missing = a[i] == kMissing || b[i] == kMissing;
    const bool decided = a[i] == deciding || b[i] == deciding;
    if (missing) {
      result[i] = decided && three_valued ? deciding : kMissing;
    } else {
      result[i] = decided ? deciding : static_cast<std::uint8_t>(1 - deciding);
    }
  }
  return booleans(std::move(result));
}

}  // namespace

Transform and_kernel() {
  return [](const TransformInput& input) { return combined(input, 0, input.semantics == Semantics::strict); };
}

Transform or_kernel() {
  return [](const TransformInput& input) { return combined(input, 1, input.semantics == Semantics::strict); };
}

Transform not_kernel() {
  return [](const TransformInput& input) {
    Column::Booleans result = input.columns[0]->booleans();
    for (std::uint8_t& each : result) each = each == kMissing ? kMissing : static_cast<std::uint8_t>(1 - each);
    return booleans(std::move(result));
  };
}

Transform multiply_boolean_kernel() {
  return [](const TransformInput& input) { return combined(input, 0, true); };
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
