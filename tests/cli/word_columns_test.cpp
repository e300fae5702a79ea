// Columns of words from a file through search, refit and predict.
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"

namespace gridmill::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class WordColumns : public FilesTest {
 protected:
  /// 60 rows whose class hangs on their city; "Rare" stands in one row, so in one fold only.
  [[nodiscard]] static std::string rows(int n, const std::string& first_city) {
    const std::vector<std::string> cities{"Zürich", "Łódź", "東京"};
    const std::vector<std::string> notes{"très bien merci", "ne marche pas", "故障 しました"};
    std::string csv = "city,amount,zip,note,y\n";
    for (int i = 0; i < n; ++i) {
      const auto place = static_cast<std::size_t>(i * i % 7 % 3);
      csv += (i == 0        ? first_city
              : i % 11 == 5 ? ""
                            : cities[place]) +
             "," + std::to_string(i * 5 % 13) + "," + std::to_string(8000 + place) + "," +
             notes[(place + (i % 5 == 0 ? 1 : 0)) % 3] + " id" + std::to_string(i) + "," + (place == 1 ? "yes" : "no") +
             "\n";
    }
    return csv;
  }
  [[nodiscard]] Outcome search(const std::string& model, const std::string& grid, const std::string& data = "",
                               const std::string& ranks = "1") const {
    const std::string config =
        write("c.yaml", "output: " + at("run" + ranks) + "\ndata: {source: " + at("rows.csv") + ", target: y" + data +
                            "}\nmodel: " + model + "\nsearch: {grid: " + grid + ", cv: 3}\n");
    return run_program(GRIDMILL_PROGRAM, {"search", config, "--ranks", ranks});
  }
  [[nodiscard]] Outcome predict(const std::string& csv) const {
    return run_program(GRIDMILL_PROGRAM, {"predict", at("run1"), write("new.csv", csv)});
  }
};

TEST_F(WordColumns, are_learnt_from_in_each_fold_and_replayed_by_predict) {
  (void)write("rows.csv", rows(60, "Rare"));
  (void)write("test.csv", rows(20, "Elsewhere"));
  const std::string model =
      "{name: logistic, impute_categories: own, categories: one_hot, text: tfidf, columns: {zip: {categories: "
      "target}}}";
  const std::string grid = "{C: [1, 10], top_n: [2, null], ngrams: [1, 2]}";
  const Outcome outcome = search(model, grid, ", test: " + at("test.csv"));
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors + outcome.out,
              HasSubstr("held-out rows: column 'city': 1 row holds a category that the training rows do not have (1: "
                        "'Elsewhere')"));
  EXPECT_THAT(read("run1/cv_results.csv"), AllOf(HasSubstr("param_top_n"), Not(HasSubstr("nan,"))));
  // At two ranks the same bytes.
  ASSERT_EQ(search(model, grid, ", test: " + at("test.csv"), "2").code, 0);
  EXPECT_EQ(read("run1/best/pipeline.json"), read("run2/best/pipeline.json"));
  // Columns go by their names.
  const std::string expected = predict("city,amount,zip,note,y\nZürich,1,8001,merci,no\n,2,8002,x,no\n").out;
  EXPECT_EQ(predict("note,zip,city,amount\nmerci,8001,Zürich,1\nx,8002,,2\n").out, expected);
  const Outcome more = predict("note,zip,city,amount,extra\nmerci,8001,Bern,1,1\n");
  EXPECT_EQ(more.code, 0) << more.errors;
  EXPECT_THAT(more.errors, AllOf(HasSubstr("ignored, since the model does not know them: 'extra'"),
                                 HasSubstr("column 'city': 1 row holds a category that the training rows do not have "
                                           "(1: 'Bern')")));
  const Outcome absent = predict("note,zip,town,amount\nmerci,8001,Bern,1\n");
  EXPECT_EQ(absent.code, 2);
  EXPECT_THAT(absent.errors, HasSubstr("no column 'city', a feature of the model"));
}

TEST_F(WordColumns, of_a_store_give_the_same_bytes_at_any_number_of_ranks) {
  (void)write("words.csv", rows(60, "Rare"));
  ASSERT_EQ(run_program(GRIDMILL_PROGRAM, {"import", at("words.csv"), "-o", at("rows.csv"), "-q"}).code, 0);  // a store
  const std::string model = "{name: logistic, text: tfidf, columns: {zip: {categories: count}}, keep_features: 9}";
  const std::string grid = "{C: [1, 10], ngrams: [1, 2], categories: [one_hot, target, frequency]}";
  const auto untimed = [&](const std::string& ranks) {
    std::istringstream table(read("run" + ranks + "/cv_results.csv"));
    std::string all, line;
    while (std::getline(table, line)) {
      for (int i = 0; i < 4; ++i) line.erase(0, line.find(',') + 1);  // fit and score times
      all += line + '\n';
    }
    return all;
  };
  for (const char* const ranks : {"1", "2", "4"}) {
    const Outcome outcome = search(model, grid, ", types: null", ranks);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    const std::string run = std::string("run") + ranks;
    EXPECT_EQ(read(run + "/best/pipeline.json"), read("run1/best/pipeline.json"));
    EXPECT_EQ(read(run + "/best/model.json"), read("run1/best/model.json"));
    EXPECT_EQ(untimed(ranks), untimed("1"));
  }
}

TEST_F(WordColumns, that_nothing_encodes_are_refused_and_so_are_dates_and_names_of_no_column) {
  (void)write("rows.csv", rows(60, "Rare"));
  const Outcome none = search("svc", "{C: [1], categories: [none, one_hot]}", ", ignore: [note]");
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.errors, AllOf(HasSubstr("rows.csv:2:1: 'Rare' in column 'city' is not a number"),
                                 HasSubstr("categories: one_hot")));
  const Outcome typo = search("{name: svc, categories: ordinal, columns: {zap: {categories: count}}}", "{C: [1]}");
  EXPECT_EQ(typo.code, 2);
  EXPECT_THAT(typo.errors, AllOf(HasSubstr("no feature 'zap' (wanted in model.columns)"), HasSubstr("'zip'")));
  const Outcome option = search("{name: svc, columns: {zip: {categorie: count}}}", "{C: [1]}");
  EXPECT_EQ(option.code, 2);
  EXPECT_THAT(option.errors, AllOf(HasSubstr("columns.zip.categorie"), HasSubstr("did you mean 'categories'")));
  (void)write("rows.csv", "when,y\n2024-01-02,a\n2024-01-03,b\n2024-01-04,a\n2024-01-05,b\n");
  const Outcome date = search("{name: svc, categories: one_hot}", "{C: [1]}");
  EXPECT_EQ(date.code, 2);
  EXPECT_THAT(date.errors,
              AllOf(HasSubstr("feature 'when' is of type datetime"), HasSubstr("dates: [year, month, weekday, hour]")));
}

TEST_F(WordColumns, of_times_become_their_parts_in_search_and_predict) {
  std::string csv = "when,seen,x,y\n";
  for (int i = 0; i < 60; ++i) {  // the class is that of the weekday
    csv += "2024-01-" + std::string(i % 28 < 9 ? "0" : "") + std::to_string(i % 28 + 1) + " 12:00:00," +
           (i % 9 == 4 ? "" : "2024-02-01") + "," + std::to_string(i * 7 % 5) + "," +
           (i % 28 % 7 > 4 ? "rest" : "work") + "\n";
  }
  (void)write("rows.csv", csv);
  const std::string model = "{name: xgb_classifier, min_child_weight: 0, columns: {seen: {dates: [month, day]}}}";
  const std::string grid = "{n_estimators: [20], dates: [[month, day, weekday], [weekday]]}";
  const Outcome outcome = search(model, grid);
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(read("run1/cv_results.csv"), AllOf(HasSubstr("['weekday']"), HasSubstr(",1.0,")));
  ASSERT_EQ(search(model, grid, "", "2").code, 0);
  EXPECT_EQ(read("run1/best/pipeline.json"), read("run2/best/pipeline.json"));
  EXPECT_THAT(read("run1/best/pipeline.json"), HasSubstr("\"when\": \"datetime\""));
  EXPECT_EQ(predict("x,when,seen\n1,2024-03-09,2024-02-01\n1,2024-03-06 10:00:00,\n").out, "prediction\nrest\nwork\n");
  EXPECT_THAT(predict("x,seen\n1,2024-02-01\n").errors, HasSubstr("no column 'when', a feature of the model"));
  EXPECT_THAT(predict("x,when,seen\n1,soon,\n").errors, HasSubstr("'soon' in column 'when'"));
  // A store holds the same times.
  ASSERT_EQ(run_program(GRIDMILL_PROGRAM, {"import", at("rows.csv"), "-o", at("rows.h5"), "-q"}).code, 0);
  const std::string stored =
      write("s.yaml", "output: " + at("run4") + "\ndata: {source: " + at("rows.h5") + ", target: y}\nmodel: " + model +
                          "\nsearch: {grid: " + grid + ", cv: 3}\n");
  ASSERT_EQ(run_program(GRIDMILL_PROGRAM, {"search", stored, "--ranks", "1"}).code, 0);
  EXPECT_EQ(read("run4/best/pipeline.json"), read("run1/best/pipeline.json"));
  EXPECT_EQ(read("run4/best/model.json"), read("run1/best/model.json"));
  // Where nothing fills them in, missing times are refused as missing numbers are.
  const Outcome missing = search("{name: logistic, dates: [day]}", "{C: [1]}", "", "3");
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.errors, HasSubstr("feature 'seen' is missing"));
  const Outcome part = search("{name: logistic, dates: [days]}", "{C: [1]}", "", "3");
  EXPECT_EQ(part.code, 2);
  EXPECT_THAT(part.errors, AllOf(HasSubstr("c.yaml:3:"), HasSubstr("a time has no part 'days'"), HasSubstr("'day'")));
}

TEST_F(WordColumns, options_that_do_nothing_are_told_once) {
  (void)write("rows.csv", rows(60, "Rare"));
  const std::string model = "{name: logistic, categories: ordinal, impute: mean, top_n: 5, impute_value: 3}";
  const Outcome outcome = search(model, "{C: [1], text: [none, counts], ngrams: [1, 2]}", ", ignore: [note, zip]");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors,
              AllOf(HasSubstr("model.top_n has no effect: it goes with categories: one_hot, and categories is ordinal"),
                    HasSubstr("model.impute_value has no effect: it goes with impute: constant, and impute is mean"),
                    HasSubstr("search.grid: ngrams has no effect in 1 of 4 candidates, which are fitted all the same: "
                              "text is none"),
                    HasSubstr("search.grid: text has no effect in 2 of 4 candidates, which are fitted all the same: no "
                              "feature is a column of sentences")));
}

TEST_F(WordColumns, features_are_chosen_by_the_model_itself_where_it_says_what_it_makes_of_them) {
  (void)write("rows.csv", rows(60, "Rare"));
  const std::string keep = "categories: one_hot, text: tfidf, keep_features: 3, keep_by: importance";
  const Outcome refused = search("{name: svc, kernel: linear, " + keep + "}", "{C: [1]}");
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.errors,
              AllOf(HasSubstr("c.yaml:3:"), HasSubstr("keep_by: importance asks the model what it makes "
                                                      "of features, and svc does not say")));
  const std::string model = "{name: xgb_classifier, " + keep + "}";
  const std::string grid = "{n_estimators: [2, 4], max_depth: [1, 2]}";
  const Outcome outcome = search(model, grid);
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.out + outcome.errors, HasSubstr("features are kept, by importance: "));
  ASSERT_EQ(search(model, grid, "", "2").code, 0);
  EXPECT_EQ(read("run1/best/pipeline.json"), read("run2/best/pipeline.json"));
  EXPECT_EQ(predict("city,amount,zip,note,y\nZürich,1,8001,merci,no\n").code, 0);
}

TEST_F(WordColumns, without_any_term_fail_their_fits_and_say_so) {
  std::string csv = "note,y\n";
  for (int i = 0; i < 40; ++i)
    csv +=
        std::string(1, static_cast<char>('a' + i % 26)) + "-" + std::to_string(i % 10) + (i % 2 == 0 ? ",a\n" : ",b\n");
  (void)write("rows.csv", csv);
  const Outcome outcome = search("{name: svc, text: tfidf}", "{C: [1]}");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors + outcome.out, HasSubstr("column 'note': no term of the training rows is left"));
}

}  // namespace
}  // namespace gridmill::cli
