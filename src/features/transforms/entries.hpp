#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/numbers.hpp"
#include "core/table.hpp"
#include "features/columns/column.hpp"
#include "features/definitions/primitive.hpp"

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

/// The same for a number and the argument `value`: y = f(x, value).
template <class F>
Transform number_with_value(F f) {
  return [f](const TransformInput& input) {
    const double value = input.arguments.at("value").number();
    return number_to_number([f, value](double x) { return f(x, value); })(input);
  };
}

inline HeldType held(const TransformInput& input, std::size_t which) {
  return which < input.types.size() ? input.types[which] : HeldType{};
}

/// Says whether whole numbers beyond what doubles hold meet whole numbers only. pandas computes with those exactly, and
/// with doubles where one input is of them.
inline bool wants_exact(const TransformInput& input) {
  bool any = false;
  for (std::size_t k = 0; k < input.columns.size(); ++k) {
    const auto* entries = std::get_if<Column::Numbers>(&input.columns[k]->values);
    if (entries == nullptr || held(input, k).type == core::LogicalType::real) return false;
    any = any || entries->has_rests();
  }
  return any;
}

/// Says whether all inputs are of integers. These have one zero: what doubles make -0 of, and then 1 / -0, is none
/// there.
inline bool is_all_integers(const TransformInput& input) {
  for (std::size_t k = 0; k < input.columns.size(); ++k) {
    const HeldType type = held(input, k);
    if (!type.type || core::column_type_of(*type.type) != core::ColumnType::integer) return false;
  }
  return true;
}

/// Turns -0 into 0.
inline Column with_one_zero(Column column) {
  for (double& each : std::get<Column::Numbers>(column.values)) each += 0.0;
  return column;
}

/// Makes a column of numbers, entry i from f(i), which is exact.
template <class F>
Column exact_numbers(std::size_t n, F f) {
  Column::Numbers result(n);
  for (std::size_t i = 0; i < n; ++i) result.set(i, f(i));
  return numbers(std::move(result));
}

// ... and exactly where whole numbers beyond 2^53 want that; f takes numbers of any kind.
template <class F>
Transform exact_number_to_number(F f) {
  return [f](const TransformInput& input) {
    const Column::Numbers& x = input.columns[0]->numbers();
    if (!wants_exact(input)) {
      Column result = number_to_number([f](double each) { return f(each); })(input);
      return is_all_integers(input) ? with_one_zero(std::move(result)) : result;
    }
    return exact_numbers(input.n, [&](std::size_t i) { return f(x.exact(i)); });
  };
}

template <class F>
Transform exact_two_numbers_to_number(F f) {
  return [f](const TransformInput& input) {
    const Column::Numbers& x = input.columns[0]->numbers();
    const Column::Numbers& y = input.columns[1]->numbers();
    if (!wants_exact(input)) {
      Column result = two_numbers_to_number([f](double a, double b) { return f(a, b); })(input);
      return is_all_integers(input) ? with_one_zero(std::move(result)) : result;
    }
    return exact_numbers(input.n, [&](std::size_t i) { return f(x.exact(i), y.exact(i)); });
  };
}

template <class F>
Transform exact_number_with_value(F f) {
  return [f](const TransformInput& input) {
    const core::Value& value = input.arguments.at("value");
    if (!wants_exact(input) || !value.is_integer()) {
      Column result = number_with_value([f](double x, double y) { return f(x, y); })(input);
      return is_all_integers(input) && value.is_integer() ? with_one_zero(std::move(result)) : result;
    }
    const Column::Numbers& x = input.columns[0]->numbers();
    const auto whole = static_cast<core::Numbers::Exact>(value.integer());
    return exact_numbers(input.n, [&](std::size_t i) { return f(x.exact(i), whole); });
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

/// Returns categories from labels, the dictionary being those that occur, sorted by code point.
Column categories_of(std::vector<std::optional<std::string>>&& labels);

}  // namespace gridmill::features::transforms
