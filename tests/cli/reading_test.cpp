// Files as people have them: headers of numbers, columns without a name, features counted from 0.
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"
#include "program.hpp"

namespace gridmill::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class Reading : public FilesTest {
 protected:
  /// Runs a search of two candidates over `data` (options of the section) and returns how it ended.
  [[nodiscard]] Outcome search(const std::string& data) const {
    const std::string config = write(
        "c.yaml", "output: " + at("run") + "\ndata: {" + data + "}\nmodel: svc\nsearch: {grid: {C: [1, 10]}, cv: 2}\n");
    return gridmill({"search", config, "--ranks", "1", "--overwrite"});
  }
  [[nodiscard]] Outcome import(const std::string& options) const {
    return gridmill({"import", write("i.yaml", "import: " + options + "\n"), "--overwrite"});
  }
};

const std::string kYears =
    "region,1990,2000,y\n1.7,0.4,0.9,0\n2.2,1.8,-0.9,1\n0.9,-0.1,-0.1,0\n0.4,0.1,1.4,1\n0.7,0.1,0.4,0\n0.3,1.4,-0.2,"
    "1\n";

TEST_F(Reading, a_header_of_years_names_the_columns) {
  const std::string csv = write("d.csv", kYears);
  for (const char* header : {"", ", header: true"}) {
    const Outcome outcome = search("source: " + csv + ", target: y" + header);
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
  }
  EXPECT_THAT(gridmill({"info", csv}).out, HasSubstr("6 rows, 4 columns"));
  EXPECT_THAT(search("source: " + csv + ", target: y, header: false").errors, HasSubstr("no column 'y'"));
}

TEST_F(Reading, a_line_that_may_be_names_or_a_row_is_not_guessed) {
  const std::string csv = write("d.csv", "0,1,2,3\n1.2,1.2,-0.3,0\n-1.0,-1.4,-1.7,1\n0.5,0.4,-1.2,0\n1.6,0.2,0.8,1\n");
  const Outcome outcome = search("source: " + csv + ", target: c3");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("d.csv:1: 'c3' is a column without a header, but this line may be one"));
  EXPECT_THAT(search("source: " + csv + ", target: 3").errors, HasSubstr("4 rows x 3 features"));
}

TEST_F(Reading, an_import_of_years_keeps_every_row) {
  static_cast<void>(write("t.csv", "country,2019,2020\nde,5,6\nfr,7,8\nit,9,1\n"));
  const Outcome named =
      import("{store: " + at("s.h5") + ", tables: {t: {source: " + at("t.csv") + ", index: country}}}");
  EXPECT_EQ(named.code, 0) << named.errors;
  EXPECT_THAT(named.errors, HasSubstr("table 't': 3 rows, 3 columns"));
  const Outcome made =
      import("{store: " + at("s.h5") + ", tables: {t: {source: " + at("t.csv") + ", index: row, make_index: true}}}");
  EXPECT_THAT(made.errors, HasSubstr("table 't': 3 rows, 4 columns"));
  EXPECT_THAT(made.errors, HasSubstr("t.csv:1: the names of the columns are taken from this line"));
}

TEST_F(Reading, columns_without_a_name_are_named_left_out_and_told) {
  const std::string rows = write("d.csv", ",a,y\n0,-1.4,0\n1,-0.3,1\n2,1.7,0\n3,0.3,1\n4,1.5,0\n5,0.9,1\n");
  for (const char* how : {", ignore: [\"\"]", ", ignore: ['Unnamed: 0']", ", features: [a]"}) {
    const Outcome outcome = search("source: " + rows + ", target: y" + how);
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    EXPECT_THAT(outcome.errors, Not(HasSubstr("learned from as")));
    EXPECT_THAT(outcome.errors, HasSubstr("6 rows x 1 feature"));
  }
  const Outcome all = search("source: " + rows + ", target: y");
  EXPECT_THAT(all.errors, HasSubstr("a column without a name is learned from as 'Unnamed: 0'"));

  const std::string trailing = write("e.csv", "a,y,\n-1.4,0,\n-0.3,1,\n1.7,0,\n0.3,1,\n1.5,0,\n0.9,1,\n");
  for (const char* how : {"", ", ignore: ['Unnamed: 2']", ", ignore: [\"\"]"}) {
    const Outcome outcome = search("source: " + trailing + ", target: y" + how);
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr("'Unnamed: 2' has neither a name nor a value and is left out"));
  }
  const Outcome predict = gridmill({"predict", at("run"), rows});
  EXPECT_EQ(predict.code, 0) << predict.errors;
  EXPECT_THAT(predict.errors, HasSubstr("the model does not know them: 'Unnamed: 0'"));
}

TEST_F(Reading, features_of_libsvm_text_may_be_counted_from_0) {
  std::string text;
  std::string without_0;  // the same features in other rows
  for (int i = 0; i < 12; ++i) {
    const std::string label = std::to_string(i % 2);
    text += label + " qid:0 0:" + std::to_string(i % 5) + " 1:" + std::to_string(i % 3 + i % 2) + " 3:1\n";
    without_0 += label + " 1:" + std::to_string(i % 3 + i % 2) + " 3:1\n";
  }
  const std::string svm = write("d.svm", text);
  const Outcome found = search("source: " + svm);
  EXPECT_EQ(found.code, 0) << found.errors;
  EXPECT_THAT(found.errors, HasSubstr("12 rows x 4 features"));
  EXPECT_THAT(search("source: " + svm + ", first_index: 0").errors, HasSubstr("12 rows x 4 features"));
  EXPECT_THAT(search("source: " + svm + ", first_index: 1").errors, HasSubstr("index 0, but indices begin at 1"));

  // What the model learned decides how new rows count: here none has index 0.
  ASSERT_EQ(search("source: " + svm + ", test: " + write("t.svm", without_0)).code, 0);
  static_cast<void>(write("t.csv", "f0,f1,f2,f3\n0,2,0,1\n"));
  static_cast<void>(write("t1.svm", "0 1:2 3:1\n"));
  const Outcome table = gridmill({"predict", at("run"), at("t.csv"), "--decision"});
  const Outcome sparse = gridmill({"predict", at("run"), at("t1.svm"), "--decision"});
  EXPECT_EQ(table.code, 0) << table.errors;
  EXPECT_EQ(table.out, sparse.out) << sparse.errors;
}

TEST_F(Reading, libsvm_text_is_imported) {
  const std::string svm = write("m.svm", "1 1:0.5 2:3\n-1 2:1 3:5\n1 1:3\n");
  const Outcome import = gridmill({"import", svm, "-o", at("m.h5")});
  EXPECT_EQ(import.code, 0) << import.errors;
  EXPECT_THAT(import.errors, HasSubstr("table 'm': 3 rows, 4 columns (1 integer, 3 double)"));
  EXPECT_EQ(gridmill({"info", at("m.h5")}).code, 0);
}

TEST_F(Reading, unix_times_decide_what_is_known) {
  for (const auto& [format, unit] : {std::pair{"%s", ""}, {"ms", "000"}}) {
    const std::string csv = write("r.csv", "id,rating,at\n1,4.0,964982703" + std::string(unit) + "\n2,3.0,964981247" +
                                               unit + "\n3,5.0,1445714994" + unit + "\n");
    const std::string config =
        write("f.yaml", "output: " + at("run") + "\nimport: {store: " + at("s.h5") + ", tables: {r: {source: " + csv +
                            ", index: id, time_index: at, time_format: {at: '" + format +
                            "'}}}}\nfeatures: {target: r, cutoff_time: 2010-01-01, csv: true, return_types: all}\n");
    ASSERT_EQ(gridmill({"import", config, "--overwrite"}).code, 0);
    const Outcome outcome = gridmill({"features", config, "--ranks", "1", "--overwrite"});
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    const std::string rows = read("run/features.csv");
    EXPECT_THAT(rows, HasSubstr("\n2,"));
    EXPECT_THAT(rows, HasSubstr("2000-07-30 18:45:03"));
    EXPECT_THAT(rows, Not(HasSubstr("\n3,")));
  }
}

TEST_F(Reading, words_that_mean_yes_and_no_are_booleans_of_tables) {
  const std::string csv = write("t.csv", "id,car,late,ok,kind\n1,Y,yes,t,a\n2,N,no,f,b\n3,Y,yes,t,a\n");
  const Outcome found = import("{store: " + at("s.h5") + ", tables: {t: {source: " + csv + ", index: id}}}");
  EXPECT_THAT(found.errors, HasSubstr("1 integer, 3 boolean, 1 categorical"));
  EXPECT_THAT(found.errors,
              HasSubstr("'car' holds 'Y' and 'N' and is read as boolean; types: {car: categorical} keeps the words"));
  const Outcome kept = import("{store: " + at("s.h5") + ", tables: {t: {source: " + csv +
                              ", index: id, types: {car: Categorical, ok: Boolean}}}}");
  EXPECT_THAT(kept.errors, HasSubstr("1 integer, 2 boolean, 2 categorical"));

  // What a search predicts keeps the words of its file.
  const std::string labels = write("d.csv", "a,y\n1,Y\n2,N\n3,Y\n4,N\n5,Y\n6,N\n");
  ASSERT_EQ(search("source: " + labels + ", target: y").code, 0);
  EXPECT_THAT(gridmill({"predict", at("run"), labels}).out, HasSubstr("\nY"));
}

TEST_F(Reading, dates_and_times_of_several_columns_are_imported) {
  const std::string csv = write(
      "t.csv",
      "id,d1,d2,d3,d4,d5,year,month,day,hour\n1,2020-1-2,31.12.2020,13/02/2020,9999-12-31,01-Jan-2020,2013,1,1,5\n"
      "2,2020-11-3,30.12.2020,14/02/2020,2020-01-05,02-Jan-2020,2013,1,1,6\n");
  const Outcome outcome =
      import("{store: " + at("s.h5") + ", tables: {t: {source: " + csv +
             ", index: id, time_index: departed, make_time: {departed: [year, month, day, hour]}, ignore: "
             "[year, month, day, hour]}}}");
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors, HasSubstr("1 integer, 6 datetime"));
  EXPECT_THAT(outcome.errors, HasSubstr("t.csv:2: '9999-12-31' in column 'd4' is a date out of range"));
  const std::string info = gridmill({"info", at("s.h5")}).out;
  EXPECT_THAT(info, HasSubstr("2020-12-30            2020-12-31"));
  EXPECT_THAT(info, HasSubstr("2013-01-01T05:00:00Z  2013-01-01T06:00:00Z"));
  const Outcome wrong = import("{store: " + at("s.h5") + ", tables: {t: {source: " + csv +
                               ", index: id, make_time: {departed: [yaer, month]}}}}");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.errors, HasSubstr("make_time.departed: no column 'yaer'"));
}

TEST_F(Reading, keys_beyond_64_bits_and_words_find_their_parents) {
  const std::string parents = write("p.csv", "id,x\n18446744073709551615,1\n18446744073709551614,2\n7,3\n");
  const std::string children = write("c.csv", "id,p\n1,7\n2,7\n");
  const Outcome outcome =
      import("{store: " + at("s.h5") + ", tables: {p: {source: " + parents + ", index: id}, c: {source: " + children +
             ", index: id}}, relationships: [c.p -> p.id]}");
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors, Not(HasSubstr("without a row there")));
}

TEST_F(Reading, ordinals_of_a_store_count_as_numbers) {
  std::string rows = "id,at,y\n";
  for (int i = 0; i < 12; ++i) {
    rows += std::to_string(i) + ",2020-" + std::to_string(i % 12 + 1) + "-0" + std::to_string(i % 7 + 1) + "," +
            std::to_string(i % 2) + "\n";
  }
  const std::string config =
      write("f.yaml", "output: " + at("run") + "\nimport: {store: " + at("s.h5") +
                          ", tables: {t: {source: " + write("t.csv", rows) +
                          ", index: id}}}\nfeatures: {target: t, cutoff_time: 2029-01-01, output: " + at("features") +
                          ", transforms: [month, weekday], pass_through: [y]}\n");
  ASSERT_EQ(gridmill({"import", config}).code, 0);
  const Outcome made = gridmill({"features", config, "--ranks", "1"});
  ASSERT_EQ(made.code, 0) << made.errors;
  const Outcome outcome = search("source: " + at("features/features.h5") + ", target: y");
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors, HasSubstr("12 rows x 2 features"));
  const Outcome predict = gridmill({"predict", at("run"), at("features/features.h5")});
  EXPECT_EQ(predict.code, 0) << predict.errors;
}

}  // namespace
}  // namespace gridmill::cli
