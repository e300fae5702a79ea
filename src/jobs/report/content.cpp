#include "jobs/report/content.hpp"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

namespace gridmill::jobs {

core::Value count_value(std::size_t n) { return static_cast<std::int64_t>(n); }

core::Value text_list(std::span<const std::string> texts) { return core::ValueList(texts.begin(), texts.end()); }

core::Value drawn_number(double number, int digits) {
  if (!std::isfinite(number)) return {};
  return std::strtod(fmt::format("{:.{}g}", number, digits).c_str(), nullptr);
}

core::Value drawn_numbers(std::span<const double> numbers, int digits) {
  core::ValueList list;
  list.reserve(numbers.size());
  for (const double number : numbers) list.push_back(drawn_number(number, digits));
  return list;
}

core::Value tile(const std::string& name, std::string value, std::string more) {
  return core::ValueMapping{{"name", name}, {"value", std::move(value)}, {"more", std::move(more)}};
}

std::string params_words(const core::Params& params) {
  std::string words;
  for (const auto& [name, value] : params) {
    words += fmt::format("{}{}={}", words.empty() ? "" : ", ", name,
                         value.is_real() ? fmt::format("{:.6g}", value.number()) : value.python_str());
  }
  return words;
}

}  // namespace gridmill::jobs
