#include "core/class_label.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>
#include <variant>

namespace gridmill::core {

namespace {

using Number = std::variant<std::int64_t, std::uint64_t, double>;

template <class T>
std::optional<T> whole_text_as(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_all = error == std::errc() && end == text.data() + text.size();
  return is_all ? std::optional(value) : std::nullopt;
}

/// A real that is a whole number counts as one: doubles below 2^63 are exact as such.
Number narrowed(double value) {
  constexpr double kBeyond = 9223372036854775808.0;  // 2^63
  const bool is_whole = std::floor(value) == value && value >= -kBeyond && value < kBeyond;
  return is_whole ? Number(static_cast<std::int64_t>(value)) : Number(value);
}

std::optional<Number> read_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (const auto value = whole_text_as<std::int64_t>(text)) return *value;
  if (const auto value = whole_text_as<std::uint64_t>(text)) return *value;
  const auto value = whole_text_as<double>(text);
  return value && std::isfinite(*value) ? std::optional(narrowed(*value)) : std::nullopt;
}

std::string_view boolean_name(std::string_view text) {
  if (text == "true" || text == "TRUE") return "True";
  if (text == "false" || text == "FALSE") return "False";
  return text;
}

}  // namespace

std::optional<std::size_t> find_class(std::span<const std::string> classes, std::string_view label) {
  const auto position = [&](auto is_meant) {
    const auto it = std::find_if(classes.begin(), classes.end(), is_meant);
    return it == classes.end() ? std::nullopt : std::optional(static_cast<std::size_t>(it - classes.begin()));
  };
  if (const auto same = position([&](const std::string& name) { return name == label; })) return same;
  if (const auto number = read_number(label)) {
    return position([&](const std::string& name) { return read_number(name) == number; });
  }
  return position([&](const std::string& name) { return name == boolean_name(label); });
}

bool is_python_literal(std::string_view label) {
  if (label == "True" || label == "False") return true;
  // Python knows no whole number that begins with 0, and ours never do.
  const bool is_signed = label.starts_with('-') || label.starts_with('+');
  const std::string_view digits = label.substr(is_signed ? 1 : 0);
  const bool is_padded = digits.size() > 1 && digits[0] == '0' && digits[1] != '.' && digits[1] != 'e';
  return !is_padded && read_number(label).has_value();
}

}  // namespace gridmill::core
