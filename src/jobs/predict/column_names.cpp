#include "jobs/predict/column_names.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gridmill::jobs {

namespace {

constexpr std::size_t kNamesShown = 5;

}  // namespace

Names column_names(const core::Table& schema) {
  Names names;
  for (const core::Column& column : schema.columns) names.push_back(column.name);
  return names;
}

Names without(Names names, std::string_view name) {
  std::erase(names, name);
  return names;
}

std::string listed(const Names& names) {
  const std::size_t n_shown = std::min(names.size(), kNamesShown);
  std::string text =
      fmt::format("'{}'", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(n_shown), "', '"));
  if (names.size() > n_shown) text += fmt::format(" and {} more", names.size() - n_shown);
  return text;
}

std::optional<std::size_t> number_behind(std::string_view prefix, std::string_view name) {
  if (!name.starts_with(prefix)) return std::nullopt;
  std::size_t number = 0;
  const char* const end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + prefix.size(), end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

bool are_made_up(const Names& names) {
  return std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return number_behind("c", name).has_value() || number_behind("f", name).has_value();
  });
}

}  // namespace gridmill::jobs
