#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/node.hpp"

namespace gridmill::config {
namespace {

using core::Value;
using testing::HasSubstr;

Node parse(std::string_view text) {
  Problems problems;
  Node node = parse_yaml(text, "a.yaml", problems);
  problems.throw_if_any();
  return node;
}

std::string error_of(std::string_view text) {
  try {
    parse(text);
  } catch (const core::UserError& error) {
    return error.what();
  }
  return "";
}

TEST(plain_scalar, reads_numbers_in_every_way_people_write_them) {
  EXPECT_EQ(plain_scalar("1e-4"), Value(1e-4));
  EXPECT_EQ(plain_scalar(".5"), Value(0.5));
  EXPECT_EQ(plain_scalar("1e4"), Value(1e4));
  EXPECT_EQ(plain_scalar("1."), Value(1.0));
  EXPECT_EQ(plain_scalar("+3"), Value(3));
  EXPECT_EQ(plain_scalar("-0.25E+2"), Value(-25.0));
  EXPECT_EQ(plain_scalar("-.inf"), Value(-INFINITY));
  EXPECT_TRUE(std::isnan(plain_scalar(".nan").number()));
  EXPECT_EQ(plain_scalar("99999999999999999999"), Value(1e20));
}

TEST(plain_scalar, reads_words_as_yaml_1_2_does) {
  EXPECT_EQ(plain_scalar("null"), Value());
  EXPECT_EQ(plain_scalar("~"), Value());
  EXPECT_EQ(plain_scalar("true"), Value(true));
  EXPECT_EQ(plain_scalar("no"), Value("no"));
  EXPECT_EQ(plain_scalar("None"), Value("None"));
  EXPECT_EQ(plain_scalar("1e"), Value("1e"));
  EXPECT_EQ(plain_scalar("."), Value("."));
}

TEST(parse_yaml, keeps_the_places_of_keys_and_values) {
  const Node node = parse("a: 1\nb:\n  c: [x, '2']\n");
  const Node* c = node.find("b")->find("c");
  ASSERT_NE(c, nullptr);
  EXPECT_EQ(c->key_where.text(), "a.yaml:3:3");
  EXPECT_EQ(c->where.text(), "a.yaml:3:6");
  EXPECT_EQ(c->children[1].where.text(), "a.yaml:3:10");
  EXPECT_EQ(c->value(), Value(core::ValueList{"x", "2"}));
}

TEST(parse_yaml, null_in_a_list_is_none) {
  EXPECT_EQ(parse("a: [null, ~]").find("a")->value().python_repr(), "[None, None]");
}

TEST(parse_yaml, takes_an_empty_text_for_an_empty_mapping) {
  EXPECT_TRUE(parse("").is_mapping());
  EXPECT_TRUE(parse("# nothing\n").is_mapping());
}

TEST(plain_scalar, takes_text_of_any_length) {
  const std::string digits(300'000, '1');
  EXPECT_TRUE(plain_scalar(digits).is_real());
  EXPECT_TRUE(plain_scalar("-" + digits + "e-" + digits).is_real());
  EXPECT_EQ(plain_scalar(digits + "x"), core::Value(digits + "x"));
  EXPECT_EQ(plain_scalar("." + digits + "."), core::Value("." + digits + "."));
}

TEST(plain_scalar, knows_numbers_from_words) {
  for (const char* number : {"1.", ".5", "+1", "-1e3", "1.e5", "1E+05", "-.5e-1"}) {
    EXPECT_TRUE(plain_scalar(number).is_number()) << number;
  }
  for (const char* word : {".", "-", "+", "e5", "1e", "1e+", "1.2.3", "--1", "1_000", "0x10", ".e1", "1 "}) {
    EXPECT_TRUE(plain_scalar(word).is_text()) << word;
  }
}

TEST(parse_yaml, follows_aliases) {
  EXPECT_EQ(parse("a: &x [1, 2]\nb: *x").find("b")->value(), Value(core::ValueList{1, 2}));
}

TEST(parse_yaml, refuses_aliases_that_grow_without_bound) {
  std::string text = "a0: &a0 [0,0,0,0,0,0,0,0,0,0]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) text += (k == 0 ? "" : ", ") + before;
    text += "]\n";
  }
  EXPECT_THAT(error_of(text), HasSubstr("more than a million values"));
}

TEST(parse_yaml, refuses_repeated_keys_and_names_both_places) {
  EXPECT_EQ(error_of("a: 1\nb: 2\na: 3\n"), "a.yaml:3:1: 'a' is given twice\n  first in line 1");
}

TEST(parse_yaml, says_a_syntax_error_in_one_sentence_with_its_place) {
  const std::string error = error_of("a: [1, 2\nb: 3\n");
  EXPECT_THAT(error, HasSubstr("a.yaml:2:"));
  EXPECT_THAT(error, HasSubstr("this is not YAML: "));
  EXPECT_THAT(error_of("a:\n\t- b\n"), HasSubstr("never tabs"));
}

TEST(parse_yaml, refuses_a_second_document) {
  EXPECT_THAT(error_of("a: 1\n---\nb: 2\n"), HasSubstr("several YAML documents"));
}

TEST(read_text, names_a_missing_file_and_a_folder) {
  EXPECT_THROW(read_text("/nonexistent.yaml"), core::UserError);
  try {
    read_text("/");
    FAIL();
  } catch (const core::UserError& error) {
    EXPECT_STREQ(error.what(), "/: is a folder; a config is a file");
  }
}

}  // namespace
}  // namespace gridmill::config
