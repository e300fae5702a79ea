#include "prepare/column_exceptions.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"

namespace gridmill::prepare {

const core::OptionSpec& column_exceptions_option() {
  static const core::OptionSpec option{
      .name = "columns",
      .kinds = {core::Kind::mapping, core::Kind::null},
      .default_value = {},
      .range = {},
      .choices = {},
      .meaning =
          "Exceptions by a column's name or a pattern: {zip: {categories: target}, \"amount*\": {impute: "
          "median}}; of several for a column the last counts."};
  return option;
}

const core::ValueMapping& exceptions_of(const core::Params& params) {
  static const core::ValueMapping none;
  const auto found = params.find(column_exceptions_option().name);
  return found == params.end() || !found->second.is_mapping() ? none : found->second.mapping();
}

bool matches(std::string_view pattern, std::string_view column) {
  if (pattern.empty()) return column.empty();
  if (pattern.front() == '*') {
    return matches(pattern.substr(1), column) || (!column.empty() && matches(pattern, column.substr(1)));
  }
  const bool fits = !column.empty() && (pattern.front() == '?' || pattern.front() == column.front());
  return fits && matches(pattern.substr(1), column.substr(1));
}

core::Params params_for(const core::Params& params, std::string_view column) {
  core::Params own = params;
  for (const auto& [pattern, options] : exceptions_of(params)) {
    if (!options.is_mapping() || (pattern != column && !matches(pattern, column))) continue;
    for (const auto& [name, value] : options.mapping()) own[name] = value;
  }
  return own;
}

std::vector<core::Problem> check_exceptions(const core::Value& exceptions,
                                            const std::vector<core::OptionSpec>& options) {
  std::vector<core::Problem> problems;
  const auto add = [&](std::string what, std::string hint = {}) {
    problems.push_back({.where = {}, .what = std::move(what), .hint = std::move(hint)});
  };
  if (!exceptions.is_mapping()) return problems;
  for (const auto& [column, own] : exceptions.mapping()) {
    if (!own.is_mapping()) {
      add(fmt::format("columns.{}: must be a mapping of options, not {}", column, own.python_repr()),
          fmt::format("write columns: {{{}: {{categories: target}}}}", column));
      continue;
    }
    for (const auto& [name, value] : own.mapping()) {
      const core::OptionSpec* spec = core::find_option(options, name);
      if (spec == nullptr) {
        add(fmt::format("columns.{}.{}: is no option that a column can have for itself", column, name),
            core::hint_for(name, core::option_names(options)));
      } else if (const auto wrong = spec->check(value)) {
        add(fmt::format("columns.{}.{}: {}", column, name, *wrong));
      }
    }
  }
  return problems;
}

}  // namespace gridmill::prepare
