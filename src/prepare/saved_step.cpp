#include "prepare/saved_step.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::prepare {

core::Value list_of(const std::vector<double>& numbers) {
  core::ValueList list;
  for (const double number : numbers) list.push_back(std::isnan(number) ? core::Value() : core::Value(number));
  return list;
}

core::Value list_of(const std::vector<std::size_t>& positions) {
  core::ValueList list;
  for (const std::size_t position : positions) list.emplace_back(static_cast<std::int64_t>(position));
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
  std::vector<double> numbers = saved_numbers(saved, name);
  if (numbers.size() != size) reject_saved(fmt::format("{} must be a list of {} numbers", name, size));
  return numbers;
}

std::vector<double> saved_numbers(const core::Value& saved, std::string_view name) {
  const core::Value& list = saved_entry(saved, name);
  if (!list.is_list()) reject_saved(fmt::format("{} must be a list", name));
  std::vector<double> numbers;
  for (const core::Value& number : list.list()) {
    if (!number.is_null() && !number.is_number()) reject_saved(fmt::format("{} must hold numbers", name));
    numbers.push_back(number.is_null() ? std::numeric_limits<double>::quiet_NaN() : number.number());
  }
  return numbers;
}

std::vector<std::size_t> saved_positions(const core::Value& saved, std::string_view name, std::size_t n) {
  std::vector<std::size_t> positions;
  for (const double number : saved_numbers(saved, name)) {
    const bool fits = number >= 0 && number < static_cast<double>(n) && std::floor(number) == number &&
                      (positions.empty() || number > static_cast<double>(positions.back()));
    if (!fits) reject_saved(fmt::format("{} must hold ascending positions below {}", name, n));
    positions.push_back(static_cast<std::size_t>(number));
  }
  return positions;
}

std::vector<std::string> saved_texts(const core::Value& saved, std::string_view name, std::size_t size) {
  const core::Value& list = saved_entry(saved, name);
  std::vector<std::string> texts;
  for (const core::Value& text : list.is_list() ? list.list() : core::ValueList{}) {
    if (text.is_text()) texts.push_back(text.text());
  }
  if (!list.is_list() || list.list().size() != size || texts.size() != size) {
    reject_saved(fmt::format("{} must be a list of {} texts", name, size));
  }
  return texts;
}

std::string saved_choice(const core::Value& saved, const core::OptionSpec& option) {
  const core::Value& value = saved_entry(saved, option.name);
  if (const auto problem = option.check(value)) reject_saved(fmt::format("{} {}", option.name, *problem));
  if (value == option.default_value) reject_saved(fmt::format("{} is {}, which is no step", option.name, value.text()));
  return value.text();
}

}  // namespace gridmill::prepare
