#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gridmill::core {

class Value;

/// Entries of a mapping in the order in which they were written.
using ValueMapping = std::vector<std::pair<std::string, Value>>;
using ValueList = std::vector<Value>;

/// A setting as the user wrote it: null, boolean, integer, real, text, list or mapping.
class Value {
 public:
  using Alternatives = std::variant<std::monostate, bool, std::int64_t, double, std::string, ValueList, ValueMapping>;

  Value() = default;                                        // null
  Value(bool value) : value_(value) {}                      // NOLINT(google-explicit-constructor)
  Value(int value) : value_(std::int64_t{value}) {}         // NOLINT(google-explicit-constructor)
  Value(std::int64_t value) : value_(value) {}              // NOLINT(google-explicit-constructor)
  Value(double value) : value_(value) {}                    // NOLINT(google-explicit-constructor)
  Value(const char* value) : value_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
  Value(std::string value) : value_(std::move(value)) {}    // NOLINT(google-explicit-constructor)
  Value(ValueList value) : value_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Value(ValueMapping value) : value_(std::move(value)) {}   // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  [[nodiscard]] bool is_boolean() const { return std::holds_alternative<bool>(value_); }
  [[nodiscard]] bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
  [[nodiscard]] bool is_real() const { return std::holds_alternative<double>(value_); }
  [[nodiscard]] bool is_number() const { return is_integer() || is_real(); }
  [[nodiscard]] bool is_text() const { return std::holds_alternative<std::string>(value_); }
  [[nodiscard]] bool is_list() const { return std::holds_alternative<ValueList>(value_); }
  [[nodiscard]] bool is_mapping() const { return std::holds_alternative<ValueMapping>(value_); }

  /// The accessors assert that the value is of that kind; `number` also takes an integer.
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] double number() const;
  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] const ValueList& list() const;
  [[nodiscard]] const ValueMapping& mapping() const;

  /// Returns what Python's repr would print: None, True, 1, 0.0001, 10000.0, 'rbf', [1, 2], {'a': 1.0}.
  [[nodiscard]] std::string python_repr() const;
  /// Returns what Python's str would print: as repr, but text without quotes.
  [[nodiscard]] std::string python_str() const;
  /// Returns the value as one line of YAML (flow style), which reads back as an equal Value.
  [[nodiscard]] std::string yaml() const;

  friend bool operator==(const Value&, const Value&) = default;

 private:
  Alternatives value_;
};

/// Hyperparameters of one candidate by name; sorted by name as scikit-learn's ParameterGrid sorts them.
using Params = std::map<std::string, Value>;

/// Returns the shortest decimal that reads back as `value`, written as Python writes it: 1.0, 0.0001, 1e-05, 1e+16,
/// nan, inf.
std::string python_float(double value);

}  // namespace gridmill::core
