#pragma once

#include <string>

#include "io/text/word_codes.hpp"

namespace gridmill::io {

/// Returns what should be said of a column's distinct words where most of them look like numbers: that they have
/// decimal commas or marks between thousands, or which few of them are none. Empty: nothing.
std::string numbers_among(const WordCodes& words, const std::string& column, char decimal);

/// The same of dates: which few words are none, or that day and month change places between them.
std::string dates_among(const WordCodes& words, const std::string& column);

}  // namespace gridmill::io
