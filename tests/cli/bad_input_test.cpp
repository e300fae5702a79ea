// What the program says, word for word, of data and configs it cannot use.
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"

namespace gridmill::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kGood = "a,b,y\n1,2,x\n3,1,z\n5,1,x\n2,2,z\n4,1,x\n6,3,z\n";

class BadInput : public FilesTest {
 protected:
  struct Config {
    std::string data = "target: y";  // entries of the section beside the source
    std::string model = "svc";
    std::string search = "grid: {C: [1]}, cv: 2";
    std::string source = "m.csv";
  };

  /// Runs a search on m.csv.
  [[nodiscard]] Outcome search(const Config& config) const {
    const std::string file =
        write("c.yaml", "output: " + at("run") + "\ndata: {source: " + at(config.source) + ", " + config.data +
                            "}\nmodel: " + config.model + "\nsearch: {" + config.search + "}\n");
    return run_program(GRIDMILL_PROGRAM, {"search", file, "--ranks", "1", "--quiet"});
  }
  [[nodiscard]] Outcome search_in(const std::string& csv, const Config& config) const {
    const std::string file = write("m.csv", csv);
    return search(config);
  }
  [[nodiscard]] Outcome search_in(const std::string& csv) const { return search_in(csv, Config{}); }
  [[nodiscard]] std::string csv() const { return at("m.csv"); }

  /// Runs it where files cannot grow beyond `blocks` of 512 bytes: a full disk.
  [[nodiscard]] static Outcome run_on_full_disk(const std::string& blocks, const std::string& words) {
    return run_program("/bin/sh", {"-c", "trap '' XFSZ; ulimit -f " + blocks + "; exec " GRIDMILL_PROGRAM " " + words});
  }
};

void expect_refused(const Outcome& outcome, const std::string& errors) {
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.errors, "error: " + errors + "\n");
  EXPECT_EQ(outcome.out, "");
}

/// Where the column depends on how long the name of the test's folder is.
void expect_refused_in_line(int line, const Outcome& outcome, const std::string& words) {
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("c.yaml:" + std::to_string(line) + ":"));
  EXPECT_THAT(outcome.errors, HasSubstr(": " + words));
  EXPECT_EQ(outcome.out, "");
}

TEST_F(BadInput, a_missing_file_and_a_directory_are_named) {
  expect_refused(search(Config{}), csv() + ": no such file");
  expect_refused(run_program(GRIDMILL_PROGRAM, {"info", csv()}), csv() + ": no such file");
  expect_refused(run_program(GRIDMILL_PROGRAM, {"import", csv(), "-q"}), csv() + ": no such file");
  std::filesystem::create_directory(csv());
  expect_refused(search(Config{}), csv() + ": is a directory, not a file");
}

TEST_F(BadInput, an_unreadable_file_is_named) {
  if (geteuid() == 0) GTEST_SKIP() << "root can read every file";
  const std::string file = write("m.csv", kGood);
  std::filesystem::permissions(file, std::filesystem::perms::none);
  expect_refused(search(Config{}), file + ": cannot be read: Permission denied");
}

TEST_F(BadInput, files_without_rows_are_named) {
  expect_refused(search_in(""), csv() + ": is empty");
  expect_refused(search_in("a,b,y\n"),
                 csv() + ": has a header but no rows\n  set header: no if its first line is data");
}

TEST_F(BadInput, a_ragged_row_is_named_by_its_line) {
  expect_refused(search_in("a,b,y\n1,2,x\n3,1\n"), csv() + ":3: 2 cells, expected 3 as in line 1");
}

TEST_F(BadInput, an_unknown_column_is_named_with_the_nearest) {
  expect_refused(search_in(kGood, {.data = "target: yy"}),
                 csv() + ": no column 'yy' (wanted as target)\n  did you mean 'y'? known: a, b, y");
  expect_refused(search_in(kGood, {.data = "target: y, features: [a, bb]"}),
                 csv() + ": no column 'bb' (wanted as feature)\n  did you mean 'b'? known: a, b, y");
}

TEST_F(BadInput, labels_that_are_nowhere_known_are_refused) {
  expect_refused(search_in("a,b,y\n1,2,\n3,1,\n"),
                 csv() +
                     ": target 'y' is missing in all 2 rows, so that there is nothing to learn from\n  name the "
                     "column that holds the labels: data.target");
}

TEST_F(BadInput, rows_that_cannot_be_chosen_or_held_out_are_refused) {
  const std::string rows =
      "day,a,b,g,y\n2021-08-01,1,2,u,x\n2021-08-02,3,1,u,z\n2021-08-03,5,1,v,x\n2021-08-04,2,2,,z\n";
  const auto refused = [&](const std::string& data, const std::string& words) {
    expect_refused(search_in(rows, {.data = "target: y, " + data}), words);
  };
  refused("ignore: [day, g], filter: [[aa, \">\", 1]]",
          csv() + ": no column 'aa' (wanted as data.filter)\n  did you mean 'a'? known: day, a, b, g, y");
  refused("ignore: [day, g], filter: [[a, \">\", 1], [b, \"==\", 7]]",
          csv() + ": data.filter leaves no row: none of 3 has b == 7 beside what is asked for before it");
  refused("ignore: [day, g], filter: [[a, \"==\", many]]",
          csv() + ": data.filter: 'a' is of type integer and cannot be compared with 'many'");
  refused("ignore: [day, g], filter: [[g, \"<\", v]]",
          csv() +
              ": data.filter: 'g' has no order that g < 'v' could go by\n  words and missing values compare by ==, "
              "!= and isin");
  refused("ignore: [g], time: day, holdout: {after: 2021-08-12}",
          csv() +
              ": data.holdout: no row is later than 2021-08-12, so that none is held out; the last one is of "
              "2021-08-04");
  refused("ignore: [g], time: day, holdout: {after: 2021-07-01}",
          csv() +
              ": data.holdout: all rows are later than 2021-07-01, so that none is left to learn from; the first one "
              "is of 2021-08-01");
  expect_refused_in_line(2, search_in(rows, {.data = "target: y, ignore: [day, g], holdout: {after: 2021-08-02}"}),
                         "data.holdout: {after: ...} needs the time of each row\n  name its column: data.time\n");
  refused("ignore: [day], group: g, holdout: {groups: 0.5}",
          csv() + ":5: group 'g' is missing (in 1 of 4 rows, first here)");
  expect_refused_in_line(
      2,
      search_in(rows, {.data = "target: y, ignore: [day], group: g, filter: [[g, \"==\", u]], holdout: {groups: 0.5}"}),
      "holding out 0.5 of 1 group leaves none to train on\n");
  refused("ignore: [g], time: b2, holdout: {last: 0.5}",
          csv() + ": no column 'b2' (wanted as time)\n  did you mean 'b'? known: day, a, b, g, y");
}

TEST_F(BadInput, a_target_that_never_changes_is_refused) {
  expect_refused(search_in("a,y\n1,x\n2,x\n"), csv() + ": target 'y' has one class only ('x'); a classifier needs two");
  expect_refused(search_in("a,y\n1,3\n2,3\n", {.model = "svr"}),
                 csv() + ": target 'y' is constant (3.0); there is nothing to learn");
}

TEST_F(BadInput, a_class_weight_for_no_class_is_refused_before_any_fit) {
  expect_refused(
      search_in(kGood, {.model = "{name: svc, class_weight: {xx: 2}}"}),
      at("c.yaml") +
          ":3:34: class_weight names the class 'xx', which 'y' does not have\n  did you mean 'x'? known: x, z");
  expect_refused(search_in(kGood, {.search = "grid: {class_weight: [null, {x: 1, qqq: 2}], C: [1, 2]}, cv: 2"}),
                 at("c.yaml") + ":4:31: class_weight names the class 'qqq', which 'y' does not have\n  known: x, z");
}

TEST_F(BadInput, one_class_says_which_labels_it_knows) {
  expect_refused_in_line(2, search_in(kGood, {.model = "one_class", .search = "grid: {nu: [0.5]}, cv: 2"}),
                         "one_class: the target must say 1 (inlier) or -1 (outlier), but 'y' has the classes x, z\n");
}

TEST_F(BadInput, scaling_that_would_fill_sparse_text_beyond_the_memory_is_refused) {
  std::string text;
  for (int i = 0; i < 600; ++i) text += (i % 2 == 0 ? "1 1:1 4000:2\n" : "-1 2:1 3:0.5\n");
  const std::string file = write("m.csv", text);
  const Outcome outcome = search({.data = "target: target",
                                  .model = "{name: svc, preprocessing: standardize}",
                                  .search = "grid: {C: [1]}, cv: 2}\nmemory_limit: 16MiB\nseed: 0 #"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("error: " + file +
                                        ": preprocessing or impute would fill in the 0s of 600 x 4000 sparse values, "
                                        "which takes 18.3 MiB\n  leave both out"));
}

TEST_F(BadInput, a_feature_without_value_is_named_by_its_line_with_the_way_to_impute) {
  const Outcome text = search_in("a,b,y\n1,2,x\n3,,z\n5,1,x\n2,NaN,z\n");
  EXPECT_EQ(text.code, 2);
  EXPECT_THAT(text.errors, HasSubstr("error: " + csv() +
                                     ":3: feature 'b' is missing (in 2 of 4 rows, first here)\n  "
                                     "impute it within each fold: model: {name: ..., impute: mean}"));
}

TEST_F(BadInput, rows_of_a_store_are_numbered) {
  const std::string text = write("m.csv", "a,b,y\n1,2,x\n3,,z\n5,1,x\n2,2,z\n");
  ASSERT_EQ(run_program(GRIDMILL_PROGRAM, {"import", text, "-q"}).code, 0);
  const Outcome store = search({.source = "m.h5"});
  EXPECT_EQ(store.code, 2);
  EXPECT_THAT(store.errors,
              HasSubstr("error: " + at("m.h5") + ": row 2: feature 'b' is missing (in 1 of 4 rows, first here)\n"));
}

TEST_F(BadInput, rows_of_libsvm_text_are_named_by_their_line) {
  const std::string text = write("m.csv", "1 1:2\n# a comment\n\n-1 1:nan\n1 1:3\n");
  const Outcome outcome = search({.data = "target: target"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors,
              HasSubstr("error: " + text + ":4: feature 'f1' is missing (in 1 of 3 rows, first here)\n"));
}

TEST_F(BadInput, text_for_a_number_is_named_by_its_cell) {
  expect_refused(search_in("a,b,y\n1,2,x\n3,many,z\n5,1,x\n2,2,z\n"),
                 csv() +
                     ":3:3: 'many' in column 'b' is not a number\n  a model needs numbers; leave the column out with "
                     "data.ignore: [b], or have its words encoded within each fold: model: {name: ..., categories: "
                     "one_hot} (text: tfidf for sentences)");
}

TEST_F(BadInput, all_columns_of_text_come_at_once_and_what_else_is_wrong) {
  expect_refused(
      search_in("a,b,c,w,y\n1,2,red,1,x\n3,many,blue,-1,z\n5,1,red,1,x\n,2,red,1,z\n",
                {.data = "target: y, weight: w"}),
      csv() +
          ":3:3: 'many' in column 'b' is not a number\n"
          "error: " +
          csv() +
          ":2:5: 'red' in column 'c' is not a number\n"
          "  a model needs numbers; leave the columns out with data.ignore: [b, c], or have their words encoded "
          "within each fold: model: {name: ..., categories: one_hot} (text: tfidf for sentences)\n"
          "error: " +
          csv() +
          ":5: feature 'a' is missing (in 1 of 4 rows, first here)\n"
          "  impute it within each fold: model: {name: ..., impute: mean} (mean, median, most_frequent "
          "or zero), or leave it out with data.ignore\n"
          "error: " +
          csv() +
          ":3: weight 'w' is -1.0; weights are finite and not negative\n"
          "4 problems");
}

TEST_F(BadInput, all_columns_of_words_in_a_store_come_at_once) {
  const std::string text = write("m.csv", "a,b,c,y\n1,u,red,x\n3,v,blue,z\n5,u,red,x\n2,v,red,z\n");
  ASSERT_EQ(run_program(GRIDMILL_PROGRAM, {"import", text, "-q"}).code, 0);
  expect_refused(search({.source = "m.h5"}), at("m.h5") +
                                                 ": feature 'b' is of type categorical\n"
                                                 "error: " +
                                                 at("m.h5") +
                                                 ": feature 'c' is of type categorical\n"
                                                 "  a model needs numbers; leave the columns out with data.ignore: [b, "
                                                 "c], or have their words encoded within each fold: model: {name: "
                                                 "..., categories: one_hot} (text: tfidf for sentences)\n"
                                                 "2 problems");
}

TEST_F(BadInput, after_ten_features_the_others_are_listed) {
  std::string head, row;
  for (int i = 0; i < 12; ++i) {
    head += "f" + std::to_string(i) + ",";
    row += ",";
  }
  const Outcome outcome = search_in(head + "a,y\n" + row + "1,x\n" + row + "2,z\n");
  EXPECT_THAT(outcome.errors, HasSubstr(csv() + ":2: feature 'f9' is missing (in 2 of 2 rows, first here)\n"));
  EXPECT_THAT(outcome.errors,
              HasSubstr("error: " + csv() + ": 2 more features are missing in some rows, too: 'f10', 'f11'\n  impute"));
  EXPECT_THAT(outcome.errors, testing::EndsWith("11 problems\n"));
}

TEST_F(BadInput, all_unknown_columns_come_at_once) {
  expect_refused(search_in(kGood, {.data = "target: yy, weight: ww, ignore: [aa]"}),
                 csv() +
                     ": no column 'yy' (wanted as target)\n  did you mean 'y'? known: a, b, y\n"
                     "error: " +
                     csv() +
                     ": no column 'ww' (wanted as weight)\n  known: a, b, y\n"
                     "error: " +
                     csv() +
                     ": no column 'aa' (wanted as ignored)\n  did you mean 'a'? known: a, b, y\n"
                     "3 problems");
}

TEST_F(BadInput, words_for_nothing_decimal_commas_and_latin1_are_read) {
  const Outcome outcome =
      search_in("a;b;y\n1,5;2;\xE4\n3;N/A;z\n5;1;\xE4\n#N/A;2;z\n4,25;NULL;\xE4\n6;3;z\n",
                {.data = "target: y, decimal: ',', encoding: latin-1", .model = "{name: svc, impute: mean}"});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_EQ(run_program(GRIDMILL_PROGRAM, {"predict", at("run"), csv(), "-q", "--keep", "a", "--keep", "y"})
                .out.substr(0, 25),
            "a,y,prediction\n1.5,\xC3\xA4,\xC3\xA4\n");
}

TEST_F(BadInput, a_negative_weight_is_named_by_its_line) {
  expect_refused(search_in("a,w,y\n1,2,x\n3,1,z\n5,-1,x\n2,2,z\n", {.data = "target: y, weight: w"}),
                 csv() + ":4: weight 'w' is -1.0; weights are finite and not negative");
}

TEST_F(BadInput, a_class_smaller_than_the_folds_is_a_warning) {
  const Outcome outcome = search_in("a,y\n1,x\n3,z\n5,x\n2,z\n4,x\n6,z\n7,x\n", {.search = "grid: {C: [1]}, cv: 4"});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors, HasSubstr("warning: the smallest class ('z') has 3 samples, fewer than the 4 folds"));
}

TEST_F(BadInput, all_classes_smaller_than_the_folds_is_an_error) {
  const Outcome outcome = search_in(kGood, {.search = "grid: {C: [1]}, cv: 5"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(
      outcome.errors,
      "error: " + at("c.yaml") +
          ":4:30: cannot make 5 stratified folds: every class has fewer samples than that, the largest ('z') has 3\n"
          "  use at most 3 folds, or k_fold\n");
}

TEST_F(BadInput, a_label_in_one_fold_only_fails_that_fit_and_not_the_search) {
  const Outcome outcome = search_in("a,f,y\n1,0,x\n3,0,x\n5,1,x\n2,1,z\n",
                                    {.data = "target: y, fold: f", .search = "grid: {C: [1]}, cv: predefined"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors,
              HasSubstr("warning: 1 of 2 fits failed and count as error_score; the first, of fold 1: all training "
                        "samples are of class 'x'; svc needs at least two classes"));
}

TEST_F(BadInput, wrong_configs_are_named_by_line_and_column) {
  const std::string config = at("c.yaml");
  expect_refused(search_in(kGood, {.search = "grid: {C: [-1]}"}),
                 config + ":4:21: search.grid.C: must be number > 0, not -1");
  EXPECT_THAT(search_in(kGood, {.search = "grid: {C: [1]}, scorin: f1"}).errors,
              HasSubstr("error: " + config + ":4:26: search.scorin: unknown option\n  did you mean 'scoring'?"));
  EXPECT_THAT(
      search_in(kGood, {.search = "grid: {C: [1]}, scoring: acuracy"}).errors,
      HasSubstr("error: " + config + ":4:35: search.scoring: unknown metric 'acuracy'\n  did you mean 'accuracy'?"));
  EXPECT_THAT(
      search_in(kGood, {.search = "grid: {C: [1]}, scoring: r2"}).errors,
      HasSubstr("error: " + config +
                ":4:35: search.scoring: 'r2' is a metric for regression, but svc is a model for classification"));
}

TEST_F(BadInput, a_store_cut_short_is_named) {
  const std::string text = write("m.csv", kGood);
  ASSERT_EQ(run_program(GRIDMILL_PROGRAM, {"import", text, "-q"}).code, 0);
  std::filesystem::resize_file(at("m.h5"), 3000);
  for (const Outcome& outcome : {search({.source = "m.h5"}), run_program(GRIDMILL_PROGRAM, {"info", at("m.h5")})}) {
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.errors, HasSubstr("error: " + at("m.h5") + ": is damaged or cut short: "));
  }
}

TEST_F(BadInput, a_store_of_another_format_version_is_named) {
  const std::string text = write("m.csv", kGood);
  ASSERT_EQ(run_program(GRIDMILL_PROGRAM, {"import", text, "-q"}).code, 0);
  const Outcome python = run_program(
      "/usr/bin/python3",
      {"-c", "import sys,h5py; h5py.File(sys.argv[1],'r+').attrs.modify('format_version', 99)", at("m.h5")});
  if (python.code != 0) GTEST_SKIP() << "no python3-h5py to change the store: " << python.errors;
  expect_refused(search({.source = "m.h5"}),
                 at("m.h5") +
                     ": is a store of format version 99; this gridmill reads version 1\n  import it again with "
                     "this version");
}

TEST_F(BadInput, a_file_in_the_way_of_the_output_folder_is_named) {
  const std::string file = write("run", "");
  const Outcome outcome = search_in(kGood);
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("error: " + file + ": the output folder cannot be made: Not a directory\n"));
  expect_refused(run_program(GRIDMILL_PROGRAM, {"import", csv(), "-q", "-o", file + "/m.h5"}),
                 file + ": the output folder cannot be made: Not a directory");
}

TEST_F(BadInput, a_config_can_be_corrected_after_a_search_that_did_not_begin) {
  EXPECT_EQ(search_in(kGood, {.data = "target: yy"}).code, 2);
  EXPECT_EQ(search_in(kGood).code, 0);
  const Outcome other = search_in(kGood, {.data = "target: y, ignore: [a]"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.errors, HasSubstr("error: " + at("run") + " holds another search: data.ignore: "));
}

TEST_F(BadInput, a_full_disk_ends_an_import_with_nothing_half_written) {
  const std::string text = write("m.csv", kGood);
  const Outcome outcome = run_on_full_disk("4", "import " + text + " -q -o " + at("out/m.h5"));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("error: cannot write " + at("out/m.h5") + ": "));
  EXPECT_TRUE(std::filesystem::is_empty(at("out")));
}

TEST_F(BadInput, a_full_disk_ends_a_search_with_nothing_half_written) {
  ASSERT_EQ(search_in(kGood).code, 0);
  const std::uintmax_t size = std::filesystem::file_size(at("run/results.h5"));
  std::filesystem::remove_all(at("run"));
  const Outcome outcome =
      run_on_full_disk(std::to_string(size / 1024), "search " + at("c.yaml") + " --ranks 1 --quiet");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("error: cannot write " + at("run/results.h5") + ": "));
  EXPECT_FALSE(std::filesystem::exists(at("run/results.h5")));
  EXPECT_FALSE(std::filesystem::exists(at("run/summary.json")));
  for (const auto& entry : std::filesystem::directory_iterator(at("run"))) {
    EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr("partial")));
  }
  EXPECT_EQ(search(Config{}).code, 0);
  EXPECT_TRUE(std::filesystem::exists(at("run/results.h5")));
}

}  // namespace
}  // namespace gridmill::cli
