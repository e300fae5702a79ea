#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/time_format.hpp"
#include "io/text/datetime.hpp"

namespace gridmill::io {

// How the times of a column were written, as a text that its store keeps: a TimeFormat, "day first" for dates such as
// 31/12/2020, or nothing where no more is known. Times of other files and of configs that belong to it are written
// alike.

/// Returns what is to be kept: the format that was given, or the order that the cells show.
std::string written_as(const std::optional<core::TimeFormat>& given, std::optional<DayOrder> shown);

/// Returns the format, if that is how they were written.
std::optional<core::TimeFormat> format_of(const std::string& written_as);

/// Returns the order of day and month, if that is known.
std::optional<DayOrder> day_order_of(const std::string& written_as);

/// Reads a time that is written like those, or as a date is (see read_time) with day and month in their order.
TimeText read_time_like(std::string_view text, const std::string& written_as);

}  // namespace gridmill::io
