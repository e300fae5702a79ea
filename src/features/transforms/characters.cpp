#include "features/transforms/characters.hpp"

#include <locale.h>
#include <algorithm>
#include <array>
#include <cwctype>
#include <memory>
#include <type_traits>

namespace gridmill::features::transforms {

namespace {

struct FreeLocale {
  void operator()(locale_t locale) const { freelocale(locale); }
};

/// The tables of Unicode in the C library; null if it has none.
locale_t unicode() {
  static const std::unique_ptr<std::remove_pointer_t<locale_t>, FreeLocale> kLocale(
      newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr));
  return kLocale.get();
}

constexpr bool is_ascii(char32_t c) { return c < 0x80; }
constexpr bool is_ascii_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

/// Lower-case letters that become several when upper case, as the German sharp s (SpecialCasing.txt of Unicode).
struct Range {
  char32_t first, last;
};
constexpr std::array<Range, 9> kSeveralWhenUpper = {{{0xdf, 0xdf},
                                                     {0x149, 0x149},
                                                     {0x1f0, 0x1f0},
                                                     {0x390, 0x390},
                                                     {0x3b0, 0x3b0},
                                                     {0x587, 0x587},
                                                     {0x1e96, 0x1e9a},
                                                     {0xfb00, 0xfb06},
                                                     {0xfb13, 0xfb17}}};

/// Length of the sequence a byte begins, 0 if it cannot.
std::size_t sequence_length(unsigned char byte) {
  if (byte < 0x80) return 1;
  if (byte >= 0xc2 && byte < 0xe0) return 2;
  if (byte >= 0xe0 && byte < 0xf0) return 3;
  return byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
}

}  // namespace

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

char32_t take_character(std::string_view& rest) {
  const auto byte = static_cast<unsigned char>(rest.front());
  const std::size_t length = sequence_length(byte);
  if (length == 0 || length > rest.size()) {
    rest.remove_prefix(1);
    return 0xfffd;
  }
  char32_t c = length == 1 ? byte : byte & (0x7fU >> length);
  for (std::size_t k = 1; k < length; ++k) {
    const auto next = static_cast<unsigned char>(rest[k]);
    if ((next & 0xc0U) != 0x80) {
      rest.remove_prefix(k);
      return 0xfffd;
    }
    c = c << 6U | (next & 0x3fU);
  }
  rest.remove_prefix(length);
  return c;
}

std::u32string to_characters(std::string_view utf8) {
  std::u32string characters;
  characters.reserve(utf8.size());
  while (!utf8.empty()) characters += take_character(utf8);
  return characters;
}

std::string to_utf8(std::u32string_view characters) {
  std::string utf8;
  const auto add = [&utf8](char32_t byte) { utf8 += static_cast<char>(static_cast<unsigned char>(byte)); };
  for (const char32_t c : characters) {
    if (c < 0x80) {
      add(c);
    } else if (c < 0x800) {
      add(0xc0 | c >> 6U);
      add(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
      add(0xe0 | c >> 12U);
      add(0x80 | (c >> 6U & 0x3f));
      add(0x80 | (c & 0x3f));
    } else {
      add(0xf0 | c >> 18U);
      add(0x80 | (c >> 12U & 0x3f));
      add(0x80 | (c >> 6U & 0x3f));
      add(0x80 | (c & 0x3f));
    }
  }
  return utf8;
}

bool is_word(char32_t c) {
  if (is_ascii(c)) return is_upper_ascii(c) || is_lower_ascii(c) || is_ascii_digit(c) || c == U'_';
  return unicode() != nullptr && iswalnum_l(static_cast<wint_t>(c), unicode()) != 0;
}

bool is_digit(char32_t c) {
  if (is_ascii(c)) return is_ascii_digit(c);
  // Digits beyond ASCII are letters to the C library, but of no case and numeric blocks of ten; the common ones:
  constexpr std::array<char32_t, 8> kZeros = {0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xe50, 0x1040, 0xff10};
  return std::any_of(kZeros.begin(), kZeros.end(), [c](char32_t zero) { return c >= zero && c < zero + 10; });
}

char32_t lower(char32_t c) {
  if (is_ascii(c)) return is_upper_ascii(c) ? c + 32 : c;
  return unicode() == nullptr ? c : static_cast<char32_t>(towlower_l(static_cast<wint_t>(c), unicode()));
}

bool is_unchanged_by_upper(char32_t c) {
  if (is_ascii(c)) return !is_lower_ascii(c);
  const bool several = std::any_of(kSeveralWhenUpper.begin(), kSeveralWhenUpper.end(),
                                   [c](const Range& range) { return c >= range.first && c <= range.last; });
  return !several && (unicode() == nullptr || towupper_l(static_cast<wint_t>(c), unicode()) == static_cast<wint_t>(c));
}

}  // namespace gridmill::features::transforms
