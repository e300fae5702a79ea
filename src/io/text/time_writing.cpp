#include "io/text/time_writing.hpp"

#include <cstddef>

namespace gridmill::io {

namespace {

constexpr std::string_view kDayFirst = "day first";

}  // namespace

std::string written_as(const std::optional<core::TimeFormat>& given, std::optional<DayOrder> shown) {
  if (given) return given->text();
  return shown == DayOrder::day_first ? std::string(kDayFirst) : std::string();
}

std::optional<core::TimeFormat> format_of(const std::string& written_as) {
  if (written_as.empty() || written_as == kDayFirst || core::TimeFormat::problem_in(written_as)) return std::nullopt;
  return core::TimeFormat(written_as);
}

std::optional<DayOrder> day_order_of(const std::string& written_as) {
  if (written_as == kDayFirst) return DayOrder::day_first;
  const std::size_t day = written_as.find("%d");
  const std::size_t month = written_as.find("%m");
  if (day == std::string::npos || month == std::string::npos) return std::nullopt;
  return day < month ? DayOrder::day_first : DayOrder::month_first;
}

TimeText read_time_like(std::string_view text, const std::string& written_as) {
  if (const std::optional<core::TimeFormat> format = format_of(written_as)) {
    const core::TimeRead read = format->read(text);
    if (read.kind != core::TimeKind::none) return {.kind = read.kind, .time = read.time};
  }
  return read_time(text, day_order_of(written_as), ShortYears::everywhere);
}

}  // namespace gridmill::io
