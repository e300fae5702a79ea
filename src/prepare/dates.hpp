#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/value.hpp"
#include "prepare/step.hpp"

namespace gridmill::prepare {

/// Returns the step `dates`, which makes numbers of columns of times: the calendar parts that are asked for. They come
/// after the other numbers, by the order of the columns and of the parts, and are called when_year, when_month, ...
/// What follows treats them as numbers. A missing time has no parts: they are missing.
///
/// A column of times is one of words of the type datetime: nanoseconds since 1970, written out.
/// Source: pandas' Series.dt; week is that of isocalendar; weekday counts from 0, Monday.
const StepKind& dates_kind();

/// Returns what is wrong with the parts that parameters ask for, which are a list, and hints.
std::vector<core::Problem> check_dates(const core::Params& params);

/// Says whether candidates with these parameters make numbers of a column of times.
bool takes_dates(const core::Params& params, std::string_view column);

/// Returns what the parts of a column may be called.
std::vector<std::string> names_of_parts(std::string_view column);

}  // namespace gridmill::prepare
