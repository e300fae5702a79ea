#pragma once

#include <cstddef>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace gridmill::features::transforms {

/// A regular expression (ECMAScript) of the user's, over code points of UTF-8. It is searched without recursion over
/// the text, so long texts are safe; back-references are not taken.
class Pattern {
 public:
  /// Errors: std::regex_error. Ask `problem` first.
  explicit Pattern(const std::string& utf8, bool ignore_case = false);

  /// Says what is wrong with an expression, or nothing.
  static std::optional<std::string> problem(const std::string& utf8);

  /// Returns how many matches follow each other without overlap, empty ones included.
  [[nodiscard]] std::size_t count(std::string_view text) const;
  /// Returns the parts of the text between matches.
  [[nodiscard]] std::vector<std::string> split(std::string_view text) const;

 private:
  std::wregex expression_;
};

}  // namespace gridmill::features::transforms
