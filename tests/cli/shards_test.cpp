// search --shard and merge: what they say, and what they refuse.
#include <csignal>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"

namespace gridmill::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class Shards : public FilesTest {
 protected:
  Shards() {
    std::string rows = "a,b,label\n";
    for (int i = 0; i < 40; ++i) rows += fmt::format("{},{},{}\n", i % 7, (i * 3) % 11, i % 7 + i % 3 > 4);
    std::ignore = write("points.csv", rows);
  }

  [[nodiscard]] std::string config(const std::string& search = "{grid: {C: [1, 2, 3]}, cv: 3}") const {
    return write("c.yaml", "output: " + at("run") +
                               "\ndata: {source: points.csv, target: label}\nmodel: svc\nsearch: " + search + "\n");
  }

  static Outcome gridmill(std::vector<std::string> words) {
    if (words.front() == "search" || words.front() == "merge") words.insert(words.end(), {"--ranks", "1"});
    return run_program(GRIDMILL_PROGRAM, words);
  }

  void do_shards(int n) const {
    for (int i = 1; i <= n; ++i) {
      const Outcome shard = gridmill({"search", config(), "--shard", fmt::format("{}/{}", i, n)});
      ASSERT_EQ(shard.code, 0) << shard.errors;
    }
  }
};

TEST_F(Shards, say_what_is_next_are_told_apart_and_merge) {
  do_shards(2);
  const Outcome again = gridmill({"search", config(), "--shard", "2/2"});
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.errors, AllOf(HasSubstr("run-shard-2-of-2 is finished; nothing is done again"),
                                  HasSubstr("shard 2 of 2 is done; when all 2 are: gridmill merge " + at("run") +
                                            "-shard-*-of-2 -o " + at("run") + "\n")));
  EXPECT_THAT(gridmill({"status", at("run-shard-1-of-2")}).out,
              HasSubstr("run-shard-1-of-2: shard 1 of 2 of a search of svc, finished\n"));
  EXPECT_THAT(gridmill({"runs", at("")}).out, HasSubstr("search svc, shard 2 of 2  finished"));

  const std::vector<std::string> merge{"merge", at("run-shard-2-of-2"), at("run-shard-1-of-2"), "-o", at("run")};
  const Outcome merged = gridmill(merge);
  EXPECT_EQ(merged.code, 0) << merged.errors;
  EXPECT_THAT(merged.errors, HasSubstr("merging 2 shards"));
  EXPECT_TRUE(fs::exists(at("run/best/pipeline.json")));
  const std::string before = read("run/cv_results.csv");
  EXPECT_THAT(gridmill(merge).errors, HasSubstr("run is finished; nothing is done again"));
  EXPECT_EQ(read("run/cv_results.csv"), before);
  EXPECT_EQ(gridmill({"search", config()}).code, 0);  // it is the search of that config
}

TEST_F(Shards, are_refused_by_a_wrong_number_and_by_rounds) {
  for (const char* word : {"0/3", "4/3", "x", "3/", "/3", "-1/3", "1/3/4", "1/100001"}) {
    const Outcome outcome = gridmill({"search", config(), "--shard", word});
    EXPECT_EQ(outcome.code, 2) << word;
    EXPECT_THAT(outcome.errors, HasSubstr(fmt::format("gridmill search: --shard {}: must be N/M", word)));
  }
  const Outcome rounds = gridmill({"search", config("{grid: {C: [1, 2, 3]}, cv: 2, halving: {}}"), "--shard", "1/2"});
  EXPECT_EQ(rounds.code, 2);
  EXPECT_THAT(rounds.errors, HasSubstr("c.yaml:4:48: search.halving: has several rounds"));
}

TEST_F(Shards, keep_out_of_folders_of_others) {
  do_shards(2);
  const auto search = [&](const std::string& run, const std::vector<std::string>& more) {
    std::vector<std::string> words{"search", config(), "-o", at(run)};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = gridmill(words);
    EXPECT_EQ(outcome.code, 2);
    return outcome.errors;
  };
  EXPECT_THAT(search("run-shard-1-of-2", {"--shard", "2/2"}), HasSubstr("holds shard 1 of 2, not shard 2 of 2"));
  EXPECT_THAT(search("run-shard-1-of-2", {}), HasSubstr("holds shard 1 of 2, not a whole search"));
  ASSERT_EQ(gridmill({"search", config()}).code, 0);
  EXPECT_THAT(search("run", {"--shard", "1/2"}), HasSubstr("holds a whole search, not shard 1 of 2"));
}

TEST_F(Shards, merge_only_where_all_are_there_and_of_one_search) {
  do_shards(3);
  const auto merge = [&](const std::vector<std::string>& runs) {
    std::vector<std::string> words{"merge", "-o", at("run")};
    for (const std::string& run : runs) words.push_back(at(run));
    const Outcome outcome = gridmill(words);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_FALSE(fs::exists(at("run")));
    return outcome.errors;
  };
  EXPECT_THAT(merge({"run-shard-2-of-3"}), HasSubstr("gridmill merge: of 3 shards 2 are missing: 1, 3"));
  EXPECT_THAT(merge({"run-shard-1-of-3", "run-shard-3-of-3", "run-shard-1-of-3"}),
              AllOf(HasSubstr("is shard 1 of 3, as "), HasSubstr("of 3 shards 1 is missing: 2")));
  EXPECT_THAT(merge({"none", ""}),
              AllOf(HasSubstr("none: there is no such folder"), HasSubstr("is no run directory of gridmill")));

  const std::string other = config("{grid: {C: [1, 2, 4]}, cv: 3}");
  ASSERT_EQ(gridmill({"search", other, "--shard", "3/3", "-o", at("other")}).code, 0);
  EXPECT_THAT(merge({"run-shard-1-of-3", "run-shard-2-of-3", "other"}),
              AllOf(HasSubstr("other: is of another search than "), HasSubstr("search.grid.C: ")));
  ASSERT_EQ(gridmill({"search", other, "-o", at("whole")}).code, 0);
  EXPECT_THAT(merge({"whole"}), HasSubstr("whole: holds a whole search, not a shard of a search"));
  ASSERT_EQ(gridmill({"search", config(), "--shard", "2/4"}).code, 0);
  EXPECT_THAT(merge({"run-shard-1-of-3", "run-shard-2-of-4"}),
              HasSubstr("is shard 2 of 4, and " + at("run-shard-1-of-3") + " is shard 1 of 3"));

  std::ignore = write("points.csv", read("points.csv") + "1,2,1\n");
  ASSERT_EQ(gridmill({"search", config(), "--shard", "3/3", "--overwrite"}).code, 0);
  EXPECT_THAT(merge({"run-shard-1-of-3", "run-shard-2-of-3", "run-shard-3-of-3"}),
              HasSubstr("run-shard-3-of-3: was done with other data than "));
  for (const char* number : {"1/3", "2/3"}) {
    ASSERT_EQ(gridmill({"search", config(), "--shard", number, "--overwrite"}).code, 0);
  }
  std::ignore = write("points.csv", read("points.csv") + "1,2,1\n");
  EXPECT_THAT(merge({"run-shard-1-of-3", "run-shard-2-of-3", "run-shard-3-of-3"}),
              HasSubstr("the data has changed since this search was begun"));
}

TEST_F(Shards, that_are_not_done_or_lost_results_are_not_done_by_merge) {
  do_shards(2);
  const std::vector<std::string> merge{"merge", at("run-shard-1-of-2"), at("run-shard-2-of-2"), "-o", at("run")};
  fs::resize_file(at("run-shard-2-of-2/journal"), fs::file_size(at("run-shard-2-of-2/journal")) / 2);
  const Outcome lost = gridmill(merge);
  EXPECT_EQ(lost.code, 2);
  EXPECT_THAT(lost.errors, HasSubstr("run-shard-2-of-2: shard 2 of 2 is said to be done, and its journal lacks "));

  ASSERT_EQ(gridmill({"search", config(), "--shard", "2/2"}).code, 0);
  EXPECT_EQ(gridmill(merge).code, 0);

  // As a kill leaves it.
  std::ignore = write("run-shard-2-of-2/shard.json", "{\"format_version\": 1, \"shard\": 2, \"shards\": 2}\n");
  fs::remove_all(at("run"));
  const Outcome unfinished = gridmill(merge);
  EXPECT_EQ(unfinished.code, 1);
  EXPECT_THAT(unfinished.errors,
              AllOf(HasSubstr("run-shard-2-of-2: shard 2 of 2 is not done"), HasSubstr("to go on: gridmill search ")));
  EXPECT_FALSE(fs::exists(at("run")));

  ASSERT_EQ(gridmill({"search", config(), "--shard", "2/2"}).code, 0);
  EXPECT_EQ(gridmill(merge).code, 0);
}

}  // namespace
}  // namespace gridmill::cli
