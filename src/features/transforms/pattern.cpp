#include "features/transforms/pattern.hpp"

#include <iterator>

#include "features/transforms/characters.hpp"

namespace gridmill::features::transforms {

namespace {

std::wstring wide(std::string_view utf8) {
  const std::u32string characters = to_characters(utf8);
  return {characters.begin(), characters.end()};
}

std::string narrow(const std::wstring& text) { return to_utf8(std::u32string(text.begin(), text.end())); }

std::regex_constants::syntax_option_type syntax(bool ignore_case) {
  // libstdc++ else recurses once a character.
  const auto flags = std::regex_constants::ECMAScript | std::regex_constants::__polynomial;
  return ignore_case ? flags | std::regex_constants::icase : flags;
}

}  // namespace

Pattern::Pattern(const std::string& utf8, bool ignore_case) : expression_(wide(utf8), syntax(ignore_case)) {}

std::optional<std::string> Pattern::problem(const std::string& utf8) {
  try {
    const Pattern pattern(utf8);
  } catch (const std::regex_error& error) {
    return "'" + utf8 + "' is no regular expression: " + error.what();
  }
  return std::nullopt;
}

std::size_t Pattern::count(std::string_view text) const {
  const std::wstring characters = wide(text);
  const std::wsregex_iterator begin(characters.begin(), characters.end(), expression_);
  return static_cast<std::size_t>(std::distance(begin, std::wsregex_iterator()));
}

std::vector<std::string> Pattern::split(std::string_view text) const {
  const std::wstring characters = wide(text);
  std::vector<std::string> parts;
  auto from = characters.begin();
  for (std::wsregex_iterator match(characters.begin(), characters.end(), expression_), end; match != end; ++match) {
    parts.push_back(narrow({from, (*match)[0].first}));
    from = (*match)[0].second;
  }
  parts.push_back(narrow({from, characters.end()}));
  return parts;
}

}  // namespace gridmill::features::transforms
