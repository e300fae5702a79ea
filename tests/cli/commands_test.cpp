// Runs the program as a user does and compares what it says and its exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"
#include "program.hpp"

namespace gridmill::cli {
namespace {

using testing::HasSubstr;

const std::string kDigits = GRIDMILL_SOURCE_DIR "/configs/digits-svm.yaml";

using Files = FilesTest;

TEST(gridmill, without_arguments_says_what_it_can_do_and_fails) {
  const Outcome outcome = gridmill({});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  for (const char* command : {"import", "info", "search", "predict", "validate", "describe", "version"}) {
    EXPECT_THAT(outcome.errors, HasSubstr(command));
  }
}

TEST(gridmill, help_of_every_command_has_an_example_and_the_exit_codes) {
  for (const std::string command : {"import", "info", "search", "predict", "validate", "describe", "version"}) {
    const Outcome outcome = gridmill({command, "--help"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.out, HasSubstr("Examples:\n  gridmill " + command));
    EXPECT_THAT(outcome.out, HasSubstr("Exit codes: 0 done"));
  }
}

TEST(gridmill, hints_at_the_nearest_command_and_flag) {
  const Outcome command = gridmill({"serach", "a.yaml"});
  EXPECT_EQ(command.code, 2);
  EXPECT_THAT(command.errors, HasSubstr("error: unknown command 'serach'\n  did you mean 'search'? known: "));
  const Outcome flag = gridmill({"search", "a.yaml", "--rank=3"});
  EXPECT_EQ(flag.code, 2);
  EXPECT_THAT(flag.errors, HasSubstr("error: gridmill search: unknown flag '--rank'\n  did you mean '--ranks'?"));
}

TEST(gridmill, refuses_missing_superfluous_and_wrong_arguments) {
  EXPECT_THAT(gridmill({"search"}).errors, HasSubstr("gridmill search: CONFIG is required"));
  EXPECT_THAT(gridmill({"info", "a.h5", "b.h5"}).errors, HasSubstr("unexpected argument 'b.h5'"));
  EXPECT_THAT(gridmill({"search", "a.yaml", "--ranks", "0"}).errors, HasSubstr("--ranks"));
  EXPECT_EQ(gridmill({"search", "a.yaml", "--ranks", "many"}).code, 2);
}

TEST(gridmill, version_is_one_line) {
  const Outcome outcome = gridmill({"version"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, testing::MatchesRegex("gridmill [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  EXPECT_EQ(gridmill({"--version"}).out, outcome.out);
}

TEST(describe, explains_a_topic_and_hints_at_the_nearest) {
  EXPECT_THAT(gridmill({"describe", "search.cv"}).out, HasSubstr("default: 5"));
  EXPECT_THAT(gridmill({"describe"}).out, HasSubstr("Topics:"));
  const Outcome outcome = gridmill({"describe", "svcc"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("error: unknown topic 'svcc'\n  did you mean 'svc'?"));
}

TEST(validate, accepts_the_config_that_comes_with_gridmill) {
  const Outcome outcome = gridmill({"validate", kDigits});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_EQ(outcome.errors, kDigits + ": ok\n");
}

TEST_F(Files, all_problems_of_all_files_come_at_once) {
  const std::string one =
      write("one.yaml", "data: {source: a.csv, target: y}\nmodel: svc\nsearch: {grid: {C: [0], gama: [1]}}\n");
  const std::string two = write("two.yaml", "model: [\n");
  const Outcome outcome = gridmill({"validate", one, kDigits, two});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("error: " + one + ":3:21: search.grid.C: must be number > 0, not 0\n"));
  EXPECT_THAT(
      outcome.errors,
      HasSubstr("error: " + one + ":3:25: search.grid.gama: svc has no such hyperparameter\n  did you mean 'gamma'?"));
  EXPECT_THAT(outcome.errors, HasSubstr("error: " + two + ":2:1: this is not YAML: "));
  EXPECT_THAT(outcome.errors, HasSubstr("3 problems\n"));
}

TEST_F(Files, a_search_with_a_wrong_config_fails_before_ranks_are_started) {
  const std::string file = write("a.yaml", "model: svc\n");
  const Outcome outcome = gridmill({"search", file, "--ranks", "2"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.errors,
            "error: " + file + ": section 'data' is missing: which rows and columns the model learns from\n");
  EXPECT_EQ(gridmill({"search", "missing.yaml"}).errors,
            "error: missing.yaml: cannot be read: No such file or directory\n");
}

TEST_F(Files, a_failure_of_the_job_is_said_once_by_all_ranks) {
  const std::string data = write("m.csv", "a,f,y\n1,0,x\n3,0,x\n5,1,x\n2,1,z\n");
  const std::string file = write("a.yaml", "output: " + at("run") + "\ndata: {source: " + data +
                                               ", target: y, fold: f}\nmodel: svc\nsearch: {grid: {C: [1]}, cv: "
                                               "predefined, error_score: raise}\n");
  const Outcome outcome = gridmill({"search", file, "--ranks", "2", "--quiet"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors, testing::StartsWith("error: fold 1 of candidate 0 (C=1): "));
  EXPECT_THAT(outcome.errors, testing::Not(HasSubstr("\nerror")));
}

TEST_F(Files, a_finished_search_ends_with_the_next_command) {
  const std::string data = write("m.csv", "a,b,y\n1,2,x\n3,1,z\n5,1,x\n2,2,z\n4,1,x\n6,3,z\n");
  const std::string begin = "output: " + at("run") + "\ndata: {source: " + data + ", target: y}\nmodel: svc\n";
  const std::string next = "predict new rows with: gridmill predict " + at("run") + " new.csv\n";
  const std::string file = write("a.yaml", begin + "search: {grid: {C: [1]}, cv: 2}\n");
  EXPECT_THAT(gridmill({"search", file, "--ranks", "1"}).errors, testing::EndsWith(next));
  EXPECT_EQ(gridmill({"predict", at("run"), data}).code, 0);
  const std::string none = write("b.yaml", begin + "search: {grid: {C: [1]}, cv: 2, refit: false}\n");
  EXPECT_THAT(gridmill({"search", none, "--ranks", "1", "--overwrite"}).errors, testing::Not(HasSubstr(next)));
}

TEST_F(Files, a_finished_search_is_told_again_when_its_data_is_gone) {
  const std::string data = write("m.csv", "a,b,y\n1,2,x\n3,1,z\n5,1,x\n2,2,z\n4,1,x\n6,3,z\n");
  const std::string file = write("a.yaml", "output: " + at("run") + "\ndata: {source: " + data +
                                               ", target: y}\nmodel: svc\nsearch: {grid: {C: [1]}, cv: 2}\n");
  const Outcome first = gridmill({"search", file, "--ranks", "1"});
  ASSERT_EQ(first.code, 0) << first.errors;
  std::filesystem::remove(data);
  for (const char* ranks : {"1", "2"}) {
    const Outcome again = gridmill({"search", file, "--ranks", ranks});
    EXPECT_EQ(again.code, 0) << again.errors;
    EXPECT_EQ(again.out, first.out);
    EXPECT_THAT(again.errors, HasSubstr("warning: " + data + " is gone: what was found in it stands"));
  }
  // What is not finished needs it.
  std::filesystem::remove(at("run/summary.json"));
  EXPECT_THAT(gridmill({"search", file, "--ranks", "1"}).errors, HasSubstr("error: " + data + ": no such file\n"));
}

TEST_F(Files, of_another_kind_are_named) {
  const auto refusal = [](const std::string& file) { return gridmill({"info", file}).errors; };
  const std::string config = write("c.yaml", "output: run\ndata:\n  source: a.csv\n");
  EXPECT_EQ(refusal(config), "error: " + config +
                                 ": looks like YAML (a config?), not like data\n"
                                 "  check a config with: gridmill validate\n");
  const std::string text = "% from a friend\n\n@RELATION iris\n@ATTRIBUTE a REAL\n@DATA\n1\n";
  const std::string arff = write("a.arff", text);
  EXPECT_EQ(refusal(arff), "error: " + arff + ": is ARFF, which is not read\n  save it as CSV\n");
  EXPECT_EQ(gridmill({"info", write("a.csv", "%a,b\n1,2\n")}).code, 0);
}

}  // namespace
}  // namespace gridmill::cli
