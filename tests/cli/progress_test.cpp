#include "cli/progress.hpp"

#include <cmath>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/report_text.hpp"

namespace gridmill::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A console in memory, with a clock that the test moves.
struct Desk {
  std::ostringstream out, errors;
  double now_s = 0;
  Console console;

  explicit Desk(bool terminal)
      : console{.out = out,
                .errors = errors,
                .errors_is_terminal = terminal,
                .width = [] { return std::size_t{60}; },
                .now_s = [this] { return now_s; }} {}
};

jobs::Progress progress(std::size_t done) {
  return {.done = done,
          .total = 54,
          .per_second = 12.5,
          .seconds_left = 200.0,
          .best = jobs::Leader{"accuracy", 0.98765, {{"C", 1}, {"kernel", "rbf"}}}};
}

jobs::Leaderboard board() {
  return {.metrics = {"accuracy"},
          .chosen_by = "accuracy",
          .rows = {{1, 4, {0.99}, {0.001}, {{"C", 10}}}, {2, 0, {0.5}, {0.25}, {{"C", 1}}}},
          .n_candidates = 18,
          .chosen = 4};
}

TEST(progress_text, says_what_is_known_and_nothing_else) {
  EXPECT_EQ(progress_text(progress(27)), "27/54 fits, 12.5/s, 3 min 20 s left, best accuracy 0.9877 (C=1, kernel=rbf)");
  EXPECT_EQ(progress_text({.done = 0, .total = 9}), "0/9 fits");
  EXPECT_EQ(progress_text({.done = 3, .total = 9, .failed = 2}), "3/9 fits (2 failed)");
}

TEST(progress_text, writes_drawn_values_short) {
  const jobs::Leader leader{"r2", 0.5, {{"C", 0.022310905607443036}, {"gamma", 0.0001}, {"nu", 123456.0}}};
  EXPECT_THAT(progress_text({.done = 1, .total = 9, .best = leader}),
              testing::EndsWith("(C=0.022311, gamma=0.0001, nu=123456.0)"));
}

TEST(leaderboard_text, ends_with_the_baseline_which_has_no_rank) {
  jobs::Leaderboard with = board();
  with.baselines = {jobs::BaselineRow{.rule = "always the mean", .means = {0.25}, .stds = {0.5}, .held_out = {}}};
  EXPECT_THAT(leaderboard_text(with),
              testing::EndsWith("      -        0.2500 +- 0.5000  baseline: always the mean\n"));
}

TEST(progress_text, writes_great_rates_with_thousands) {
  const auto rate = [](double per_second) {
    return progress_text({.done = 0, .total = 9, .per_second = per_second}).substr(std::string("0/9 fits, ").size());
  };
  EXPECT_EQ(rate(0.0123), "0.0123/s");
  EXPECT_EQ(rate(999.4), "999/s");
  EXPECT_EQ(rate(999.7), "1,000/s");
  EXPECT_EQ(rate(1328.7), "1,330/s");
  EXPECT_EQ(rate(1234567), "1,230,000/s");
}

TEST(bar_text, goes_into_the_width_it_is_given) {
  EXPECT_EQ(bar_text({.done = 5, .total = 10}, 41), "[#####.....] 5/10 fits");
  for (std::size_t width = 0; width < 130; ++width) EXPECT_LE(bar_text(progress(27), width).size(), width);
  EXPECT_EQ(bar_text({.done = 0, .total = 0}, 41), "[##########] 0/0 fits");
}

TEST(duration_text, has_two_units_at_most) {
  EXPECT_EQ(duration_text(7.6), "8 s");
  EXPECT_EQ(duration_text(200), "3 min 20 s");
  EXPECT_EQ(duration_text(5 * 3600 + 12 * 60), "5 h 12 min");
  EXPECT_EQ(duration_text(183600), "2 d 3 h");
}

TEST(pipe, gets_a_line_every_five_seconds_and_the_last_one) {
  Desk desk(false);
  const auto observer = make_observer(Voice::terminal_or_pipe, desk.console);
  for (std::size_t done = 1; done <= 54; ++done) {
    desk.now_s = 0.2 * static_cast<double>(done);
    observer->progress(progress(done));
  }
  const std::string text = desk.errors.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4) << text;  // at 0.2, 5.2, 10.2 s and the last
  EXPECT_THAT(text, HasSubstr("54/54 fits"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
}

TEST(pipe, says_once_that_a_stage_is_done) {
  for (const bool terminal : {false, true}) {
    Desk desk(terminal);
    const auto observer = make_observer(Voice::terminal_or_pipe, desk.console);
    for (const std::size_t done : {1U, 54U, 54U}) observer->progress(progress(done));
    observer->stage("fitting again");
    for (const std::size_t done : {54U, 54U}) observer->progress(progress(done));
    const std::string text = desk.errors.str();
    const std::size_t again = text.find("fitting again");
    EXPECT_EQ(text.find("54/54"), text.substr(0, again).rfind("54/54")) << text;
    EXPECT_EQ(text.find("54/54", again), text.rfind("54/54")) << text;
  }
}

TEST(terminal, draws_one_line_again_and_clears_it_for_a_warning) {
  Desk desk(true);
  {
    const auto observer = make_observer(Voice::terminal_or_pipe, desk.console);
    observer->progress(progress(1));
    observer->progress(progress(2));  // too soon to be drawn
    observer->warning("mind the gap");
  }
  const std::string text = desk.errors.str();
  EXPECT_THAT(text, HasSubstr("1/54 fits"));
  EXPECT_THAT(text, Not(HasSubstr("2/54 fits")));
  EXPECT_TRUE(text.ends_with("\r\x1b[Kwarning: mind the gap\n")) << text;
}

TEST(quiet, says_the_results_and_warnings_only) {
  Desk desk(true);
  const auto observer = make_observer(Voice::quiet, desk.console);
  observer->stage("searching");
  observer->progress(progress(1));
  observer->note("by the way");
  observer->plan({{"candidates", 18}});
  observer->leaderboard(board());
  observer->block({"On 30 rows", "all right\n"});
  observer->files({{"run/results.h5", "the results"}});
  observer->warning("mind the gap");
  EXPECT_EQ(desk.errors.str(), "warning: mind the gap\n");
  EXPECT_EQ(desk.out.str(), leaderboard_text(board()) + "\nOn 30 rows\nall right\n");
}

TEST(json, is_one_object_a_line) {
  Desk desk(false);
  const auto observer = make_observer(Voice::json, desk.console);
  observer->plan({{"candidates", 18}});
  jobs::Progress going = progress(3);
  going.best->score = NAN;
  observer->progress(going);
  observer->leaderboard(board());
  observer->warning("not UTF-8: \xff");
  EXPECT_EQ(desk.errors.str(), "");
  std::istringstream lines(desk.out.str());
  std::vector<nlohmann::json> events;
  for (std::string line; std::getline(lines, line);) events.push_back(nlohmann::json::parse(line));
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[0]["facts"]["candidates"], 18);
  EXPECT_EQ(events[1]["done"], 3);
  EXPECT_TRUE(events[1]["best"]["score"].is_null());
  EXPECT_EQ(events[2]["rows"][0]["params"]["C"], 10);
  EXPECT_EQ(events[3]["event"], "warning");
}

TEST(leaderboard_text, aligns_the_best_candidates) {
  EXPECT_EQ(leaderboard_text(board()),
            "The best 2 of 18 candidates by accuracy (* fitted again on all training rows):\n"
            "   rank  accuracy (mean +- std)  parameters\n"
            "*     1        0.9900 +- 0.0010  C=10\n"
            "      2        0.5000 +- 0.2500  C=1\n");
}

}  // namespace
}  // namespace gridmill::cli
