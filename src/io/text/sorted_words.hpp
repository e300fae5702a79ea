#pragma once

#include "io/spool/parsed_table.hpp"
#include "io/text/word_codes.hpp"

namespace gridmill::io {

/// Gives a column, whose pieces hold the codes of `words`, these words as its categories, sorted.
void take_words(WordCodes& words, ParsedColumn& column);

}  // namespace gridmill::io
