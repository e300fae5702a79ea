#include "models/family/saved_state.hpp"

#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::models {

SavedState::SavedState(const core::Value& state, std::filesystem::path folder)
    : state_(state), folder_(std::move(folder)) {}

const core::Value& SavedState::at(std::string_view name) const {
  if (state_.is_mapping()) {
    for (const auto& [key, value] : state_.mapping()) {
      if (key == name) return value;
    }
  }
  fail(name, "an entry");
}

bool SavedState::boolean(std::string_view name) const {
  const core::Value& value = at(name);
  if (!value.is_boolean()) fail(name, "true or false");
  return value.boolean();
}

std::size_t SavedState::count(std::string_view name) const {
  const core::Value& value = at(name);
  if (!value.is_integer() || value.integer() < 0) fail(name, "a whole number >= 0");
  return static_cast<std::size_t>(value.integer());
}

std::vector<std::size_t> SavedState::counts(std::string_view name) const {
  const core::Value& value = at(name);
  if (!value.is_list()) fail(name, "a list of whole numbers >= 0");
  std::vector<std::size_t> out;
  for (const core::Value& item : value.list()) {
    if (!item.is_integer() || item.integer() < 0) fail(name, "a list of whole numbers >= 0");
    out.push_back(static_cast<std::size_t>(item.integer()));
  }
  return out;
}

std::vector<double> SavedState::numbers(std::string_view name) const {
  const core::Value& value = at(name);
  if (!value.is_list()) fail(name, "a list of numbers");
  std::vector<double> out;
  for (const core::Value& item : value.list()) {
    if (!item.is_number()) fail(name, "a list of numbers");
    out.push_back(item.number());
  }
  return out;
}

void SavedState::fail(std::string_view name, std::string_view expected) const {
  throw core::UserError(fmt::format("{}: the saved model's '{}' is not {}", folder_.string(), name, expected));
}

}  // namespace gridmill::models
