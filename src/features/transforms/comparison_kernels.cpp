#include "features/transforms/comparison_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/numbers.hpp"
#include "core/table.hpp"
#include "features/transforms/entries.hpp"

namespace gridmill::features::transforms {

namespace {

/// What can be equal at all.
enum class Sort : std::uint8_t { number, duration, time, text, place };

Sort sort_of(const TransformInput& input, std::size_t which) {
  const Column& column = *input.columns[which];
  if (std::holds_alternative<Column::Times>(column.values)) return Sort::time;
  if (std::holds_alternative<Column::Places>(column.values)) return Sort::place;
  if (std::holds_alternative<Column::Texts>(column.values)) return Sort::text;
  if (std::holds_alternative<Column::Codes>(column.values)) {
    return column.dictionary && column.dictionary->is_numbers() ? Sort::number : Sort::text;
  }
  return held(input, which).type == core::LogicalType::timedelta ? Sort::duration : Sort::number;
}

using Exact = core::Numbers::Exact;

Exact exact_at(const Column& column, std::size_t i) {
  if (const auto* numbers = std::get_if<Column::Numbers>(&column.values)) return numbers->exact(i);
  if (const auto* flags = std::get_if<Column::Booleans>(&column.values)) return (*flags)[i];
  return static_cast<Exact>(column.dictionary->first_number() + column.codes()[i]);
}

double number_at(const Column& column, std::size_t i) {
  if (const auto* numbers = std::get_if<Column::Numbers>(&column.values)) return (*numbers)[i];
  if (const auto* flags = std::get_if<Column::Booleans>(&column.values)) return (*flags)[i];
  return static_cast<double>(column.dictionary->first_number() + column.codes()[i]);
}

/// Reads labels of codes once.
class TextReader {
 public:
  explicit TextReader(const Column& column) : column_(column) {
    if (!std::holds_alternative<Column::Codes>(column.values) || !column.dictionary) return;
    for (std::size_t c = 0; c < column.dictionary->size(); ++c) {
      labels_.push_back(column.dictionary->label(static_cast<std::int32_t>(c)));
    }
  }
  [[nodiscard]] std::string_view at(std::size_t i) const {
    if (const auto* codes = std::get_if<Column::Codes>(&column_.values)) {
      return labels_[static_cast<std::size_t>((*codes)[i])];
    }
    return *column_.texts()[i];
  }

 private:
  const Column& column_;
  std::vector<std::string> labels_;
};

/// Fills in what missing entries give and asks `holds` for the others. `when_missing`: the result beside a NaN.
/// `nullable`: whether missing entries of nullable types are unknown.
template <class Holds>
Column compared(const TransformInput& input, bool when_missing, Holds holds, bool nullable = true) {
  Column::Booleans result(input.n);
  for (std::size_t i = 0; i < input.n; ++i) {
    bool missing = false;
    bool unknown = false;
    for (std::size_t k = 0; k < input.columns.size(); ++k) {
      if (!input.columns[k]->missing(i)) continue;
      missing = true;
      unknown = unknown || input.semantics == Semantics::strict || (nullable && held(input, k).nullable);
    }
    result[i] = unknown ? Column::kMissingBoolean : bit(missing ? when_missing : holds(i));
  }
  return booleans(std::move(result));
}

template <class T>
bool in_order(Order order, const T& a, const T& b) {
  switch (order) {
    case Order::less: return a < b;
    case Order::less_or_equal: return a <= b;
    case Order::greater: return a > b;
    case Order::greater_or_equal: return a >= b;
  }
  return false;
}

bool same_dictionary(const Column& a, const Column& b) {
  if (a.dictionary == b.dictionary) return true;
  if (!a.dictionary || !b.dictionary || a.dictionary->size() != b.dictionary->size()) return false;
  for (std::size_t c = 0; c < a.dictionary->size(); ++c) {
    const auto code = static_cast<std::int32_t>(c);
    if (a.dictionary->label(code) != b.dictionary->label(code)) return false;
  }
  return true;
}

/// Compares entries of one variant: numbers, times, codes of one dictionary.
template <class Values>
Column compare_values(const TransformInput& input, Order order) {
  const auto& a = std::get<Values>(input.columns[0]->values);
  const auto& b = std::get<Values>(input.columns[1]->values);
  if constexpr (std::is_same_v<Values, Column::Numbers>) {
    if (wants_exact(input)) {
      return compared(input, false, [&](std::size_t i) { return in_order(order, a.exact(i), b.exact(i)); });
    }
  }
  return compared(input, false, [&](std::size_t i) { return in_order(order, a[i], b[i]); });
}

/// Says for each entry whether two columns are equal there; asked only where both are present.
template <class Then>
Column with_equality(const TransformInput& input, Then then) {
  const Column& a = *input.columns[0];
  const Column& b = *input.columns[1];
  const Sort sort = sort_of(input, 0);
  if (sort != sort_of(input, 1)) return then([](std::size_t) { return false; });
  switch (sort) {
    case Sort::number:
      if (wants_exact(input)) return then([&](std::size_t i) { return exact_at(a, i) == exact_at(b, i); });
      return then([&](std::size_t i) { return number_at(a, i) == number_at(b, i); });
    case Sort::duration: return then([&](std::size_t i) { return number_at(a, i) == number_at(b, i); });
    case Sort::time: return then([&](std::size_t i) { return a.times()[i] == b.times()[i]; });
    case Sort::place: return then([&](std::size_t i) { return a.places()[i] == b.places()[i]; });
    case Sort::text: break;
  }
  if (std::holds_alternative<Column::Codes>(a.values) && std::holds_alternative<Column::Codes>(b.values) &&
      a.dictionary == b.dictionary) {
    return then([&](std::size_t i) { return a.codes()[i] == b.codes()[i]; });
  }
  const TextReader left(a);
  const TextReader right(b);
  return then([&](std::size_t i) { return left.at(i) == right.at(i); });
}

std::optional<Exact> as_number(const core::Value& value) {
  if (value.is_boolean()) return value.boolean() ? 1 : 0;
  if (value.is_integer()) return static_cast<Exact>(value.integer());
  return value.is_real() ? std::optional<Exact>(value.number()) : std::nullopt;
}

/// Calls then(equals), where equals(i) says whether entry i is one of `values`.
template <class Then>
Column with_membership(const TransformInput& input, const core::ValueList& values, Then then) {
  const Column& column = *input.columns[0];
  std::vector<Exact> numbers;
  std::vector<std::string> texts;
  for (const core::Value& value : values) {
    if (value.is_text()) texts.push_back(value.text());
    if (const auto number = as_number(value)) numbers.push_back(*number);
  }
  const Sort sort = sort_of(input, 0);
  if (sort == Sort::number) {
    return then(
        [&](std::size_t i) { return std::find(numbers.begin(), numbers.end(), exact_at(column, i)) != numbers.end(); });
  }
  if (sort == Sort::text) {
    const TextReader reader(column);
    return then([&](std::size_t i) { return std::find(texts.begin(), texts.end(), reader.at(i)) != texts.end(); });
  }
  return then([](std::size_t) { return false; });
}

}  // namespace

Transform comparison_kernel(Order order) {
  return [order](const TransformInput& input) {
    const Column& a = *input.columns[0];
    const Column& b = *input.columns[1];
    if (a.values.index() != b.values.index()) return booleans(Column::Booleans(input.n, Column::kMissingBoolean));
    if (std::holds_alternative<Column::Numbers>(a.values)) return compare_values<Column::Numbers>(input, order);
    if (std::holds_alternative<Column::Times>(a.values)) return compare_values<Column::Times>(input, order);
    if (!std::holds_alternative<Column::Codes>(a.values) || !same_dictionary(a, b)) {
      return booleans(Column::Booleans(input.n, Column::kMissingBoolean));
    }
    return compare_values<Column::Codes>(input, order);
  };
}

Transform comparison_with_value_kernel(Order order) {
  return [order](const TransformInput& input) {
    const Column::Numbers& x = input.columns[0]->numbers();
    const core::Value& limit = input.arguments.at("value");
    if (wants_exact(input) && limit.is_integer()) {
      const auto whole = static_cast<Exact>(limit.integer());
      return compared(input, false, [&](std::size_t i) { return in_order(order, x.exact(i), whole); });
    }
    const double value = limit.number();
    return compared(input, false, [&](std::size_t i) { return in_order(order, x[i], value); });
  };
}

Transform equality_kernel(Equality equality) {
  return [different = equality == Equality::different](const TransformInput& input) {
    // pandas does not look for missing entries where it compares times with something else.
    const bool nullable = sort_of(input, 0) != Sort::time || sort_of(input, 1) == Sort::time;
    return with_equality(input, [&](const auto& equal) {
      return compared(
          input, different, [&](std::size_t i) { return equal(i) != different; }, nullable);
    });
  };
}

Transform equality_with_value_kernel(Equality equality) {
  return [different = equality == Equality::different](const TransformInput& input) {
    return with_membership(input, {input.arguments.at("value")}, [&](const auto& equal) {
      return compared(input, different, [&](std::size_t i) { return equal(i) != different; });
    });
  };
}

Transform is_in_kernel() {
  return [](const TransformInput& input) {
    const core::Value& list = input.arguments.at("list_of_outputs");
    return with_membership(input, list.is_null() ? core::ValueList{} : list.list(), [&](const auto& equal) {
      const std::uint8_t when_missing = input.semantics == Semantics::strict ? Column::kMissingBoolean : bit(false);
      Column::Booleans result(input.n);
      for (std::size_t i = 0; i < input.n; ++i) {
        result[i] = input.columns[0]->missing(i) ? when_missing : bit(equal(i));
      }
      return booleans(std::move(result));
    });
  };
}

Transform is_null_kernel() {
  return [](const TransformInput& input) {
    Column::Booleans result(input.n);
    for (std::size_t i = 0; i < input.n; ++i) result[i] = bit(input.columns[0]->missing(i));
    return booleans(std::move(result));
  };
}

}  // namespace gridmill::features::transforms
