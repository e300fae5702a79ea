#include "core/value.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "core/class_label.hpp"
#include "core/error.hpp"

namespace gridmill::core {

namespace {

std::string quoted(const std::string& text) {
  const bool has_single = text.find('\'') != std::string::npos;
  const bool has_double = text.find('"') != std::string::npos;
  const char quote = has_single && !has_double ? '"' : '\'';
  std::string out(1, quote);
  for (const char c : text) {
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (c == quote) out += '\\';
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  return out + quote;
}

/// YAML double-quoted text: reads back as text whatever it looks like.
std::string yaml_text(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\x{:02X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string yaml_number(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value > 0 ? ".inf" : "-.inf";
  return python_float(value);
}

/// Keys are text here; those that all are numbers, or True and False, are labels of classes, which Python writes bare.
bool are_literals(const ValueMapping& entries) {
  return std::all_of(entries.begin(), entries.end(), [](const auto& entry) { return is_python_literal(entry.first); });
}

std::string without_plus(const std::string& number) { return number.substr(number.starts_with('+') ? 1 : 0); }

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace

std::string python_float(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

bool Value::boolean() const {
  GRIDMILL_ASSERT(is_boolean(), "the value is a boolean");
  return std::get<bool>(value_);
}

std::int64_t Value::integer() const {
  GRIDMILL_ASSERT(is_integer(), "the value is an integer");
  return std::get<std::int64_t>(value_);
}

double Value::number() const {
  GRIDMILL_ASSERT(is_number(), "the value is a number");
  return is_integer() ? static_cast<double>(std::get<std::int64_t>(value_)) : std::get<double>(value_);
}

const std::string& Value::text() const {
  GRIDMILL_ASSERT(is_text(), "the value is text");
  return std::get<std::string>(value_);
}

const ValueList& Value::list() const {
  GRIDMILL_ASSERT(is_list(), "the value is a list");
  return std::get<ValueList>(value_);
}

const ValueMapping& Value::mapping() const {
  GRIDMILL_ASSERT(is_mapping(), "the value is a mapping");
  return std::get<ValueMapping>(value_);
}

std::string Value::python_repr() const {
  return std::visit(Overloaded{
                        [](std::monostate) { return std::string("None"); },
                        [](bool value) { return std::string(value ? "True" : "False"); },
                        [](std::int64_t value) { return fmt::format("{}", value); },
                        [](double value) { return python_float(value); },
                        [](const std::string& value) { return quoted(value); },
                        [](const ValueList& values) {
                          std::string out;
                          for (const Value& value : values) out += (out.empty() ? "" : ", ") + value.python_repr();
                          return "[" + out + "]";
                        },
                        [](const ValueMapping& entries) {
                          std::string out;
                          const bool bare = are_literals(entries);
                          for (const auto& [name, value] : entries) {
                            out += (out.empty() ? "" : ", ") + (bare ? without_plus(name) : quoted(name)) + ": " +
                                   value.python_repr();
                          }
                          return "{" + out + "}";
                        },
                    },
                    value_);
}

std::string Value::python_str() const { return is_text() ? text() : python_repr(); }

std::string Value::yaml() const {
  return std::visit(Overloaded{
                        [](std::monostate) { return std::string("null"); },
                        [](bool value) { return std::string(value ? "true" : "false"); },
                        [](std::int64_t value) { return fmt::format("{}", value); },
                        [](double value) { return yaml_number(value); },
                        [](const std::string& value) { return yaml_text(value); },
                        [](const ValueList& values) {
                          std::string out;
                          for (const Value& value : values) out += (out.empty() ? "" : ", ") + value.yaml();
                          return "[" + out + "]";
                        },
                        [](const ValueMapping& entries) {
                          std::string out;
                          for (const auto& [name, value] : entries) {
                            out += (out.empty() ? "" : ", ") + yaml_text(name) + ": " + value.yaml();
                          }
                          return "{" + out + "}";
                        },
                    },
                    value_);
}

}  // namespace gridmill::core
