#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/time_format.hpp"
#include "io/text/datetime.hpp"
#include "io/text/day_order.hpp"

namespace gridmill::io {

// How the times of a column were written, as a text that is kept with what was made of them: a TimeFormat, "day first"
// for dates such as 31/12/2020, "month first", "month first, assumed" where no cell showed an order, or nothing where
// no more is known. Times of other files and of configs that belong to it are written alike.

/// Returns what is to be kept: the format that was given, or the order that the cells show, or else was assumed.
std::string written_as(const std::optional<core::TimeFormat>& given, const ColumnDayOrder& days);

/// Returns the format, if that is how they were written.
std::optional<core::TimeFormat> format_of(const std::string& written_as);

/// Returns the order of day and month by which they were read, if there was one.
std::optional<DayOrder> day_order_of(const std::string& written_as);

/// Says whether that order was assumed, since no cell showed one.
bool is_assumed(const std::string& written_as);

/// Says whether two columns that belong together were read in different orders of which one was only assumed: then its
/// dates may mean others.
bool may_be_misread(const std::string& one, const std::string& other);

/// Returns how a message says that order, which there is: "day first", or "month first, as no date showed an order".
std::string order_in_words(const std::string& written_as);

/// Reads a time that is written like those, or as a date is (see read_time) with day and month in their order.
TimeText read_time_like(std::string_view text, const std::string& written_as);

/// Returns what to say of such a time where nothing shows that the day stands where it was taken to stand; else
/// nothing.
std::optional<std::string> doubt_about(std::string_view text, const TimeText& read, const std::string& written_as);

}  // namespace gridmill::io
