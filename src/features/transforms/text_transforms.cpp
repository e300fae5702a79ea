#include <string>
#include <vector>

#include "features/primitive.hpp"
#include "features/transforms/declaration.hpp"

namespace gridmill::features {

namespace {

using namespace transforms;
using core::Kind;
using core::OptionSpec;

const std::vector<Slots> kAnyText = {{of_type(LogicalType::natural_language)}};

Primitive count(std::string name, std::string meaning, Transform kernel = {}) {
  return transform(std::move(name), kAnyText, as_count(), std::move(meaning), std::move(kernel));
}

OptionSpec delimiters_option() {
  return {"delimiters_regex", {Kind::text}, "[ \n\t]", {}, {}, "Regular expression (ECMAScript) that separates words."};
}

std::vector<Primitive> characters() {
  return {
      by_default(count("num_characters", "Number of characters (code points).")),
      with(count("num_unique_separators", "How many of the separators occur."),
           {{"separators",
             {Kind::list},
             core::ValueList{" ", ".", ",", "!", "?", ";", "\n"},
             {},
             {},
             "The separators, one character each."}}),
      zero_when_missing(count("punctuation_count", "Number of ASCII punctuation characters.")),
      with(zero_when_missing(
               count("total_word_length", "Number of characters that are no punctuation, blank, tab or line feed.")),
           {{"do_not_count",
             {Kind::text},
             "[!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\n\t ]",
             {},
             {},
             "Regular expression (ECMAScript) of what does not count."}}),
      zero_when_missing(count("upper_case_count", "Number of the letters A to Z.")),
      zero_when_missing(count("whitespace_count", "Number of blanks.")),
  };
}

std::vector<Primitive> words() {
  const auto mean = [](std::string name, std::string meaning) {
    return zero_when_missing(transform(std::move(name), kAnyText, as_double(), std::move(meaning), {}));
  };
  return {
      mean("mean_characters_per_word",
           "Mean length of words, which white space separates; punctuation that ends a sentence is left out."),
      with(mean("median_word_length", "Median length of words; missing if there are none."), {delimiters_option()}),
      by_default(count("num_words", "Number of words that hold more than punctuation.")),
      with(zero_when_missing(
               count("number_of_common_words", "Number of words found in a list of frequent English words.")),
           {{"word_set", {Kind::list, Kind::null}, {}, {}, {}, "The words, lower case; null = the built-in list."},
            delimiters_option()}),
      with(zero_when_missing(
               count("number_of_unique_words", "Number of different words, punctuation around them left out.")),
           {{"case_insensitive", {Kind::boolean}, false, {}, {}, "Whether words that differ in case are one."}}),
      with(zero_when_missing(count("number_of_words_in_quotes", "Number of words between quotation marks.")),
           {{"quote_type", {Kind::text}, "both", {}, {"both", "single", "double"}, "Which quotation marks."}}),
      zero_when_missing(count("title_word_count", "Number of words, or rests of words, that begin with A to Z.")),
      zero_when_missing(count("upper_case_word_count", "Number of words without lower-case letters.")),
  };
}

std::vector<Primitive> patterns() {
  return {
      with(count("count_string", "How often a text occurs, without overlap."),
           {{"string", {Kind::text}, "the", {}, {}, "The text, or a regular expression (ECMAScript)."},
            {"ignore_case", {Kind::boolean}, true, {}, {}, "Whether case does not matter."},
            {"ignore_non_alphanumeric",
             {Kind::boolean},
             false,
             {},
             {},
             "Whether all but A-Z, a-z, 0-9 and blank is left out first."},
            {"is_regex", {Kind::boolean}, false, {}, {}, "Whether `string` is a regular expression."},
            {"match_whole_words_only", {Kind::boolean}, false, {}, {}, "Whether only whole words count."}}),
      zero_when_missing(count("number_of_hashtags", "Number of words that begin with # and hold a letter.")),
      zero_when_missing(count("number_of_mentions", "Number of words that begin with @.")),
  };
}

}  // namespace

std::vector<Primitive> text_transforms() {
  std::vector<Primitive> all = characters();
  append(all, words());
  append(all, patterns());
  return all;
}

}  // namespace gridmill::features
