#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "prepare/preparer.hpp"
#include "prepare/steps.hpp"
#include "prepare/terms.hpp"
#include "word_rows.hpp"

namespace gridmill::prepare {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<core::Index> train_rows(std::size_t n) {
  std::vector<core::Index> rows(n);
  std::iota(rows.begin(), rows.end(), core::Index{0});
  return rows;
}

FittedSteps fit_words(const core::Params& params, const WordRows& rows, std::size_t n_train,
                      const std::vector<double>& y = {}) {
  const std::vector<core::Index> train = train_rows(n_train);
  const Labels labels{.task = core::Task::regression, .y = y, .seed = 1};
  return Steps(params).fit(rows.frame(), {.rows = train, .labels = labels, .names = {"n"}});
}

/// What the words of a row became.
std::vector<double> row(const FittedSteps& fitted, const WordRows& rows, std::size_t i) {
  const core::Matrix all = fitted.apply(rows.frame());
  return {all.colptr(i) + 1, all.colptr(i) + all.n_rows};
}

const std::vector<std::string> kCities{"b", "a", "b", "", "c", "b", "new", ""};  // six to learn from

TEST(Categories, have_a_feature_each_and_others_none) {
  const WordRows rows({WordColumn("city", kCities)});
  const FittedSteps own = fit_words({{"categories", "one_hot"}, {"impute_categories", "own"}}, rows, 6);
  EXPECT_THAT(own.names({"n"}), ElementsAre("n", "city_a", "city_b", "city_c", "city_(missing)"));
  EXPECT_THAT(row(own, rows, 0), ElementsAre(0, 1, 0, 0));
  EXPECT_THAT(row(own, rows, 6), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(row(own, rows, 7), ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(row(fit_words({{"categories", "one_hot"}}, rows, 6), rows, 7), ElementsAre(0, 0, 0));
  const core::Params filled{{"categories", "one_hot"}, {"impute_categories", "most_frequent"}};
  EXPECT_THAT(row(fit_words(filled, rows, 6), rows, 7), ElementsAre(0, 1, 0));
}

TEST(Categories, that_are_rare_share_the_last_feature) {
  const WordRows rows({WordColumn("city", kCities)});
  const FittedSteps fitted = fit_words({{"categories", "one_hot"}, {"top_n", 1}}, rows, 6);
  EXPECT_THAT(fitted.names({"n"}), ElementsAre("n", "city_b", "city_(rare)"));
  EXPECT_THAT(row(fitted, rows, 1), ElementsAre(0, 1));
  EXPECT_THAT(row(fitted, rows, 6), ElementsAre(0, 0));
  EXPECT_EQ(fit_words({{"categories", "one_hot"}, {"top_n", 3}}, rows, 6).names({}).size(), 3U);
  EXPECT_EQ(fit_words({{"categories", "one_hot"}, {"min_share", 0.3}}, rows, 6).names({}).size(), 2U);
}

TEST(Categories, become_numbers) {
  const WordRows rows({WordColumn("city", kCities)});
  EXPECT_THAT(row(fit_words({{"categories", "ordinal"}}, rows, 6), rows, 4), ElementsAre(2));
  EXPECT_THAT(row(fit_words({{"categories", "ordinal"}}, rows, 6), rows, 6), ElementsAre(-1));
  EXPECT_THAT(row(fit_words({{"categories", "count"}}, rows, 6), rows, 0), ElementsAre(3));
  EXPECT_THAT(row(fit_words({{"categories", "frequency"}}, rows, 6), rows, 0), ElementsAre(0.5));
  EXPECT_THAT(row(fit_words({{"categories", "frequency"}}, rows, 6), rows, 6), ElementsAre(0));
}

TEST(Categories, unknown_ones_are_counted) {
  const WordRows rows({WordColumn("city", kCities), WordColumn("plan", std::vector<std::string>(8, "x"))});
  const auto unseen = fit_words({{"categories", "ordinal"}}, rows, 6).unseen_words(rows.frame());
  ASSERT_EQ(unseen.size(), 1U);
  EXPECT_EQ(unseen[0].column, "city");
  EXPECT_EQ(unseen[0].n_rows, 1U);
  EXPECT_THAT(unseen[0].words, ElementsAre("new"));
}

TEST(TargetEncoding, of_a_row_has_nothing_of_its_own_label) {
  std::vector<std::string> cells;
  std::vector<double> y;
  for (int i = 0; i < 60; ++i) {
    cells.push_back(std::string(1, static_cast<char>('a' + i * i % 7)));
    y.push_back(i % 5 + i * i % 7);
  }
  const WordRows rows({WordColumn("city", cells)});
  const std::vector<core::Index> train = train_rows(50);
  const auto encoded = [&](const std::vector<double>& labels) {
    Preparer preparer(rows.frame(), {.task = core::Task::regression, .y = labels, .seed = 1});
    const Steps steps(core::Params{{"categories", "target"}});
    return *preparer.apply(preparer.learn(steps, train), train).x;
  };
  const core::Matrix before = encoded(y);
  for (const std::size_t i : {std::size_t{0}, std::size_t{17}, std::size_t{49}}) {
    std::vector<double> flipped = y;
    flipped[i] += 1000;
    const core::Matrix after = encoded(flipped);
    EXPECT_EQ(before(1, i), after(1, i)) << i;
    EXPECT_NE(before(1, 55), after(1, 55)) << "a held-out row of that category, or of the mean";
  }
  std::vector<double> other = y;
  other[55] += 1000;
  EXPECT_TRUE(arma::approx_equal(before, encoded(other), "absdiff", 0)) << "no held-out label is learnt from";
}

std::vector<std::string> terms(std::string_view text, const TermRule& rule = {}) {
  std::vector<std::string> found;
  for_each_term(text, rule, [&](std::string_view term) { found.emplace_back(term); });
  return found;
}

// Expected terms are those of scikit-learn 1.2.1's analyzers under Python 3.11.
TEST(Terms, are_words_of_all_languages) {
  EXPECT_THAT(terms("Don't a WORKS_2 fine²³ x"), ElementsAre("don", "works_2", "fine²³"));
  EXPECT_THAT(terms("ΣΊΣΥΦΟΣ İzmir Straße"), ElementsAre("σίσυφος", "zmir", "straße"));
  EXPECT_THAT(terms("東京 は ٣٤ é́cole"), ElementsAre("東京", "٣٤", "cole"));
  EXPECT_THAT(terms("ab cd ef", {.least = 1, .most = 2}), ElementsAre("ab", "cd", "ef", "ab cd", "cd ef"));
  EXPECT_THAT(terms("ab c", {.unit = TermRule::Unit::char_wb, .least = 2, .most = 4}),
              ElementsAre(" a", "ab", "b ", " ab", "ab ", " ab ", " c", "c ", " c "));
}

TEST(Texts, are_learnt_from_training_rows_and_saved) {
  const WordRows rows(
      {WordColumn("note", {"good thing", "bad thing", "good good", "", "other thing"}, core::ColumnType::text)});
  const FittedSteps counts = fit_words({{"text", "counts"}}, rows, 4);
  EXPECT_THAT(counts.names({"n"}), ElementsAre("n", "note_bad", "note_good", "note_thing"));
  EXPECT_THAT(row(counts, rows, 2), ElementsAre(0, 2, 0));
  EXPECT_THAT(row(counts, rows, 4), ElementsAre(0, 0, 1));
  for (const char* how : {"counts", "tfidf", "hashing"}) {
    const FittedSteps fitted = fit_words({{"text", how}, {"max_features", 2}, {"categories", "one_hot"}}, rows, 4);
    const FittedSteps again = FittedSteps::from_value(fitted.to_value(), {"n"});
    EXPECT_TRUE(again == fitted);
    EXPECT_TRUE(arma::approx_equal(again.apply(rows.frame()), fitted.apply(rows.frame()), "absdiff", 0));
    EXPECT_EQ(fitted.names({}).size(), 2U);
  }
}

TEST(Texts, without_any_term_teach_nothing) {
  const WordRows rows({WordColumn("note", {"a", "b c", ""}, core::ColumnType::text)});
  try {
    (void)fit_words({{"text", "tfidf"}}, rows, 3);
    FAIL();
  } catch (const core::UserError& error) {
    EXPECT_THAT(error.problems().front().what, HasSubstr("column 'note': no term"));
  }
  const WordRows one({WordColumn("note", {"word", "word", "word"}, core::ColumnType::text)});
  EXPECT_THAT(row(fit_words({{"text", "tfidf"}}, one, 3), one, 0), ElementsAre(1));
}

TEST(Texts, of_many_terms_stay_sparse_where_a_family_takes_that) {
  std::vector<std::string> cells;
  for (int i = 0; i < 2000; ++i) cells.push_back("term" + std::to_string(i) + " common");
  const WordRows rows({WordColumn("note", cells, core::ColumnType::text)});
  Steps steps({{"text", "tfidf"}, {"preprocessing", "standardize"}});
  const std::vector<core::Index> train = train_rows(1500);
  const FittedSteps dense = steps.fit(rows.frame(), {.rows = train, .names = {"n"}});
  EXPECT_FALSE(dense.is_sparse());
  steps.allow_sparse();
  const FittedSteps sparse = steps.fit(rows.frame(), {.rows = train, .names = {"n"}});
  ASSERT_TRUE(sparse.is_sparse());
  const core::SparseMatrix found = sparse.apply_sparse(rows.frame());
  EXPECT_TRUE(arma::approx_equal(core::unpack(found.view(), 0, 2000), dense.apply(rows.frame()), "absdiff", 0));
}

TEST(Texts, stay_sparse_when_features_are_chosen_among_their_terms) {
  std::vector<std::string> cells;
  std::vector<double> y;
  for (int i = 0; i < 1500; ++i) {
    cells.push_back("term" + std::to_string(i) + " common" + std::to_string(i * i % 200));
    y.push_back(i % 3 == 0 ? 1 : 0);
  }
  const WordRows rows({WordColumn("note", cells, core::ColumnType::text)});
  const std::vector<core::Index> train = train_rows(1450);
  for (const core::Task task : {core::Task::classification, core::Task::regression}) {
    for (const int keep : {40, 1460}) {
      Steps steps({{"text", "tfidf"}, {"keep_features", keep}});
      const Lesson lesson{.rows = train, .labels = {task, std::span(y).first(1450), 2}, .names = {"n"}};
      const FittedSteps dense = steps.fit(rows.frame(), lesson);
      steps.allow_sparse();
      const FittedSteps sparse = steps.fit(rows.frame(), lesson);
      EXPECT_EQ(sparse.is_sparse(), keep == 1460) << "few features are kept in full";
      EXPECT_EQ(sparse.names({"n"}), dense.names({"n"}));
      const FittedSteps again = FittedSteps::from_value(sparse.to_value(), {"n"});
      EXPECT_EQ(again.is_sparse(), sparse.is_sparse());
      const core::Matrix found = sparse.is_sparse()
                                     ? core::unpack(again.apply_sparse(rows.frame()).view(), 0, cells.size())
                                     : again.apply(rows.frame());
      EXPECT_TRUE(arma::approx_equal(found, dense.apply(rows.frame()), "absdiff", 0));
    }
  }
}

TEST(Exceptions, give_columns_options_of_their_own) {
  const WordRows rows({WordColumn("city", kCities), WordColumn("plan", std::vector<std::string>(8, "x"))});
  core::Matrix x{{0, 2, 4, 6}, {1, 1, 2, std::nan("")}, {0, 10, 20, 30}};
  const core::Value columns(core::ValueMapping{{"amount*", core::ValueMapping{{"preprocessing", "minmax"}}},
                                               {"b", core::ValueMapping{{"impute", "zero"}}}});
  const core::Params params{{"preprocessing", "standardize"}, {"columns", columns}};
  const std::vector<core::Index> train = train_rows(4);
  const FittedSteps fitted = Steps(params).fit({.numbers = x}, {.rows = train, .names = {"amount1", "b", "amount2"}});
  EXPECT_THAT(fitted.names({"amount1", "b", "amount2"}), ElementsAre("b", "amount1", "amount2"));
  const core::Matrix out = fitted.apply({.numbers = x});
  EXPECT_DOUBLE_EQ(out(1, 3), 1);
  EXPECT_DOUBLE_EQ(out(2, 1), 1.0 / 3);
  EXPECT_DOUBLE_EQ(out(0, 0), 0);
  const FittedSteps again = FittedSteps::from_value(fitted.to_value(), {"amount1", "b", "amount2"});
  EXPECT_TRUE(arma::approx_equal(again.apply({.numbers = x}), out, "absdiff", 0));
  EXPECT_TRUE(fills_missing(params, "b"));
  EXPECT_FALSE(fills_missing(params, "amount1"));
  EXPECT_TRUE(
      takes_words({{"columns", core::ValueMapping{{"c?ty", core::ValueMapping{{"categories", "count"}}}}}}, "city"));
  EXPECT_FALSE(check_values({{"columns", core::ValueMapping{{"a", core::ValueMapping{{"imputes", "mean"}}}}}}).empty());
}

}  // namespace
}  // namespace gridmill::prepare
