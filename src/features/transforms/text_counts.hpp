#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// What the text transforms count, of one UTF-8 text each. Characters are code points. Expected: what Featuretools'
/// regular expressions find, without running any.
namespace gridmill::features::transforms {

enum class Quotes : std::uint8_t { single, both, twofold };

double count_punctuation(std::string_view text);
double count_upper_case(std::string_view text);
double count_blanks(std::string_view text);
/// Characters but ASCII punctuation (the backslash counts), blanks, tabs, line feeds.
double total_word_length(std::string_view text);
/// How many of `separators` (one character each) occur.
double count_unique_separators(std::string_view text, std::span<const char32_t> separators);

double count_words(std::string_view text);
double mean_characters_per_word(std::string_view text);
/// NaN if there are no words.
double median_word_length(std::string_view text);
/// `words`: sorted, lower case.
double count_common_words(std::string_view text, std::span<const std::string_view> words);
double count_unique_words(std::string_view text, bool any_case);
double count_words_in_quotes(std::string_view text, Quotes quotes);
double count_title_words(std::string_view text);
double count_upper_case_words(std::string_view text);

double count_hashtags(std::string_view text);
double count_mentions(std::string_view text);

/// Median of lengths, which it sorts; NaN if there are none.
double median_of(std::vector<double>& lengths);

}  // namespace gridmill::features::transforms
