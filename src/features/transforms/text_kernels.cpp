#include "features/transforms/text_kernels.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "features/transforms/characters.hpp"
#include "features/transforms/common_words.hpp"
#include "features/transforms/entries.hpp"
#include "features/transforms/pattern.hpp"
#include "features/transforms/text_counts.hpp"
#include "features/transforms/words.hpp"

namespace gridmill::features::transforms {

namespace {

constexpr std::string_view kDelimiters = "[ \n\t]";
constexpr std::string_view kPunctuationAndSpace = "[!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\n\t ]";

double number_of(std::size_t n) { return static_cast<double>(n); }

/// How count_string looks for a plain text.
struct PlainSearch {
  std::u32string wanted;
  bool whole_words = false;

  [[nodiscard]] std::size_t count(std::u32string_view text) const {
    std::size_t n = 0;
    for (std::size_t i = 0; i + wanted.size() <= text.size();) {
      const bool found = text.substr(i, wanted.size()) == wanted && (!whole_words || stands_alone(text, i));
      n += found ? 1U : 0U;
      i += found ? std::max<std::size_t>(wanted.size(), 1) : 1;
    }
    return n;
  }

 private:
  static bool is_boundary(std::u32string_view text, std::size_t i) {
    const bool before = i > 0 && is_word(text[i - 1]);
    const bool after = i < text.size() && is_word(text[i]);
    return before != after;
  }
  [[nodiscard]] bool stands_alone(std::u32string_view text, std::size_t i) const {
    return is_boundary(text, i) && is_boundary(text, i + wanted.size());
  }
};

/// The text as count_string compares it.
std::u32string prepared(std::string_view text, bool ignore_case, bool only_alphanumeric) {
  std::u32string characters = to_characters(text);
  if (only_alphanumeric) {
    std::erase_if(characters, [](char32_t c) {
      return !is_upper_ascii(c) && !is_lower_ascii(c) && (c < U'0' || c > U'9') && c != U' ';
    });
  }
  if (ignore_case) std::transform(characters.begin(), characters.end(), characters.begin(), lower);
  return characters;
}

Column count_pattern(const TransformInput& input, bool ignore_case, bool only_alphanumeric, bool whole_words) {
  std::string text = input.arguments.at("string").text();
  // Featuretools lowers the expression itself, classes like \W with it.
  const bool lowers = ignore_case && input.semantics == Semantics::featuretools;
  if (lowers) text = to_utf8(prepared(text, true, false));
  const Pattern pattern(whole_words ? "\\b(?:" + text + ")\\b" : text, ignore_case && !lowers);
  return text_to_number([&](std::string_view each) {
    return number_of(pattern.count(to_utf8(prepared(each, ignore_case, only_alphanumeric))));
  })(input);
}

std::vector<std::string_view> sorted_words(const core::Value& words) {
  std::vector<std::string_view> sorted;
  for (const core::Value& word : words.list()) {
    if (word.is_text()) sorted.push_back(word.text());
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

double count_common(const Pattern& delimiters, std::string_view text, std::span<const std::string_view> words) {
  double n = 0;
  for (const std::string& word : delimiters.split(text)) {
    // A word that holds delimiters of the built-in kind is none of the list's.
    if (std::none_of(word.begin(), word.end(), is_delimiter)) n += count_common_words(word, words);
  }
  return n;
}

double median_length(const Pattern& delimiters, std::string_view text) {
  std::vector<double> lengths;
  for (const std::string& word : delimiters.split(text)) {
    if (!word.empty()) lengths.push_back(number_of(count_characters(word)));
  }
  return median_of(lengths);
}

}  // namespace

std::optional<std::string> pattern_problem(const std::string& pattern) { return Pattern::problem(pattern); }

Transform num_characters_kernel() {
  return text_to_number([](std::string_view text) { return number_of(count_characters(text)); });
}
Transform num_unique_separators_kernel() {
  return [](const TransformInput& input) {
    std::vector<char32_t> separators;
    for (const core::Value& each : input.arguments.at("separators").list()) {
      const std::u32string characters = each.is_text() ? to_characters(each.text()) : std::u32string();
      if (characters.size() == 1) separators.push_back(characters.front());
    }
    return text_to_number([&](std::string_view text) { return count_unique_separators(text, separators); })(input);
  };
}
Transform punctuation_count_kernel() { return text_to_number(count_punctuation); }
Transform total_word_length_kernel() {
  return [](const TransformInput& input) {
    const std::string& left_out = input.arguments.at("do_not_count").text();
    if (left_out == kPunctuationAndSpace) return text_to_number(total_word_length)(input);
    const Pattern pattern(left_out);
    return text_to_number([&](std::string_view text) {
      return number_of(count_characters(text)) - number_of(pattern.count(text));
    })(input);
  };
}
Transform upper_case_count_kernel() { return text_to_number(count_upper_case); }
Transform whitespace_count_kernel() { return text_to_number(count_blanks); }

Transform num_words_kernel() { return text_to_number(count_words); }
Transform mean_characters_per_word_kernel() { return text_to_number(mean_characters_per_word); }
Transform median_word_length_kernel() {
  return [](const TransformInput& input) {
    const std::string& delimiters = input.arguments.at("delimiters_regex").text();
    if (delimiters == kDelimiters) return text_to_number(median_word_length)(input);
    const Pattern pattern(delimiters);
    return text_to_number([&](std::string_view text) { return median_length(pattern, text); })(input);
  };
}
Transform number_of_common_words_kernel() {
  return [](const TransformInput& input) {
    const core::Value& given = input.arguments.at("word_set");
    const std::vector<std::string_view> sorted =
        given.is_null() ? std::vector<std::string_view>() : sorted_words(given);
    const std::span<const std::string_view> words = given.is_null() ? common_english_words() : sorted;
    const std::string& delimiters = input.arguments.at("delimiters_regex").text();
    if (delimiters == kDelimiters) {
      return text_to_number([&](std::string_view text) { return count_common_words(text, words); })(input);
    }
    const Pattern pattern(delimiters);
    return text_to_number([&](std::string_view text) { return count_common(pattern, text, words); })(input);
  };
}
Transform number_of_unique_words_kernel() {
  return [](const TransformInput& input) {
    const bool any_case = input.arguments.at("case_insensitive").boolean();
    return text_to_number([any_case](std::string_view text) { return count_unique_words(text, any_case); })(input);
  };
}
Transform number_of_words_in_quotes_kernel() {
  return [](const TransformInput& input) {
    const std::string& type = input.arguments.at("quote_type").text();
    const Quotes quotes = type == "single" ? Quotes::single : type == "double" ? Quotes::twofold : Quotes::both;
    return text_to_number([quotes](std::string_view text) { return count_words_in_quotes(text, quotes); })(input);
  };
}
Transform title_word_count_kernel() { return text_to_number(count_title_words); }
Transform upper_case_word_count_kernel() { return text_to_number(count_upper_case_words); }

Transform count_string_kernel() {
  return [](const TransformInput& input) {
    const auto is = [&input](const char* name) { return input.arguments.at(name).boolean(); };
    const bool ignore_case = is("ignore_case");
    const bool only_alphanumeric = is("ignore_non_alphanumeric");
    const bool whole_words = is("match_whole_words_only");
    if (is("is_regex")) return count_pattern(input, ignore_case, only_alphanumeric, whole_words);
    const PlainSearch search{prepared(input.arguments.at("string").text(), ignore_case, only_alphanumeric),
                             whole_words};
    return text_to_number([&](std::string_view text) {
      return number_of(search.count(prepared(text, ignore_case, only_alphanumeric)));
    })(input);
  };
}
Transform number_of_hashtags_kernel() { return text_to_number(count_hashtags); }
Transform number_of_mentions_kernel() { return text_to_number(count_mentions); }

}  // namespace gridmill::features::transforms
