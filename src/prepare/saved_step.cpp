#include "prepare/saved_step.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::prepare {

core::Value list_of(const std::vector<double>& numbers) {
  core::ValueList list;
  for (const double number : numbers) list.push_back(std::isnan(number) ? core::Value() : core::Value(number));
  return list;
}

void reject_saved(const std::string& what) {
  throw core::UserError(fmt::format("steps: {}", what), "the file was changed or belongs to another model");
}

const core::Value& saved_entry(const core::Value& saved, std::string_view name) {
  if (!saved.is_mapping()) reject_saved("must be a mapping");
  for (const auto& [key, found] : saved.mapping()) {
    if (key == name) return found;
  }
  reject_saved(fmt::format("{} is missing", name));
}

std::vector<double> saved_numbers(const core::Value& saved, std::string_view name, std::size_t size) {
  const core::Value& list = saved_entry(saved, name);
  if (!list.is_list() || list.list().size() != size) {
    reject_saved(fmt::format("{} must be a list of {} numbers", name, size));
  }
  std::vector<double> numbers;
  for (const core::Value& number : list.list()) {
    if (!number.is_null() && !number.is_number()) reject_saved(fmt::format("{} must hold numbers", name));
    numbers.push_back(number.is_null() ? std::numeric_limits<double>::quiet_NaN() : number.number());
  }
  return numbers;
}

std::string saved_choice(const core::Value& saved, const core::OptionSpec& option) {
  const core::Value& value = saved_entry(saved, option.name);
  if (const auto problem = option.check(value)) reject_saved(fmt::format("{} {}", option.name, *problem));
  if (value == option.default_value) reject_saved(fmt::format("{} is {}, which is no step", option.name, value.text()));
  return value.text();
}

}  // namespace gridmill::prepare
