#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "features/definitions/primitive.hpp"
#include "features/transforms/declaration.hpp"
#include "features/transforms/text_kernels.hpp"

namespace gridmill::features {

namespace {

using namespace transforms;
using core::Kind;
using core::OptionSpec;

const std::vector<Slots> kAnyText = {{of_type(LogicalType::natural_language)}};

Primitive number_of(std::string name, std::string meaning, Transform kernel) {
  return transform(std::move(name), kAnyText, as_count(), std::move(meaning), std::move(kernel));
}

OptionSpec delimiters_option() {
  return {"delimiters_regex", {Kind::text}, "[ \n\t]", {}, {}, "Regular expression (ECMAScript) that separates words."};
}

/// Refuses arguments that are no regular expressions; of count_string only if it is told to take one.
Primitive with_pattern(Primitive primitive, const std::string& argument) {
  return checked(std::move(primitive), [argument](const core::Params& arguments) -> std::optional<std::string> {
    const auto is_pattern = arguments.find("is_regex");
    if (is_pattern != arguments.end() && !is_pattern->second.boolean()) return std::nullopt;
    const auto problem = pattern_problem(arguments.at(argument).text());
    return problem ? std::optional(argument + ": " + *problem) : std::nullopt;
  });
}

std::vector<Primitive> characters() {
  return {
      by_default(number_of("num_characters", "Number of characters (code points).", num_characters_kernel())),
      with(number_of("num_unique_separators", "How many of the separators occur.", num_unique_separators_kernel()),
           {{"separators",
             {Kind::list},
             core::ValueList{" ", ".", ",", "!", "?", ";", "\n"},
             {},
             {},
             "The separators, one character each."}}),
      zero_when_missing(
          number_of("punctuation_count", "Number of ASCII punctuation characters.", punctuation_count_kernel())),
      with_pattern(
          with(zero_when_missing(number_of("total_word_length",
                                           "Number of characters that are no punctuation, blank, tab or line feed.",
                                           total_word_length_kernel())),
               {{"do_not_count",
                 {Kind::text},
                 "[!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\n\t ]",
                 {},
                 {},
                 "Regular expression (ECMAScript) of what does not count."}}),
          "do_not_count"),
      zero_when_missing(number_of("upper_case_count", "Number of the letters A to Z.", upper_case_count_kernel())),
      zero_when_missing(number_of("whitespace_count", "Number of blanks.", whitespace_count_kernel())),
  };
}

std::vector<Primitive> words() {
  const auto mean = [](std::string name, std::string meaning, Transform kernel) {
    return zero_when_missing(transform(std::move(name), kAnyText, as_double(), std::move(meaning), std::move(kernel)));
  };
  return {
      mean("mean_characters_per_word",
           "Mean length of words, which white space separates; punctuation that ends a sentence is left out.",
           mean_characters_per_word_kernel()),
      with_pattern(with(mean("median_word_length", "Median length of words; missing if there are none.",
                             median_word_length_kernel()),
                        {delimiters_option()}),
                   "delimiters_regex"),
      by_default(number_of("num_words", "Number of words that hold more than punctuation.", num_words_kernel())),
      with_pattern(
          with(zero_when_missing(
                   number_of("number_of_common_words",
                             "Number of words found in a list of frequent English words: one of our own of 706, "
                             "where Featuretools has one of 1000.",
                             number_of_common_words_kernel())),
               {{"word_set", {Kind::list, Kind::null}, {}, {}, {}, "The words, lower case; null = the built-in list."},
                delimiters_option()}),
          "delimiters_regex"),
      with(zero_when_missing(number_of("number_of_unique_words",
                                       "Number of different words, punctuation around them left out.",
                                       number_of_unique_words_kernel())),
           {{"case_insensitive", {Kind::boolean}, false, {}, {}, "Whether words that differ in case are one."}}),
      with(zero_when_missing(number_of("number_of_words_in_quotes", "Number of words between quotation marks.",
                                       number_of_words_in_quotes_kernel())),
           {{"quote_type", {Kind::text}, "both", {}, {"both", "single", "double"}, "Which quotation marks."}}),
      zero_when_missing(number_of("title_word_count", "Number of words, or rests of words, that begin with A to Z.",
                                  title_word_count_kernel())),
      zero_when_missing(number_of("upper_case_word_count", "Number of words without lower-case letters.",
                                  upper_case_word_count_kernel())),
  };
}

std::vector<Primitive> patterns() {
  return {
      with_pattern(
          with(number_of("count_string", "How often a text occurs, without overlap.", count_string_kernel()),
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
          "string"),
      zero_when_missing(number_of("number_of_hashtags", "Number of words that begin with # and hold a letter.",
                                  number_of_hashtags_kernel())),
      zero_when_missing(
          number_of("number_of_mentions", "Number of words that begin with @.", number_of_mentions_kernel())),
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
