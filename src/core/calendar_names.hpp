#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "core/text_cursor.hpp"

namespace gridmill::core {

constexpr std::array<std::string_view, 12> kMonthNames{"JANUARY",   "FEBRUARY", "MARCH",    "APRIL",
                                                       "MAY",       "JUNE",     "JULY",     "AUGUST",
                                                       "SEPTEMBER", "OCTOBER",  "NOVEMBER", "DECEMBER"};
constexpr std::array<std::string_view, 7> kWeekdayNames{"MONDAY", "TUESDAY",  "WEDNESDAY", "THURSDAY",
                                                        "FRIDAY", "SATURDAY", "SUNDAY"};

/// Takes one of the names, whole or its first three letters, in any case; returns its position from 0, or -1.
template <std::size_t n>
int take_name(TextCursor& text, const std::array<std::string_view, n>& names) {
  for (std::size_t i = 0; i < n; ++i) {
    if (text.take_word(names[i]) || text.take_word(names[i].substr(0, 3))) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace gridmill::core
