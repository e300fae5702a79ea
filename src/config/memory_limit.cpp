#include "config/memory_limit.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/value.hpp"

namespace gridmill::config {

namespace {

constexpr std::array<std::pair<std::string_view, double>, 13> kUnits{{
    {"B", 1.0},
    {"KiB", 0x1p10},
    {"MiB", 0x1p20},
    {"GiB", 0x1p30},
    {"TiB", 0x1p40},
    {"k", 0x1p10},
    {"M", 0x1p20},
    {"G", 0x1p30},
    {"T", 0x1p40},
    {"kB", 1e3},
    {"MB", 1e6},
    {"GB", 1e9},
    {"TB", 1e12},
}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::size_t MemoryLimit::on_node(std::size_t available) const {
  return bytes > 0 ? bytes : static_cast<std::size_t>(share * static_cast<double>(available));
}

std::string MemoryLimit::text() const {
  if (bytes == 0) return fmt::format("{:.12g}%", share * 100);
  for (const std::string_view unit : {"TiB", "GiB", "MiB", "KiB"}) {
    for (const auto& [name, size] : kUnits) {
      const auto whole = static_cast<std::size_t>(size);
      if (name == unit && bytes % whole == 0) return fmt::format("{}{}", bytes / whole, unit);
    }
  }
  return fmt::format("{}B", bytes);
}

std::optional<MemoryLimit> parse_memory_limit(std::string_view text) {
  text = trimmed(text);
  double amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount, std::chars_format::fixed);
  if (error != std::errc() || !(amount > 0)) return std::nullopt;
  const std::string_view unit = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
  if (unit == "%") {
    if (amount > 100) return std::nullopt;
    return MemoryLimit{.bytes = 0, .share = amount / 100};
  }
  for (const auto& [name, size] : kUnits) {
    const double bytes = std::floor(amount * size);
    if (unit == name && bytes >= 1 && bytes < 0x1p62) return MemoryLimit{.bytes = static_cast<std::size_t>(bytes)};
  }
  return std::nullopt;
}

}  // namespace gridmill::config
