#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gridmill::core {

/// Returns "known: C, gamma, kernel"; long lists are cut after 20.
std::string known_words(std::span<const std::string> known);

/// Returns "did you mean 'kernel'? known: C, gamma, kernel" for a word that is not in `known`.
///
/// The first sentence is left out if nothing in `known` is near (edit distance with transpositions,
/// case ignored, at most a third of the word's length and at least 1) or begins with the word. Long lists are cut
/// after 20. Deterministic: ties go to the earlier entry of `known`.
std::string hint_for(std::string_view word, std::span<const std::string> known);

}  // namespace gridmill::core
