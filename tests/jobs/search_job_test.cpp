#include "jobs/search_job.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/run_file.hpp"
#include "io/files/atomic_file.hpp"
#include "io/hdf5/array_file.hpp"

namespace gridmill::jobs {
namespace {

namespace fs = std::filesystem;
using core::ExitCode;

std::string contents(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

/// Keeps what it is told.
class Listener final : public Observer {
 public:
  void stage(std::string_view) override {}
  void plan(const std::vector<Fact>&) override {}
  void progress(const Progress&) override {}
  void task(const TaskDone&) override {}
  void warning(std::string_view sentence) override { warnings += std::string(sentence) + '\n'; }
  void note(std::string_view sentence) override { notes += std::string(sentence) + '\n'; }
  void leaderboard(const Leaderboard& told) override { board = told; }
  void block(const TextBlock&) override {}
  void files(const std::vector<WrittenFile>&) override {}

  std::string warnings;
  std::string notes;
  Leaderboard board;
};

class SearchJobTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    std::string text = "a,b,fold,label\n";
    for (int i = 0; i < 40; ++i) text += fmt::format("{},{},{},{}\n", i % 7, (i * 3) % 11, i % 2, i % 7 + i % 3 > 4);
    io::write_file(folder_ / "points.csv", text);
    // Each half is of one class, so that a classifier fits no fold but all rows.
    text = "a,fold,label\n";
    for (int i = 0; i < 20; ++i) text += fmt::format("{},{},{}\n", i, i / 10, i / 10);
    io::write_file(folder_ / "halves.csv", text);
  }
  void TearDown() override { fs::remove_all(folder_); }

  ExitCode run(const std::string& search, const std::string& data = "source: points.csv, target: label, ignore: [fold]",
               IfOther if_other = IfOther::refuse) {
    const std::string text =
        fmt::format("output: {}\ndata: {{{}}}\nmodel: svc\nsearch: {}\n", output().string(), data, search);
    config::SearchJob job = config::RunFile(text, folder_ / "search.yaml").search_job();
    listener_ = Listener();
    mpi::Session session;
    return run_search(job, {.if_other = if_other}, session, listener_);
  }

  [[nodiscard]] fs::path output() const { return folder_ / "run"; }
  [[nodiscard]] const Listener& heard() const { return listener_; }

 private:
  fs::path folder_ = fs::path(testing::TempDir()) / "search_job_test";
  Listener listener_;
};

TEST_F(SearchJobTest, keeps_finished_results_when_overwrite_meets_bad_data) {
  ASSERT_EQ(run("{grid: {C: [1, 2]}, cv: 3}"), ExitCode::done);
  const std::string before = contents(output() / "cv_results.csv");
  EXPECT_THROW(run("{grid: {C: [1, 2]}, cv: 3}", "source: missing.csv, target: label", IfOther::overwrite),
               core::UserError);
  EXPECT_EQ(contents(output() / "cv_results.csv"), before);
  EXPECT_TRUE(fs::exists(output() / "summary.json"));
}

TEST_F(SearchJobTest, overwrites_another_search_when_told_to) {
  ASSERT_EQ(run("{grid: {C: [1, 2]}, cv: 3}"), ExitCode::done);
  EXPECT_THROW(run("{grid: {C: [1, 2, 3]}, cv: 3}"), core::UserError);
  ASSERT_EQ(
      run("{grid: {C: [1, 2, 3]}, cv: 3}", "source: points.csv, target: label, ignore: [fold]", IfOther::overwrite),
      ExitCode::done);
  EXPECT_EQ(heard().board.n_candidates, 3U);
}

TEST_F(SearchJobTest, refuses_a_folder_in_which_another_search_works) {
  ASSERT_EQ(run("{grid: {C: [1]}, cv: 3}"), ExitCode::done);
  const config::SearchJob job = read_resolved_config(output());
  SilentObserver silent;
  const RunDirectory working(job, IfOther::refuse, silent);
  try {
    const RunDirectory second(job, IfOther::overwrite, silent);
    FAIL() << "did not throw";
  } catch (const core::UserError& error) {
    EXPECT_NE(std::string(error.what()).find("another gridmill is working in this folder"), std::string::npos);
  }
}

TEST_F(SearchJobTest, names_no_best_candidate_when_every_fit_fails) {
  EXPECT_EQ(run("{grid: {C: [1, 2]}, cv: {kind: predefined}, error_score: 0}",
                "source: halves.csv, target: label, fold: fold"),
            ExitCode::incomplete);
  EXPECT_NE(heard().warnings.find("all 4 fits failed"), std::string::npos) << heard().warnings;
  EXPECT_FALSE(fs::exists(output() / "best"));
  EXPECT_TRUE(fs::exists(output() / "cv_results.csv"));
  EXPECT_FALSE(heard().board.chosen.has_value());
  const io::ArrayFile results = io::read_array_file(output() / "results.h5");
  EXPECT_EQ(std::get<std::vector<std::uint8_t>>(results.find("fits/converged")->values),
            std::vector<std::uint8_t>(4, 0));
  for (const char* path : {"fits/gap", "fits/objective"}) {
    for (const double value : std::get<std::vector<double>>(results.find(path)->values)) EXPECT_TRUE(std::isnan(value));
  }
}

TEST_F(SearchJobTest, says_what_the_least_memory_limit_is_and_keeps_to_it) {
  const std::string search = "{grid: {C: [1]}, cv: 3}";
  const auto warnings = [&](const std::string& limit, bool dry_run, std::size_t n_ranks) {
    const std::string text = fmt::format(
        "output: {}\nmemory_limit: {}\ndata: {{source: points.csv, target: label, "
        "ignore: [fold]}}\nmodel: svc\nsearch: {}\n",
        output().string(), limit, search);
    const config::SearchJob job = config::RunFile(text, output().parent_path() / "search.yaml").search_job();
    Listener listener;
    mpi::Session session;
    EXPECT_EQ(
        run_search(job, {.if_other = IfOther::overwrite, .dry_run = dry_run, .n_ranks = n_ranks}, session, listener),
        ExitCode::done);
    return listener.warnings;
  };
  std::vector<std::size_t> least;
  for (const std::size_t n_ranks : {1U, 4U}) {
    const std::string said = warnings("1KiB", true, n_ranks);
    EXPECT_NE(said.find("memory_limit: 1KiB is less than this search needs, which will take "), std::string::npos)
        << said;
    EXPECT_NE(said.find(fmt::format("with {} rank", n_ranks)), std::string::npos) << said;
    const std::string quoted = "'memory_limit: ";
    const std::size_t begin = said.find(quoted) + quoted.size();
    const std::string works = said.substr(begin, said.find('\'', begin) - begin);
    EXPECT_EQ(warnings(works, true, n_ranks), "");
    least.push_back(config::parse_memory_limit(works)->bytes);
    EXPECT_NE(warnings(fmt::format("{}B", least.back() - 1), true, n_ranks), "");
  }
  EXPECT_GT(least[1], 3 * least[0]);
  EXPECT_NE(warnings("1KiB", false, 1).find("is less than this search needs"), std::string::npos);
}

TEST_F(SearchJobTest, meets_a_failed_fit_again_when_it_is_repeated) {
  for (int attempt = 0; attempt < 5; ++attempt) {
    try {
      run("{grid: {C: [1, 2]}, cv: {kind: predefined}, error_score: raise}",
          "source: halves.csv, target: label, fold: fold");
      FAIL() << "did not throw";
    } catch (const core::RunError& error) {
      EXPECT_NE(std::string(error.what()).find("needs at least two classes"), std::string::npos)
          << attempt << ": " << error.what();
    }
  }
}

TEST_F(SearchJobTest, shows_the_candidate_it_fits_again_though_it_is_not_among_the_first) {
  std::string values;
  for (int i = 0; i < 30; ++i) values += fmt::format("{}{}", i == 0 ? "" : ", ", 0.05 * (i + 1));
  ASSERT_EQ(run(fmt::format("{{grid: {{C: [{}], kernel: [linear]}}, cv: 3, one_standard_error: accuracy}}", values)),
            ExitCode::done);
  ASSERT_TRUE(heard().board.chosen.has_value());
  bool shown = false;
  for (const LeaderboardRow& row : heard().board.rows) shown = shown || row.candidate == *heard().board.chosen;
  EXPECT_TRUE(shown);
}

TEST_F(SearchJobTest, compares_with_the_baseline_which_cv_results_do_not_have) {
  const std::string data = "source: points.csv, target: label, ignore: [fold], holdout: 0.25";
  ASSERT_EQ(run("{grid: {C: [1, 5]}, cv: 3, scoring: [accuracy, roc_auc], refit: accuracy}", data), ExitCode::done);
  ASSERT_EQ(heard().board.baselines.size(), 1U);
  const BaselineRow& baseline = heard().board.baselines.front();
  EXPECT_EQ(baseline.rule, "always the most frequent class");
  EXPECT_EQ(baseline.means.at(1), 0.5);  // it ranks nothing
  EXPECT_GT(baseline.means.at(0), 0.5);
  ASSERT_TRUE(baseline.held_out.is_mapping());
  EXPECT_EQ(contents(output() / "cv_results.csv").find("aseline"), std::string::npos);
  EXPECT_NE(contents(output() / "summary.json").find("\"baseline\": {"), std::string::npos);
  EXPECT_EQ(heard().board.n_candidates, 2U);
  EXPECT_EQ(heard().warnings.find("is not clearly better"), std::string::npos) << heard().warnings;
}

TEST_F(SearchJobTest, warns_of_a_best_candidate_that_is_no_better_than_the_baseline) {
  ASSERT_EQ(run("{grid: {C: [0.0001], gamma: [0.0001]}, cv: 3}"), ExitCode::done);
  EXPECT_NE(heard().warnings.find("the best candidate's accuracy, "), std::string::npos) << heard().warnings;
  EXPECT_NE(heard().warnings.find("that of the baseline (always the most frequent class), "), std::string::npos);
}

TEST_F(SearchJobTest, out_of_fold_predictions_name_rows_of_the_file) {
  ASSERT_EQ(run("{grid: {C: [1]}, cv: 3}", "source: points.csv, target: label, ignore: [fold], holdout: 0.25"),
            ExitCode::done);
  const io::ArrayFile results = io::read_array_file(output() / "results.h5");
  std::vector<bool> seen(40, false);
  for (const char* path : {"out_of_fold/row", "held_out/row"}) {
    for (const std::int64_t row : std::get<std::vector<std::int64_t>>(results.find(path)->values)) {
      EXPECT_FALSE(seen.at(static_cast<std::size_t>(row)));
      seen[static_cast<std::size_t>(row)] = true;
    }
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), 40);
}

TEST_F(SearchJobTest, learns_from_labelled_rows_that_the_filter_takes_in_their_order) {
  std::string text = "a,b,time,kind,label\n";
  for (int i = 0; i < 60; ++i) {
    text += fmt::format("{},{},{},{},{}\n", i % 7, (i * 3) % 11, (i * 7) % 60, i % 3 == 0 ? "old" : "new",
                        i % 5 == 4   ? ""
                        : i % 2 == 0 ? "yes"
                                     : "no");
  }
  io::write_file(output().parent_path() / "rows.csv", text);
  ASSERT_EQ(run("{grid: {C: [1]}, cv: {kind: time_series, folds: 3}}",
                "source: rows.csv, target: label, time: time, filter: [[kind, isin, [new, never]], [a, \">\", 0]], "
                "ignore: [kind], holdout: {last: 0.25}"),
            ExitCode::done);
  EXPECT_NE(heard().notes.find("data.filter takes 34 of 60 rows"), std::string::npos) << heard().notes;
  EXPECT_NE(heard().notes.find("6 of 34 rows have no label ('label') and are not learnt from"), std::string::npos)
      << heard().notes;
  EXPECT_NE(heard().warnings.find("data.filter: no row has the kind 'never'"), std::string::npos) << heard().warnings;
  const io::ArrayFile results = io::read_array_file(output() / "results.h5");
  const auto& held_out = std::get<std::vector<std::int64_t>>(results.find("held_out/row")->values);
  EXPECT_EQ(held_out.size(), 7U);
  const auto& tested = std::get<std::vector<std::int64_t>>(results.find("out_of_fold/row")->values);
  const auto time = [](std::int64_t row) { return (row * 7) % 60; };
  for (std::size_t i = 0; i < held_out.size(); ++i) {
    EXPECT_TRUE(held_out[i] % 3 != 0 && held_out[i] % 7 > 0 && held_out[i] % 5 != 4) << held_out[i];
    EXPECT_TRUE(i == 0 || time(held_out[i]) > time(held_out[i - 1]));
    for (const std::int64_t row : tested) EXPECT_LT(time(row), time(held_out[i]));
  }
}

TEST_F(SearchJobTest, warns_of_rows_that_are_dealt_whatever_their_time_or_group) {
  ASSERT_EQ(run("{grid: {C: [1]}, cv: 2}", "source: points.csv, target: label, time: b, group: fold"), ExitCode::done);
  EXPECT_NE(heard().warnings.find("search.cv deals rows whatever their time, so that a model is tested on rows before "
                                  "some that it has learnt from"),
            std::string::npos)
      << heard().warnings;
  EXPECT_NE(heard().warnings.find("search.cv deals rows whatever their group"), std::string::npos) << heard().warnings;
  ASSERT_EQ(run("{grid: {C: [1]}, cv: {kind: group, folds: 2}}", "source: points.csv, target: label, group: fold",
                IfOther::overwrite),
            ExitCode::done);
  EXPECT_EQ(heard().warnings.find("whatever"), std::string::npos) << heard().warnings;
}

TEST_F(SearchJobTest, fails_a_candidate_whose_step_cannot_be_learnt_and_tells_what_is_kept) {
  ASSERT_EQ(run("{grid: {keep_features: [1, 9], C: [1]}, cv: 3}"), ExitCode::incomplete);
  EXPECT_NE(heard().warnings.find("keep_features is 9, but there are 2 features"), std::string::npos)
      << heard().warnings;
  EXPECT_NE(contents(output() / "summary.json").find("1 of 2 features are kept, by f_test: "), std::string::npos);
  EXPECT_NE(contents(output() / "best" / "pipeline.json").find("\"keep_by\": \"f_test\""), std::string::npos);
}

TEST_F(SearchJobTest, refuses_to_hold_out_single_rows_of_groups) {
  EXPECT_THROW(run("{grid: {C: [1]}, cv: {kind: group, folds: 2}}",
                   "source: points.csv, target: label, group: fold, holdout: 0.25"),
               core::UserError);
}

}  // namespace
}  // namespace gridmill::jobs
