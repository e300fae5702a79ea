#pragma once

#include <cstddef>
#include <string_view>

namespace gridmill::core {

/// Takes pieces off the front of a text; a piece that is not there leaves it as it was.
class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Takes a word of ASCII letters, in any case.
  bool take_word(std::string_view upper_case) {
    if (rest_.size() < upper_case.size()) return false;
    for (std::size_t i = 0; i < upper_case.size(); ++i) {
      if ((rest_[i] & ~0x20) != upper_case[i]) return false;
    }
    rest_.remove_prefix(upper_case.size());
    return true;
  }

  /// Returns a number of at least `least` and at most `most` digits, or -1; `*n_digits` is how many it had.
  int number(int least, int most, int* n_digits = nullptr) {
    int value = 0;
    int count = 0;
    while (count < most && static_cast<std::size_t>(count) < rest_.size()) {
      const char c = rest_[static_cast<std::size_t>(count)];
      if (c < '0' || c > '9') break;
      value = value * 10 + (c - '0');
      ++count;
    }
    if (count < least) return -1;
    rest_.remove_prefix(static_cast<std::size_t>(count));
    if (n_digits != nullptr) *n_digits = count;
    return value;
  }

 private:
  std::string_view rest_;
};

}  // namespace gridmill::core
