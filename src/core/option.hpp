#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.hpp"

namespace gridmill::core {

/// Which numbers an option takes. Bounds belong to the range unless marked open.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;
  bool high_open = false;

  static Range positive() { return {.low = 0, .low_open = true}; }
  static Range at_least(double low) { return {.low = low}; }

  [[nodiscard]] bool contains(double value) const;
  /// Returns "> 0", ">= 1", "in [0, 1)" or "" when there is no bound.
  [[nodiscard]] std::string text() const;
};

enum class Kind { null, boolean, integer, real, text, list, mapping };

/// Declares one option once: the config reader checks it, `describe` prints it, the code reads its default here.
struct OptionSpec {
  std::string name;
  std::vector<Kind> kinds;  // what it takes; `real` also takes an integer
  Value default_value;
  Range range;                       // for its numbers
  std::vector<std::string> choices;  // for its texts; empty: any text
  std::string meaning;               // one sentence, with the unit

  /// Returns what is wrong with `value` ("must be > 0, not -1.0"), or nothing.
  [[nodiscard]] std::optional<std::string> check(const Value& value) const;
  /// Returns what it takes, for reading: "number > 0, or one of scale, auto".
  [[nodiscard]] std::string takes() const;
};

/// Returns the option called `name`, or null.
const OptionSpec* find_option(std::span<const OptionSpec> options, std::string_view name);

/// Returns the names in declaration order.
std::vector<std::string> option_names(std::span<const OptionSpec> options);

/// Returns the value of `name` in `params`, or its declared default.
const Value& value_of(const Params& params, std::span<const OptionSpec> options, std::string_view name);

}  // namespace gridmill::core
