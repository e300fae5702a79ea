#include "core/hint.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

namespace gridmill::core {

namespace {

constexpr std::size_t kMostListed = 20;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

/// Optimal string alignment distance (Damerau, without overlapping edits).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

/// What a word may be short for.
bool begins_with(std::string_view longer, std::string_view word) {
  constexpr std::size_t kLeast = 3;
  return word.size() >= kLeast && word.size() < longer.size() &&
         std::equal(word.begin(), word.end(), longer.begin(), [](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace

std::string known_words(std::span<const std::string> known) {
  const std::size_t listed = std::min(known.size(), kMostListed);
  std::string words = fmt::format("known: {}", fmt::join(known.first(listed), ", "));
  if (listed < known.size()) words += fmt::format(" and {} more", known.size() - listed);
  return words;
}

std::string hint_for(std::string_view word, std::span<const std::string> known) {
  const std::string* nearest = nullptr;
  std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best) {
      best = distance;
      nearest = &candidate;
    }
  }
  for (const std::string& candidate : known) {
    if (nearest == nullptr && begins_with(candidate, word)) nearest = &candidate;
  }
  return (nearest == nullptr ? "" : fmt::format("did you mean '{}'? ", *nearest)) + known_words(known);
}

}  // namespace gridmill::core
