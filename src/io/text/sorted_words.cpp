#include "io/text/sorted_words.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "io/text/categories.hpp"

namespace gridmill::io {

void take_words(WordCodes& words, ParsedColumn& column) {
  std::vector<std::string>& categories = column.prototype.categories;
  for (std::size_t code = 0; code < words.size(); ++code) {
    categories.emplace_back(words.word(static_cast<std::int32_t>(code)));
  }
  sort_categories(categories);
  column.recode.resize(words.size());
  for (std::size_t code = 0; code < categories.size(); ++code) {
    column.recode[static_cast<std::size_t>(words.code(categories[code]))] = static_cast<std::int32_t>(code);
  }
}

}  // namespace gridmill::io
