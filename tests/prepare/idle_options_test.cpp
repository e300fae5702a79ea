#include "prepare/idle_options.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "word_rows.hpp"

namespace gridmill::prepare {
namespace {

using testing::ElementsAre;

/// What is said of parameters on a number, a column of names and one of sentences.
std::vector<std::string> said(const core::Params& params, bool sentences = true, bool numbers = true) {
  std::vector<WordColumn> columns{WordColumn("city", {"a", "b"})};
  if (sentences) columns.emplace_back("note", std::vector<std::string>{"some words", "others"}, core::ColumnType::text);
  const WordRows rows(std::move(columns));
  const std::vector<std::string> names{"n"};
  std::vector<std::string> out;
  for (const IdleOption& each : idle_options(params, rows.frame(), numbers ? names : std::vector<std::string>{})) {
    out.push_back(each.option + ": " + each.why);
  }
  return out;
}

TEST(IdleOptions, say_what_keeps_them_from_working) {
  const core::Params idle{{"impute_value", 3.0}, {"clip_share", 0.1}, {"keep_by", "variance"}, {"C", 10.0}};
  EXPECT_THAT(said(idle), ElementsAre("clip_share: it goes with preprocessing: clip, and preprocessing is none",
                                      "impute_value: it goes with impute: constant, and impute is none",
                                      "keep_by: keep_features is null"));
  EXPECT_THAT(
      said({{"categories", "ordinal"}, {"top_n", 5}, {"ngrams", 2}, {"smoothing", 3.0}}),
      ElementsAre("ngrams: text is none", "smoothing: it goes with categories: target, and categories is ordinal",
                  "top_n: it goes with categories: one_hot, and categories is ordinal"));
  EXPECT_THAT(said({{"text", "hashing"}, {"min_df", 2}, {"sublinear", true}, {"max_features", 100}}),
              ElementsAre("min_df: it goes with text: counts or tfidf, and text is hashing",
                          "sublinear: it goes with text: tfidf, and text is hashing"));
  EXPECT_THAT(said({{"text", "tfidf"}, {"impute_categories", "own"}}),
              ElementsAre("impute_categories: categories is none"));
}

TEST(IdleOptions, go_by_the_columns_that_are_there) {
  EXPECT_THAT(said({{"text", "tfidf"}, {"categories", "one_hot"}, {"ngrams", 2}}, /*sentences=*/false),
              ElementsAre("ngrams: no feature is a column of sentences", "text: no feature is a column of sentences"));
  EXPECT_THAT(said({{"categories", "one_hot"}, {"preprocessing", "standardize"}}, true, /*numbers=*/false),
              ElementsAre("preprocessing: no feature is a column of numbers"));
  const core::ValueList parts{core::Value("year")};
  EXPECT_THAT(said({{"categories", "one_hot"}, {"dates", parts}}),
              ElementsAre("dates: no feature is a column of times"));
}

TEST(IdleOptions, of_exceptions_are_told_and_exceptions_make_use_of_others) {
  const auto with = [](const char* column, const core::ValueMapping& own) {
    return core::Value(core::ValueMapping{{column, own}});
  };
  EXPECT_THAT(said({{"categories", "ordinal"}, {"top_n", 5}, {"columns", with("city", {{"categories", "one_hot"}})}}),
              ElementsAre());
  EXPECT_THAT(said({{"categories", "ordinal"}, {"columns", with("c*", {{"top_n", 5}})}}),
              ElementsAre("columns.c*.top_n: it goes with categories: one_hot, and categories is ordinal"));
  EXPECT_THAT(
      said({{"categories", "one_hot"}, {"top_n", 5}, {"text", "counts"}, {"columns", with("note", {{"ngrams", 2}})}}),
      ElementsAre());
}

TEST(IdleOptions, at_their_defaults_are_not_told) {
  EXPECT_THAT(said({{"categories", "ordinal"}, {"top_n", core::Value()}, {"ngrams", 1}, {"impute_value", 0.0}}),
              ElementsAre());
}

}  // namespace
}  // namespace gridmill::prepare
