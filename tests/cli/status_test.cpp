// What can be told of a run by looking at its folder, and how it is said.
#include <chrono>
#include <filesystem>
#include <regex>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>

#include "child.hpp"
#include "files_test.hpp"

namespace gridmill::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

double now_s() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

class StatusTest : public FilesTest {
 protected:
  /// A run that was killed a minute after it began.
  void make_run(const std::string& name, const std::string& more = "") const {
    fs::create_directories(at(name));
    const double begin = now_s() - 100;
    std::ignore = write(
        name + "/config.resolved.yaml",
        "# The whole config of this run, defaults written out. 'gridmill search' reads it back.\noutput: x\ndata: "
        "{source: x.csv, target: y}\nmodel: svc\n");
    std::ignore =
        write(name + "/events.jsonl",
              fmt::format(R"({{"event":"begins","job":"search","launch":1,"ranks":2,"hosts":{{"node1":2}},)"
                          R"("command":"gridmill search c.yaml --ranks 2","folder":"/work of mine","at":{}}})"
                          "\n"
                          R"({{"event":"stage","what":"searching","at":{}}})"
                          "\n"
                          R"({{"event":"progress","unit":"fits","done":30,"total":120,"failed":2,"per_second":1.5,)"
                          R"("seconds_left":60.0,"best":{{"metric":"accuracy","score":0.875,"params":{{}}}},"at":{}}})"
                          "\n",
                          begin, begin + 1, begin + 60) +
                  more);
  }

  [[nodiscard]] Outcome status(const std::string& run) const {
    return run_program(GRIDMILL_PROGRAM, {"status", at(run)});
  }
};

TEST_F(StatusTest, tells_how_far_a_killed_run_is_and_which_command_goes_on) {
  make_run("run", "{\"event\":\"task\",\"un");  // half a line
  const Outcome outcome = status("run");
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  const std::string out = std::regex_replace(outcome.out, std::regex("4[0-9] s ago"), "40 s ago");
  EXPECT_EQ(out, at("run") +
                     ": search of svc, unfinished, and nobody works on it\n"
                     "  done      30 of 120 fits (25 %), 2 failed\n"
                     "  best      accuracy 0.8750\n"
                     "  ranks     2 (node1: 2)\n"
                     "  launches  1, 1 min 0 s of work\n"
                     "  last      30/120 fits (40 s ago)\n"
                     "  to go on  gridmill search c.yaml --ranks 2 (in /work of mine)\n");
}

TEST_F(StatusTest, tells_apart_how_a_run_ended) {
  make_run("stopped", "{\"event\":\"ends\",\"code\":75,\"at\":1.0}\n");
  EXPECT_THAT(status("stopped").out, HasSubstr("stopped on request with work left; nobody works on it"));
  make_run("failed",
           "{\"event\":\"ends\",\"code\":null,\"error\":\"cannot write journal: No space left\",\"at\":1.0}\n");
  EXPECT_THAT(status("failed").out,
              HasSubstr("ended with an error; nobody works on it\n  error     cannot write journal"));
  make_run("elsewhere");
  std::ignore = write("elsewhere/lock", "00000000 4711 4710\n");
  EXPECT_THAT(status("elsewhere").out, HasSubstr("working on another machine, as it seems: last heard of 4"));
}

TEST_F(StatusTest, tells_of_a_run_while_it_works_and_when_it_is_finished) {
  std::string rows = "a,b,c,y\n";  // noise: whoever wants to tell the classes apart takes long over it
  unsigned state = 7;
  const auto draw = [&] {
    state = state * 1664525U + 1013904223U;
    return static_cast<double>(state >> 8U) / (1U << 24U);
  };
  for (int i = 0; i < 1500; ++i) rows += fmt::format("{},{},{},{}\n", draw(), draw(), draw(), draw() < 0.5 ? 1 : 0);
  const std::string data = write("noise.csv", rows);
  const auto config = [&](const std::string& c) {
    return write("search.yaml", "output: " + at("run") + "\ndata: {source: " + data +
                                    ", target: y}\nmodel: svc\nsearch: {grid: {C: [" + c +
                                    "], gamma: [3]}, cv: 2, refit: false}\n");
  };
  Child child(GRIDMILL_PROGRAM, {"search", config("1000000000"), "--ranks", "1", "--json"});
  ASSERT_TRUE(child.wait_for_output("\"what\":\"searching\""));
  const Outcome working = status("run");
  EXPECT_THAT(working.out, HasSubstr(": search of svc, working\n")) << working.errors;
  EXPECT_THAT(working.out, Not(HasSubstr("to go on")));
  child.send(SIGTERM);
  EXPECT_EQ(child.finish().code, 75);

  const Outcome done = run_program(GRIDMILL_PROGRAM, {"search", config("1"), "--ranks", "1", "--quiet", "--overwrite"});
  ASSERT_EQ(done.code, 0) << done.errors;
  const auto json = nlohmann::json::parse(run_program(GRIDMILL_PROGRAM, {"status", at("run"), "--json"}).out);
  EXPECT_EQ(json["state"], "finished");
  EXPECT_EQ(json["done"], 2);
  EXPECT_EQ(json["total"], 2);
  EXPECT_EQ(json["launches"], 1);
  EXPECT_EQ(json["ranks"], 1);
  EXPECT_EQ(json["metric"], "accuracy");
  EXPECT_THAT(json["command"].get<std::string>(), Not(HasSubstr("--overwrite")));
  // A finished run that is told again is not touched.
  const auto written = fs::last_write_time(at("run/journal"));
  const std::string epoch = read("run/epoch");
  const std::string events = read("run/events.jsonl");
  EXPECT_EQ(run_program(GRIDMILL_PROGRAM, {"search", config("1"), "--ranks", "1", "--quiet"}).code, 0);
  EXPECT_EQ(fs::last_write_time(at("run/journal")), written);
  EXPECT_EQ(read("run/epoch"), epoch);
  EXPECT_EQ(read("run/events.jsonl"), events);

  // A score that somebody has changed is not told.
  std::string summary = read("run/summary.json");
  const std::size_t digit = summary.find("\"best_score\": 0.") + 16;
  summary[digit] = summary[digit] == '9' ? '8' : '9';
  (void)write("run/summary.json", summary);
  const auto changed = nlohmann::json::parse(run_program(GRIDMILL_PROGRAM, {"status", at("run"), "--json"}).out);
  EXPECT_EQ(changed["state"], "failed");
  EXPECT_THAT(changed["error"].get<std::string>(), HasSubstr("has changed since"));
}

TEST_F(StatusTest, names_the_models_that_candidates_name) {
  make_run("run");
  std::ignore = write("run/config.resolved.yaml",
                      "# The whole config of this run, defaults written out. 'gridmill search' reads it back.\n"
                      "output: x\ndata: {source: x.csv, target: y}\n"
                      "search: {grid: [{model: [svc], C: [1]}, {model: [xgb_classifier], max_depth: [2]}]}\n");
  EXPECT_THAT(status("run").out, HasSubstr(": search of svc, xgb_classifier, unfinished"));
}

TEST_F(StatusTest, says_what_is_no_run) {
  for (const auto& [name, what] :
       {std::pair{"none", "there is no such folder"}, std::pair{"", "is no run directory of gridmill"},
        std::pair{"file", "is a file, not a run directory"}}) {
    std::ignore = write("file", "x\n");
    const Outcome outcome = status(name);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.errors, HasSubstr(fmt::format(": {}\n  name the 'output' of a config", what)));
  }
}

TEST_F(StatusTest, lists_the_runs_of_a_folder_one_line_each) {
  make_run("runs/b");
  make_run("runs/a/deep", "{\"event\":\"ends\",\"code\":130,\"at\":1.0}\n");
  const Outcome outcome = run_program(GRIDMILL_PROGRAM, {"runs", at("runs")});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.out, HasSubstr("runs/a/deep  search svc  stopped     30/120 fits (2 failed)"));
  EXPECT_THAT(outcome.out, HasSubstr("runs/b       search svc  unfinished  30/120 fits (2 failed)  1 min 0 s"));
  EXPECT_THAT(outcome.out, HasSubstr("accuracy 0.8750\n"));
  fs::create_directories(at("empty"));
  EXPECT_THAT(run_program(GRIDMILL_PROGRAM, {"runs", at("empty")}).errors, HasSubstr("no runs of gridmill in it"));
  EXPECT_EQ(run_program(GRIDMILL_PROGRAM, {"runs", at("none")}).code, 2);
}

}  // namespace
}  // namespace gridmill::cli
