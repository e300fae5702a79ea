#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gridmill::io {

/// What one cell of text says, read as one type; nothing when it does not say that. No blanks around it.
///
/// An integer: optional sign and digits, within int64.
std::optional<std::int64_t> parse_integer(std::string_view cell);
/// The same of a number that is whole but not written so, as other programs write ids: 9e+05, 1001.0; within 2^53.
std::optional<std::int64_t> parse_whole(std::string_view cell);
/// A number as of std::from_chars (1.5, -2e-3, inf, nan), a leading '+' allowed, with `decimal` as its mark.
/// What is too large or too small for a double becomes infinity or 0, as in Python.
std::optional<double> parse_real(std::string_view cell, char decimal = '.');
/// Whether a cell is a whole number in digits, however great.
bool is_whole_number(std::string_view cell);
/// Whether `value`, to which such a cell was rounded, is that number exactly.
bool is_exact(std::string_view cell, double value);
/// Whether a double holds that integer.
bool has_double(std::int64_t value);
/// true, True, TRUE, false, False, FALSE.
std::optional<bool> parse_boolean(std::string_view cell);
/// "lat lon" or "lat,lon" in degrees, in round brackets or not; latitude in [-90, 90], longitude in [-180, 180].
std::optional<std::array<double, 2>> parse_place(std::string_view cell);

/// The words that stand for "no value". Cheap to ask: most cells are refused by their first character.
class MissingWords {
 public:
  explicit MissingWords(std::span<const std::string> words);

  [[nodiscard]] bool contains(std::string_view cell) const {
    if (cell.empty()) return empty_is_missing_;
    return starts_word_[static_cast<unsigned char>(cell.front())] && is_word(cell);
  }

 private:
  [[nodiscard]] bool is_word(std::string_view cell) const;

  std::vector<std::string> words_;
  std::array<bool, 256> starts_word_{};
  bool empty_is_missing_ = false;
};

}  // namespace gridmill::io
