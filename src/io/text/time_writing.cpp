#include "io/text/time_writing.hpp"

#include <cstddef>

#include <fmt/format.h>

namespace gridmill::io {

namespace {

constexpr std::string_view kDayFirst = "day first";
constexpr std::string_view kMonthFirst = "month first";
constexpr std::string_view kMonthAssumed = "month first, assumed";

}  // namespace

std::string written_as(const std::optional<core::TimeFormat>& given, const ColumnDayOrder& days) {
  if (given) return given->text();
  if (days.guessed()) return std::string(kMonthAssumed);
  if (!days.shown()) return {};
  return std::string(*days.shown() == DayOrder::day_first ? kDayFirst : kMonthFirst);
}

std::optional<core::TimeFormat> format_of(const std::string& written_as) {
  // The names of orders are no formats.
  if (written_as.empty() || core::TimeFormat::problem_in(written_as)) return std::nullopt;
  return core::TimeFormat(written_as);
}

std::optional<DayOrder> day_order_of(const std::string& written_as) {
  if (written_as == kDayFirst) return DayOrder::day_first;
  if (written_as == kMonthFirst || written_as == kMonthAssumed) return DayOrder::month_first;
  const std::size_t day = written_as.find("%d");
  const std::size_t month = written_as.find("%m");
  if (day == std::string::npos || month == std::string::npos) return std::nullopt;
  return day < month ? DayOrder::day_first : DayOrder::month_first;
}

bool is_assumed(const std::string& written_as) { return written_as == kMonthAssumed; }

bool may_be_misread(const std::string& one, const std::string& other) {
  const std::optional<DayOrder> order = day_order_of(one);
  const std::optional<DayOrder> other_order = day_order_of(other);
  return order && other_order && *order != *other_order && (is_assumed(one) || is_assumed(other));
}

std::string order_in_words(const std::string& written_as) {
  const std::string_view order = day_order_of(written_as) == DayOrder::day_first ? kDayFirst : kMonthFirst;
  return fmt::format("{}{}", order, is_assumed(written_as) ? ", as no date showed an order" : "");
}

TimeText read_time_like(std::string_view text, const std::string& written_as) {
  if (const std::optional<core::TimeFormat> format = format_of(written_as)) {
    const core::TimeRead read = format->read(text);
    if (read.kind != core::TimeKind::none) return {.kind = read.kind, .time = read.time};
  }
  return read_time(text, day_order_of(written_as), ShortYears::everywhere);
}

std::optional<std::string> doubt_about(std::string_view text, const TimeText& read, const std::string& written_as) {
  if (!read.chose || (day_order_of(written_as) && !is_assumed(written_as))) return std::nullopt;
  return fmt::format("'{}' is read with the month first, as {}; write it so, or with the year first if the day is",
                     text, datetime_text(read.time));
}

}  // namespace gridmill::io
