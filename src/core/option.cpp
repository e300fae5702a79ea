#include "core/option.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"

namespace gridmill::core {

namespace {

bool takes_kind(const OptionSpec& option, Kind kind) {
  return std::find(option.kinds.begin(), option.kinds.end(), kind) != option.kinds.end();
}

Kind kind_of(const Value& value) {
  if (value.is_null()) return Kind::null;
  if (value.is_boolean()) return Kind::boolean;
  if (value.is_integer()) return Kind::integer;
  if (value.is_real()) return Kind::real;
  if (value.is_text()) return Kind::text;
  if (value.is_list()) return Kind::list;
  return Kind::mapping;
}

}  // namespace

bool Range::contains(double value) const {
  const bool above = low_open ? value > low : value >= low;
  const bool below = high_open ? value < high : value <= high;
  return above && below;  // false for NaN
}

std::string Range::text() const {
  const bool bounded_below = std::isfinite(low);
  const bool bounded_above = std::isfinite(high);
  if (bounded_below && bounded_above) {
    return fmt::format("in {}{}, {}{}", low_open ? '(' : '[', low, high, high_open ? ')' : ']');
  }
  if (bounded_below) return fmt::format("{} {}", low_open ? ">" : ">=", low);
  if (bounded_above) return fmt::format("{} {}", high_open ? "<" : "<=", high);
  return "";
}

std::string OptionSpec::takes() const {
  std::vector<std::string> parts;
  const std::string bound = range.text().empty() ? "" : " " + range.text();
  if (takes_kind(*this, Kind::real)) {
    parts.push_back("number" + bound);
  } else if (takes_kind(*this, Kind::integer)) {
    parts.push_back("whole number" + bound);
  }
  if (takes_kind(*this, Kind::boolean)) parts.emplace_back("true or false");
  if (takes_kind(*this, Kind::text)) {
    parts.push_back(choices.empty() ? "text" : fmt::format("one of {}", fmt::join(choices, ", ")));
  }
  if (takes_kind(*this, Kind::list)) parts.emplace_back("list");
  if (takes_kind(*this, Kind::mapping)) parts.emplace_back("mapping");
  if (takes_kind(*this, Kind::null)) parts.emplace_back("null");
  return fmt::format("{}", fmt::join(parts, ", or "));
}

std::optional<std::string> OptionSpec::check(const Value& value) const {
  const Kind kind = kind_of(value);
  const bool fits = takes_kind(*this, kind) || (kind == Kind::integer && takes_kind(*this, Kind::real));
  if (!fits) return fmt::format("must be {}, not {}", takes(), value.python_repr());
  if (value.is_number() && !range.contains(value.number())) {
    return fmt::format("must be {}, not {}", takes(), value.python_repr());
  }
  if (value.is_text() && !choices.empty() && std::find(choices.begin(), choices.end(), value.text()) == choices.end()) {
    return fmt::format("unknown value '{}'; {}", value.text(), hint_for(value.text(), choices));
  }
  return std::nullopt;
}

const OptionSpec* find_option(std::span<const OptionSpec> options, std::string_view name) {
  const auto it = std::find_if(options.begin(), options.end(), [&](const OptionSpec& o) { return o.name == name; });
  return it == options.end() ? nullptr : &*it;
}

std::vector<std::string> option_names(std::span<const OptionSpec> options) {
  std::vector<std::string> names;
  names.reserve(options.size());
  for (const OptionSpec& option : options) names.push_back(option.name);
  return names;
}

const Value& value_of(const Params& params, std::span<const OptionSpec> options, std::string_view name) {
  const auto it = params.find(std::string(name));
  if (it != params.end()) return it->second;
  const OptionSpec* option = find_option(options, name);
  GRIDMILL_ASSERT(option != nullptr, "the option is declared");
  return option->default_value;
}

}  // namespace gridmill::core
