#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/value.hpp"

namespace gridmill::jobs {

// Words of what a page shows.

core::Value count_value(std::size_t n);
core::Value text_list(std::span<const std::string> texts);

/// Numbers with the digits that a picture needs; NaN and infinities are null.
core::Value drawn_number(double number, int digits = 7);
core::Value drawn_numbers(std::span<const double> numbers, int digits = 7);

/// One of the facts at the top of a page.
core::Value tile(const std::string& name, std::string value, std::string more = "");

/// "C=1, gamma=0.00104532", in few digits; empty where there are none.
std::string params_words(const core::Params& params);

}  // namespace gridmill::jobs
