#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "transform_case.hpp"

namespace gridmill::features::test {
namespace {

using Labels = std::vector<std::string>;

double count(const std::string& call, const std::string& text) {
  const TransformCase both{.primitive = call, .columns = {texts({text, std::nullopt})}};
  EXPECT_TRUE(std::isnan(both.values().at(1))) << call;
  return both.values().at(0);
}

TEST(TextTransforms, count_code_points) {
  EXPECT_EQ(count("num_characters", ""), 0);
  EXPECT_EQ(count("num_characters", "Zürich"), 6);
  EXPECT_EQ(count("num_characters", "😀 𝔘"), 3);
  EXPECT_EQ(count("total_word_length", "a b,\tc\\ 😀!"), 5);
  EXPECT_EQ(count("total_word_length(do_not_count='[a-c]')", "abcd😀"), 2);
  EXPECT_EQ(count("punctuation_count", "a_b-c… (d)\\"), 5);
  EXPECT_EQ(count("upper_case_count", "AbCÄ"), 2);
  EXPECT_EQ(count("whitespace_count", " a\tb \n"), 2);
  EXPECT_EQ(count("num_unique_separators", "a, b. c, d"), 3);
  EXPECT_EQ(count("num_unique_separators(separators=['…', ','])", "a… b"), 1);
}

TEST(TextTransforms, separate_words_as_python_does) {
  EXPECT_EQ(count("num_words", "a  b\tc\nd"), 4);
  EXPECT_EQ(count("num_words", "!!! ... x-y -"), 1);
  EXPECT_EQ(count("num_words", "a\u00a0b"), 1);
  EXPECT_DOUBLE_EQ(count("mean_characters_per_word", "Hello, World!"), 5);
  EXPECT_DOUBLE_EQ(count("mean_characters_per_word", "story,\tisn't it?!\u00a0x"), (6 + 5 + 4 + 1) / 4.0);
  EXPECT_DOUBLE_EQ(count("mean_characters_per_word", "a.b. \u3000"), 3);
  EXPECT_DOUBLE_EQ(count("mean_characters_per_word", "..."), 0);
  EXPECT_EQ(count("median_word_length", "a bbb  cc"), 2);
  EXPECT_EQ(count("median_word_length", "a bbb"), 2);
  EXPECT_TRUE(std::isnan(count("median_word_length", " \n")));
  EXPECT_EQ(count("median_word_length(delimiters_regex='[0-9]+')", "ab12cdef3"), 3);
  EXPECT_EQ(count("number_of_unique_words", "the \"The\" the, THE"), 3);
  EXPECT_EQ(count("number_of_unique_words(case_insensitive=True)", "Über \"über\" ÜBER,"), 1);
}

TEST(TextTransforms, know_common_words) {
  EXPECT_EQ(count("number_of_common_words", "The quick, xylograph (people)!"), 3);
  EXPECT_EQ(count("number_of_common_words(word_set=['xylograph'])", "The Xylograph"), 1);
  EXPECT_EQ(count("number_of_common_words(delimiters_regex=';')", "the;people;no one"), 2);
}

TEST(TextTransforms, see_case_as_unicode_does) {
  EXPECT_EQ(count("title_word_count", "Hello wOrld and THE end É"), 3);
  EXPECT_EQ(count("upper_case_word_count", "UPPER 123 Ab ÄÖ straße STRAßE -- é"), 3);
}

TEST(TextTransforms, count_words_in_quotes) {
  EXPECT_EQ(count("number_of_words_in_quotes", R"(say "hello big world" and 'it is')"), 5);
  EXPECT_EQ(count("number_of_words_in_quotes(quote_type='single')", R"("a b" 'c')"), 1);
  EXPECT_EQ(count("number_of_words_in_quotes(quote_type='double')", R"("a b" 'c')"), 2);
  EXPECT_EQ(count("number_of_words_in_quotes", "it's 'fine' isn't it"), 1);
  EXPECT_EQ(count("number_of_words_in_quotes", "\"open and 'never closed"), 0);
}

TEST(TextTransforms, count_hashtags_and_mentions) {
  EXPECT_EQ(count("number_of_hashtags", "#ok x#no #12 #a1 #b#c\n#größe"), 3);
  EXPECT_EQ(count("number_of_mentions", "@me, mail@x @a@b @you @_ @ @x…"), 3);
  EXPECT_EQ(count("number_of_mentions", "@ab_…"), 1);
}

TEST(TextTransforms, count_strings_and_expressions) {
  EXPECT_EQ(count("count_string", "The other theme"), 3);
  EXPECT_EQ(count("count_string(match_whole_words_only=True)", "the other the_me THE"), 2);
  EXPECT_EQ(count("count_string(string='aa')", "aaaa a"), 2);
  EXPECT_EQ(count("count_string(string='h.o', ignore_case=False)", "h.o hXo H.o"), 1);
  EXPECT_EQ(count("count_string(string='h.o', is_regex=True)", "h.o hXo H.o"), 3);
  EXPECT_EQ(count("count_string(string='t-he', ignore_non_alphanumeric=True)", "t!h?e the"), 2);
  EXPECT_EQ(count("count_string(string='[a-z]+', is_regex=True)", std::string(200'000, 'a')), 1);
}

TEST(TextTransforms, parse_addresses_and_urls) {
  const auto labels = [](const std::string& name, const Column::Texts& entries) {
    return TransformCase{.primitive = name, .columns = {texts(entries)}}.labels();
  };
  EXPECT_EQ(labels("email_address_to_domain", {" a@b.org\u00a0", "none", std::nullopt, "a@b@c"}),
            (Labels{"b.org", "", "", "b"}));
  const Column::Texts urls = {
      "https://www.example.com/x", "http://user@a.b.org:80/", "ftp.host.net", "https://", "/x", std::nullopt};
  EXPECT_EQ(labels("url_to_domain", urls), (Labels{"example.com", "a.b.org", "ftp.host.net", "https", "", ""}));
  EXPECT_EQ(labels("url_to_protocol", urls), (Labels{"https", "http", "", "https", "", ""}));
  EXPECT_EQ(labels("url_to_tld", urls), (Labels{"com", "org", "net", "", "", ""}));
  EXPECT_EQ(labels("file_extension", {"a/b.TXT", "b.tar.gz", "c.mp3", "none", ".x\n"}),
            (Labels{".txt", ".gz", "", "", ".x"}));
  const Column::Texts names = {"Lee, Dr. Ann", "Mr. Bob Stone", "Mr. Stone", "Ann Lee-Stone", "Ann"};
  EXPECT_EQ(labels("full_name_to_first_name", names), (Labels{"Ann", "Bob", "", "Ann", "Ann"}));
  EXPECT_EQ(labels("full_name_to_last_name", names), (Labels{"Lee", "Stone", "Stone", "Lee-Stone", ""}));
  EXPECT_EQ(labels("full_name_to_title", names), (Labels{"Dr", "Mr", "Mr", "", ""}));
  EXPECT_EQ((TransformCase{.primitive = "is_free_email_domain",
                           .columns = {texts({"a@gmail.com", "b@corp.example", "none", std::nullopt})}}
                 .flags()),
            "TF??");
  const Column codes = categories({0, 1, -1, 2}, {"02139", "13244", "ü9"});
  EXPECT_EQ((TransformCase{.primitive = "two_digit_postal_code", .columns = {codes}}.labels()),
            (Labels{"02", "13", "", "ü9"}));
  EXPECT_EQ((TransformCase{.primitive = "one_digit_postal_code", .columns = {codes}}.labels()),
            (Labels{"0", "1", "", "ü"}));
}

TEST(PlaceTransforms, measure_on_a_sphere) {
  const Column a = places({{42.3, -71.1}, {0, 0}, {kNaN, kNaN}});
  const Column b = places({{37.8, -122.4}, {0, 90}, {1, 1}});
  const auto values = [&](const char* call) { return TransformCase{.primitive = call, .columns = {a, b}}.values(); };
  EXPECT_NEAR(values("haversine(unit='kilometers')")[1], 6371.0088 * 3.14159265358979 / 2, 1e-6);
  EXPECT_NEAR(values("haversine")[0], 2690, 5);
  EXPECT_TRUE(std::isnan(values("haversine")[2]));
  EXPECT_NEAR(values("cityblock_distance")[1], 3958.7613 * 3.14159265358979 / 2, 1e-6);
  const TransformCase box{.primitive = "is_in_geobox(point1=[50, -80], point2=[40, -70])", .columns = {a}};
  EXPECT_EQ(box.flags(), "TFF");
  TransformCase strict = box;
  strict.semantics = Semantics::strict;
  EXPECT_EQ(strict.flags(), "TF?");
  EXPECT_EQ(difference(TransformCase{.primitive = "latitude", .columns = {a}}.values(), {42.3, 0, kNaN}), "");
}

TEST(TransformArguments, are_refused_together_with_what_is_wrong) {
  for (const char* call : {"rolling_mean(window_length='6x')", "rolling_mean(window_length=3, gap='1h')",
                           "exponential_weighted_std(com=1, span=2)", "savgol_filter(window_length=5)",
                           "savgol_filter(window_length=3, polyorder=3)", "count_string(string='(', is_regex=True)",
                           "distance_to_holiday(holiday='Easter Bunny Day')", "is_in_geobox(point1=[1])",
                           "median_word_length(delimiters_regex='[')"}) {
    EXPECT_ANY_THROW(read_primitive(PrimitiveKind::transform, call)) << call;
  }
  EXPECT_NO_THROW(read_primitive(PrimitiveKind::transform, "count_string(string='(')"));
  EXPECT_FALSE(read_primitive(PrimitiveKind::transform, "subtract_numeric(commutative=False)").is_commutative());
  EXPECT_TRUE(read_primitive(PrimitiveKind::transform, "subtract_numeric").is_commutative());
  EXPECT_TRUE(read_primitive(PrimitiveKind::transform, "divide_numeric(commutative=True)").is_commutative());
}

}  // namespace
}  // namespace gridmill::features::test
