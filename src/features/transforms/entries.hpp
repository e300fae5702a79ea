#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/table.hpp"
#include "features/column.hpp"
#include "features/primitive.hpp"

/// Kernels from functions of one entry: the loop, missing entries and the kind of the result are here.
namespace gridmill::features::transforms {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

inline Column numbers(Column::Numbers&& entries) { return {std::move(entries), nullptr}; }
inline Column booleans(Column::Booleans&& entries) { return {std::move(entries), nullptr}; }
inline std::uint8_t bit(bool value) { return value ? 1 : 0; }

/// y = f(x) for numbers; f sees missing entries as NaN.
template <class F>
Transform number_to_number(F f) {
  return [f](const TransformInput& input) {
    const Column::Numbers& x = input.columns[0]->numbers();
    Column::Numbers y(input.n);
    for (std::size_t i = 0; i < input.n; ++i) y[i] = f(x[i]);
    return numbers(std::move(y));
  };
}

/// The same for the argument `value`: y = f(x, value).
template <class F>
Transform number_with_value(F f) {
  return [f](const TransformInput& input) {
    const double value = input.arguments.at("value").number();
    return number_to_number([f, value](double x) { return f(x, value); })(input);
  };
}

/// z = f(x, y) for two numbers.
template <class F>
Transform two_numbers_to_number(F f) {
  return [f](const TransformInput& input) {
    const Column::Numbers& x = input.columns[0]->numbers();
    const Column::Numbers& y = input.columns[1]->numbers();
    Column::Numbers z(input.n);
    for (std::size_t i = 0; i < input.n; ++i) z[i] = f(x[i], y[i]);
    return numbers(std::move(z));
  };
}

/// Numbers from texts, missing from missing ones. F: std::string_view -> double.
template <class F>
Transform text_to_number(F f) {
  return [f](const TransformInput& input) {
    const Column::Texts& texts = input.columns[0]->texts();
    Column::Numbers y(input.n, kNaN);
    for (std::size_t i = 0; i < input.n; ++i) {
      if (texts[i]) y[i] = f(*texts[i]);
    }
    return numbers(std::move(y));
  };
}

/// Says whether missing entries of an input are unknown rather than not a number: held by pandas in a nullable type.
inline bool is_nullable(const TransformInput& input, std::size_t which) {
  if (which >= input.types.size()) return false;
  const std::optional<core::LogicalType> type = input.types[which].type;
  return type == core::LogicalType::integer_nullable || type == core::LogicalType::age_nullable ||
         type == core::LogicalType::boolean_nullable;
}

/// Returns categories from labels, the dictionary being those that occur, sorted by code point.
Column categories_of(std::vector<std::optional<std::string>>&& labels);

}  // namespace gridmill::features::transforms
