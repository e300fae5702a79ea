#pragma once

#include <optional>
#include <string>

#include "core/value.hpp"
#include "features/definitions/primitive.hpp"

/// Kernels of texts; missing texts give missing counts. Regular expressions are ECMAScript's, over code points.
namespace gridmill::features::transforms {

/// Says what is wrong with a regular expression, or nothing.
std::optional<std::string> pattern_problem(const std::string& pattern);

Transform num_characters_kernel();
Transform num_unique_separators_kernel();  // argument separators
Transform punctuation_count_kernel();
Transform total_word_length_kernel();  // argument do_not_count
Transform upper_case_count_kernel();
Transform whitespace_count_kernel();

Transform num_words_kernel();
Transform mean_characters_per_word_kernel();
Transform median_word_length_kernel();         // argument delimiters_regex
Transform number_of_common_words_kernel();     // arguments word_set, delimiters_regex
Transform number_of_unique_words_kernel();     // argument case_insensitive
Transform number_of_words_in_quotes_kernel();  // argument quote_type
Transform title_word_count_kernel();
Transform upper_case_word_count_kernel();

/// Arguments string, ignore_case, ignore_non_alphanumeric, is_regex, match_whole_words_only.
Transform count_string_kernel();
Transform number_of_hashtags_kernel();
Transform number_of_mentions_kernel();

}  // namespace gridmill::features::transforms
