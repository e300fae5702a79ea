#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace gridmill::prepare {

/// Which pieces of a text are its terms.
struct TermRule {
  enum class Unit {
    word,     // letters, digits and _, two or more in a row
    char_wb,  // characters within words, with a blank before and after each word
  };
  Unit unit = Unit::word;
  std::size_t least = 1;  // so many units in a row are a term ...
  std::size_t most = 1;   // ... up to so many
};

/// Calls `take` with each term of a text, in lower case, as often as it occurs. The view holds during the call only.
///
/// Requires: `text` is UTF-8. Cost: O(text x (most - least + 1)).
/// Source: scikit-learn 1.2.1's CountVectorizer(analyzer='word' or 'char_wb', ngram_range=(least, most)); letters and
/// digits are those of Python's str.isalnum, lower case that of str.lower.
void for_each_term(std::string_view text, const TermRule& rule, const std::function<void(std::string_view)>& take);

}  // namespace gridmill::prepare
