// What a features job says, and how it ends, where nothing or little would come of it.
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/store/store.hpp"
#include "tests/cli/child.hpp"
#include "tests/cli/files_test.hpp"

namespace gridmill {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Users and their ratings; the last rating has no time.
class FeaturesSilence : public cli::FilesTest {
 protected:
  FeaturesSilence() {
    (void)write("u.csv", "uid,city\n1,Rome\n2,Oslo\n3,Rome\n");
    (void)write(
        "r.csv",
        "rid,uid,at,v,w\n1,1,2020-01-01,4,1\n2,1,2020-01-02,2,1\n3,2,2020-01-03,5,1\n4,2,,5,1\n5,3,2020-01-05,1,1\n");
    (void)write("i.yaml",
                "import:\n  store: s.h5\n  tables:\n    u: {source: u.csv, index: uid}\n"
                "    r: {source: r.csv, index: rid, time_index: at}\n  relationships: [r.uid -> u.uid]\n");
    imported_ = gridmill({"import", at("i.yaml"), "--output", at("s.h5")});
    EXPECT_EQ(imported_.code, 0) << imported_.errors;
  }

  [[nodiscard]] static cli::Outcome gridmill(const std::vector<std::string>& words) {
    return cli::run_program(GRIDMILL_PROGRAM, words);
  }

  [[nodiscard]] cli::Outcome features(const std::string& options, const std::string& run = "run",
                                      std::vector<std::string> more = {}) const {
    const std::string file = write("f.yaml", "features:\n  store: " + at("s.h5") + "\n" + options);
    std::vector<std::string> words{"features", file, "--output", at(run), "--ranks", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return gridmill(words);
  }

  void expect_refused(const std::string& options, const std::string& what, const std::string& cure) const {
    const cli::Outcome outcome = features(options);
    EXPECT_EQ(outcome.code, 2) << options;
    EXPECT_THAT(outcome.errors, AllOf(HasSubstr(what), HasSubstr(cure)));
    EXPECT_FALSE(std::filesystem::exists(at("run"))) << options;
  }

  void expect_warned(const std::string& options, const std::string& warning) const {
    const cli::Outcome outcome = features(options, "run", {"--dry-run"});
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr("warning: " + warning)) << options;
  }

  cli::Outcome imported_;
};

TEST_F(FeaturesSilence, names_a_table_that_no_relationship_leads_to) {
  (void)write("alone.yaml",
              "import:\n  store: s.h5\n  tables:\n    u: {source: u.csv, index: uid}\n"
              "    r: {source: r.csv, index: rid, time_index: at}\n  relationships: []\n");
  ASSERT_EQ(gridmill({"import", at("alone.yaml"), "--output", at("s.h5"), "--overwrite"}).code, 0);
  expect_warned("  target: u\n", "no feature is made of table 'r': no relationship leads from 'u' to it");
}

TEST_F(FeaturesSilence, refuses_cutoff_times_at_which_no_row_is_known) {
  const std::string target = "  target: r\n";
  const std::string own_table = "make the events a table of their own without time_index: import 'r' a second time";
  const std::string file = write("early.csv", "rid,time\n1,2019-01-01\n4,2021-01-01\n");
  expect_refused(target + "  cutoff_time: {file: " + file + "}\n",
                 "early.csv: features.cutoff_time: no row of 'r' is known at its own cutoff time: 'at' is missing (so "
                 "never known) in 1, after the cutoff time in 1\n",
                 own_table);
  expect_refused(target + "  cutoff_time: 2019-06-01\n",
                 "f.yaml:4:16: features.cutoff_time: no row of 'r' is known at the cutoff time, 2019-06-01: 'at' is "
                 "missing (so never known) in 1, after the cutoff time in 4\n",
                 "choose a later cutoff time");
  expect_refused(target + "  cutoff_time: 2024-01-01\n  training_window: 30 days\n",
                 "no row of 'r' is known at the cutoff time, 2024-01-01: 'at' is missing (so never known) in 1, before "
                 "the training window in 4\n",
                 "choose a longer training_window");
  expect_refused(target + "  cutoff_time: 2020-01-01\n  include_cutoff_time: false\n",
                 "no row of 'r' is known at the cutoff time, 2020-01-01", "choose a later cutoff time");
}

TEST_F(FeaturesSilence, counts_the_rows_that_are_not_known_at_their_cutoff_times) {
  expect_warned(
      "  target: r\n  cutoff_time: 2020-01-02\n",
      "3 of 5 rows of 'r' are not known at the cutoff time, 2020-01-02, and are left out: 'at' is missing (so "
      "never known) in 1, after the cutoff time in 2");
  const std::string file = write("c.csv", "rid,time\n2,2020-06-01\n4,2020-06-01\n1,2019-01-01\n");
  expect_warned("  target: r\n  cutoff_time: {file: " + file + "}\n",
                at("c.csv") +
                    ":3: 2 of 3 rows of 'r' are not known at their own cutoff times, first here: 'at' is "
                    "missing (so never known) in 1, after the cutoff time in 1; all their features are "
                    "defaults (missing, or 0)");
  expect_warned("  target: r\n  cutoff_time: {column: at}\n", "1 of 5 rows of 'r' have no time in 'at'");
  EXPECT_THAT(imported_.errors, HasSubstr("warning: table 'r': 1 of 5 rows have no time in 'at': features with a "
                                          "cutoff time never see them"));
  EXPECT_THAT(features("  target: u\n  cutoff_time: 2020-06-01\n", "u", {"--dry-run"}).errors,
              Not(HasSubstr("not known")));
}

TEST_F(FeaturesSilence, tells_of_tables_of_which_no_row_is_known) {
  expect_warned("  target: u\n  cutoff_time: 2019-06-01\n",
                "no row of 'r' is known at the cutoff time, 2019-06-01: its first 'at' is 2020-01-01");
  const std::string file = write("late.csv", "uid,time\n1,2024-01-01\n2,2019-01-01\n");
  expect_warned("  target: u\n  training_window: 7 days\n  cutoff_time: {file: " + file + "}\n",
                "no row of 'r' lies in the training window of any cutoff time: its 'at' goes from 2020-01-01 to "
                "2020-01-05");
  EXPECT_THAT(
      features("  target: u\n  training_window: 7 days\n  cutoff_time: 2020-01-08\n", "u", {"--dry-run"}).errors,
      Not(HasSubstr("no row of")));
}

TEST_F(FeaturesSilence, refuses_a_selection_that_leaves_nothing) {
  const cli::Outcome outcome = features(
      "  target: u\n  aggregations: [min]\n  transforms: []\n  ignore_columns: {u: [city], r: [v]}\n"
      "  cutoff_time: 2021-01-01\n  select: {single_value: true}\n");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("no feature is left of 1: 1 single value"), HasSubstr("select.keep")));
}

TEST_F(FeaturesSilence, names_features_and_labels_without_any_value) {
  const cli::Outcome outcome =
      features("  target: u\n  aggregations: [std, count]\n  transforms: []\n  cutoff_time: 2019-01-01\n", "empty");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors, HasSubstr("features have no value in any row: STD(r.v), STD(r.w)"));
  const std::string file = write("labels.csv", "uid,time,bought\n1,2021-01-01,\n2,2021-01-01,\n");
  const std::string labelled = "  target: u\n  cutoff_time: {file: " + file + "}\n";
  expect_warned(labelled, at("labels.csv") + ": column 'bought' has no value in any row");
  expect_refused(labelled + "  select: {mutual_information: bought}\n",
                 "features.select.mutual_information: 'bought' has no value in any row of the matrix",
                 "nothing can be learnt from it");
}

TEST_F(FeaturesSilence, tells_of_whole_numbers_that_doubles_round) {
  (void)write("r.csv",
              "rid,uid,at,v,w\n1,1,2020-01-01,9007199254740993,1.5\n2,2,2020-01-02,2,9007199254740993.0\n"
              "3,3,2020-01-03,5,1\n");
  ASSERT_EQ(gridmill({"import", at("i.yaml"), "--output", at("s.h5"), "--overwrite"}).code, 0);
  const cli::Outcome outcome = features("  target: u\n  aggregations: [max, sum]\n  transforms: [negate]\n", "large");
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors,
              HasSubstr("warning: 6 features of whole numbers beyond 2^53 are written as doubles, which are rounded "
                        "there: MAX(r.v), SUM(r.v), MAX(r.-(v)), ..."));
  EXPECT_THAT(features("  target: u\n  aggregations: [last]\n  transforms: []\n", "exact").errors,
              Not(HasSubstr("2^53")));
}

TEST_F(FeaturesSilence, tells_of_whole_numbers_that_series_round) {
  (void)write("r.csv", "rid,uid,at,v\n1,1,2020-01-01,9007199254740993\n2,2,2020-01-02,9007199254740995\n");
  ASSERT_EQ(gridmill({"import", at("i.yaml"), "--output", at("s.h5"), "--overwrite"}).code, 0);
  for (const std::string series : {"rolling_max", "rolling_min", "expanding_max", "expanding_min", "cum_max"}) {
    const cli::Outcome outcome = features("  target: r\n  transforms: [" + series + "]\n", "run-" + series);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    std::string name = series;
    for (char& letter : name) letter = static_cast<char>(std::toupper(letter));
    EXPECT_THAT(outcome.errors, AllOf(HasSubstr("of whole numbers beyond 2^53"), HasSubstr(name + "(")));
  }
}

/// Rows of which some differ beyond 2^53 only.
class GreatLabels : public FeaturesSilence {
 protected:
  GreatLabels() {
    (void)write("u.csv", "uid,city\n1,Rome\n2,Oslo\n3,Rome\n4,Oslo\n");
    (void)write("r.csv",
                "rid,uid,at,v,w\n1,1,2020-01-01,5,1\n2,2,2020-01-02,9007199254740992,1\n"
                "3,3,2020-01-03,9007199254740993,1\n4,1,2020-06-01,4,1\n");
    EXPECT_EQ(gridmill({"import", at("i.yaml"), "--output", at("s.h5"), "--overwrite"}).code, 0);
  }

  /// The column of the matrix that the label is; what was said goes to `told`.
  [[nodiscard]] core::Table labels(const std::string& label, std::string& told) const {
    const cli::Outcome outcome = features(
        "  target: u\n  cutoff_time: 2019-12-31\n  aggregations: [count]\n"
        "  transforms: []\n  label: {y: \"" +
            label + "\"}\n",
        "run", {"--overwrite"});
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    told = outcome.errors;
    return io::StoreReader(at("run/features.h5")).read("features", std::vector<std::string>{"y"});
  }
};

TEST_F(GreatLabels, stay_whole_where_they_are_entries_of_integers) {
  constexpr std::int64_t kFirst = 9007199254740992;
  for (const char* function : {"FIRST", "LAST", "MAX", "MIN"}) {
    std::string told;
    const core::Table table = labels(function + std::string("(r.v, Next 30 days)"), told);
    ASSERT_EQ(table.columns.front().type, core::ColumnType::integer) << function;
    EXPECT_EQ(std::get<core::Column::Integers>(table.columns.front().values),
              (core::Column::Integers{5, kFirst, kFirst + 1, 0}))
        << function;
    EXPECT_TRUE(table.columns.front().missing(3)) << function;
    EXPECT_THAT(told, Not(HasSubstr("2^53"))) << function;
  }
}

TEST_F(GreatLabels, are_told_of_where_doubles_round_them) {
  std::string told;
  EXPECT_EQ(labels("SUM(r.v, Next 30 days)", told).columns.front().type, core::ColumnType::real);
  EXPECT_THAT(told, HasSubstr("warning: features.label: 'y' is written as doubles, which are rounded beyond 2^53; 2 of "
                              "4 rows have whole numbers there"));
  (void)labels("MEAN(r.v, Next 30 days)", told);
  EXPECT_THAT(told, Not(HasSubstr("2^53")));
}

TEST_F(GreatLabels, that_differ_beyond_doubles_are_not_known_at_the_cutoff) {
  (void)write("r.csv",
              "rid,uid,at,v,w\n1,1,2020-01-01,9007199254740992,1\n2,1,2020-06-01,9007199254740993,1\n"
              "3,2,2020-01-01,9007199254740992,1\n4,2,2020-06-01,9007199254740993,1\n");
  ASSERT_EQ(gridmill({"import", at("i.yaml"), "--output", at("s.h5"), "--overwrite"}).code, 0);
  const cli::Outcome outcome =
      features("  target: u\n  cutoff_time: 2020-03-01\n  aggregations: [count]\n  label: {y: LAST(r.v)}\n", "late");
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
}

TEST_F(FeaturesSilence, notices_that_the_cutoff_file_has_changed) {
  const std::string options = "  target: u\n  cutoff_time: {file: " + at("c.csv") + "}\n";
  (void)write("c.csv", "uid,time,y\n1,2021-01-01,0\n2,2021-01-01,1\n");
  ASSERT_EQ(features(options).code, 0);
  EXPECT_THAT(features(options).errors, HasSubstr("is finished; nothing is done again"));
  (void)write("c.csv", "uid,time,y\n1,2021-01-01,1\n2,2021-01-01,1\n");
  const cli::Outcome outcome = features(options);
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("the cutoff times in " + at("c.csv") + " have changed since this run"),
                                    HasSubstr("--overwrite")));
  EXPECT_EQ(features(options, "run", {"--overwrite"}).code, 0);
}

TEST_F(FeaturesSilence, counts_instances_that_the_target_does_not_have) {
  const std::string file = write("c.csv", "uid,time\n1,2021-01-01\n7,2021-01-01\n8,2021-01-01\n9,2021-01-01\n");
  const cli::Outcome outcome = features("  target: u\n  cutoff_time: {file: " + file + "}\n");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("c.csv:3: table 'u' has no row '7' (column 'uid'); nor those of 2 more lines"));
}

TEST_F(FeaturesSilence, tags_keys_of_other_tables_in_the_matrix) {
  ASSERT_EQ(features("  target: r\n  cutoff_time: 2021-01-01\n").code, 0);
  const core::Table schema = io::StoreReader(at("run/features.h5")).schema("features");
  ASSERT_NE(schema.find("uid"), nullptr);
  EXPECT_EQ(schema.find("uid")->tags, std::vector<std::string>{"foreign_key"});
  EXPECT_TRUE(schema.find("v")->tags.empty());
}

}  // namespace
}  // namespace gridmill
