// The program as a user starts it, on several ranks: the same results everywhere, and after a death.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "io/files/atomic_file.hpp"
#include "io/files/journal.hpp"
#include "io/hdf5/array_file.hpp"
#include "tests/cli/child.hpp"
#include "tests/jobs/without_work.hpp"

namespace gridmill {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

constexpr std::size_t kHeaderBytes = 48;  // of a journal
constexpr std::size_t kFrameBytes = 24;   // of one of its records

bool is_result(std::string_view record) { return record.starts_with('r'); }

/// How often a fit's result stands in a journal, by the bytes that name it.
std::map<std::string, int> times_noted(const fs::path& journal) {
  std::map<std::string, int> times;
  io::Journal::visit_records(journal, [&](std::uint32_t, std::string_view record) {
    if (is_result(record)) ++times[std::string(record.substr(1, sizeof(std::uint64_t)))];
  });
  return times;
}

/// Where a journal can be cut so that it knows only some of the fits that were made together.
std::size_t end_among_fits_made_together(const fs::path& journal) {
  std::size_t at = kHeaderBytes, cut = 0;
  bool after_result = false;
  io::Journal::visit_records(journal, [&](std::uint32_t, std::string_view record) {
    if (after_result && is_result(record)) cut = at;
    after_result = is_result(record);
    at += kFrameBytes + record.size();
  });
  EXPECT_GT(cut, kHeaderBytes) << "no fits are made together";
  return cut;
}

/// cv_results.csv without its time columns, which come before any text that may hold a comma.
std::string csv_without_times(const fs::path& run) {
  std::ifstream in(run / "cv_results.csv");
  std::vector<bool> is_time;
  std::string out;
  for (std::string line; std::getline(in, line); out += line + '\n') {
    std::size_t at = 0;
    for (std::size_t column = 0; column < 7; ++column) {
      const std::size_t end = line.find(',', at);
      const std::string cell = line.substr(at, end - at);
      if (is_time.size() == column) is_time.push_back(cell.ends_with("_time"));
      if (is_time[column]) {
        line.erase(at, end + 1 - at);
      } else {
        at = end + 1;
      }
    }
  }
  return out;
}

/// Paths and values of results.h5 that do not tell when and where.
std::vector<std::pair<std::string, io::Array>> arrays_without_times(const fs::path& run) {
  auto arrays = io::read_array_file(run / "results.h5").arrays;
  std::erase_if(arrays,
                [](const auto& entry) { return entry.first.starts_with("timing/") || entry.first.ends_with("_time"); });
  for (auto& [name, array] : arrays) {
    auto* numbers = std::get_if<std::vector<double>>(&array.values);
    if (numbers == nullptr) continue;
    for (double& number : *numbers) {
      if (std::isnan(number)) number = -std::numeric_limits<double>::max();  // which is equal to itself
    }
  }
  return arrays;
}

/// The process that is rank `rank` of the job writing to `run`.
std::optional<pid_t> pid_of_rank(const fs::path& run, int rank) {
  const std::string variable = fmt::format("OMPI_COMM_WORLD_RANK={}", rank) + '\0';
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string command = contents(entry.path() / "cmdline");
    if (command.find(run.string()) == std::string::npos || command.find("mpirun") != std::string::npos) continue;
    if (contents(entry.path() / "environ").find(variable) != std::string::npos) {
      return static_cast<pid_t>(std::stol(name));
    }
  }
  return std::nullopt;
}

class SearchRanks : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// A search on digits with `n_values` values of C; each takes some tenths of a second.
  fs::path write_config(std::size_t n_values, const std::string& mode = "exact", const std::string& rounds = "") const {
    std::string values;
    for (std::size_t i = 0; i < n_values; ++i)
      values += fmt::format("{}{}", i == 0 ? "" : ", ", 0.5 + 0.25 * double(i));
    const fs::path file = folder_ / "search.yaml";
    io::write_file(file, fmt::format("data: {{source: {}/data/digits.csv.gz, target: target, holdout: 0.2}}\n"
                                     "model: svc\n"
                                     "search:\n"
                                     "  grid: {{C: [{}], gamma: [1e-4, 1e-3, 1.0]}}\n"
                                     "  cv: 3\n"
                                     "  scoring: [accuracy, f1_macro]\n"
                                     "  refit: f1_macro\n"
                                     "  train_scores: true\n"
                                     "  mode: {}\n{}",
                                     GRIDMILL_SOURCE_DIR, values, mode, rounds));
    return file;
  }

  /// Candidates of two models: `n_values` values of C of one and two of nu of the other.
  fs::path write_models_config(std::size_t n_values) const {
    const fs::path file = write_config(n_values);
    std::string text = contents(file);
    const std::string grid = "grid: {";
    text.insert(text.find(grid) + grid.size() - 1, "[{model: [nu_svc], nu: [0.05, 0.1], gamma: [1e-3]}, ");
    text.insert(text.find("1.0]}") + 5, "]");
    io::write_file(file, text);
    return file;
  }

  /// Boosted trees that draw rows and features, a run for each of `n_values` rates; watched, so that some end early.
  fs::path write_boosted_config(std::size_t n_values) const {
    std::string values;
    for (std::size_t i = 0; i < n_values; ++i)
      values += fmt::format("{}{}", i == 0 ? "" : ", ", 0.1 + 0.05 * double(i));
    const fs::path file = folder_ / "search.yaml";
    io::write_file(file,
                   fmt::format("data: {{source: {}/data/digits.csv.gz, target: target, holdout: 0.2}}\n"
                               "model: {{name: xgb_classifier, subsample: 0.7, colsample_bynode: 0.5, max_depth: 2}}\n"
                               "search:\n"
                               "  grid: {{learning_rate: [{}], n_estimators: [2, 4, 6]}}\n"
                               "  cv: 3\n"
                               "  scoring: neg_log_loss\n"
                               "  train_scores: true\n"
                               "  early_stopping: {{rounds: 3, metric: mlogloss, watch: inner, refit: scaled}}\n"
                               "  learning_curves: mlogloss\n",
                               GRIDMILL_SOURCE_DIR, values));
    return file;
  }

  const fs::path& folder() const { return folder_; }
  fs::path run_folder(const std::string& name) const { return folder_ / name; }

  cli::Outcome search(const fs::path& config, const fs::path& run, int ranks) const {
    return cli::run_program(GRIDMILL_PROGRAM, {"search", config, "--output", run, "--ranks", std::to_string(ranks)});
  }

  static void expect_same(const fs::path& a, const fs::path& b) {
    EXPECT_EQ(csv_without_times(a), csv_without_times(b));
    EXPECT_EQ(arrays_without_times(a), arrays_without_times(b));
    EXPECT_EQ(without_work(a / "summary.json"), without_work(b / "summary.json"));
    const char* model = fs::exists(a / "best/model.json") ? "best/model.json" : "best/model.libsvm";
    for (const char* name : {model, "best/pipeline.json"}) {
      EXPECT_EQ(contents(a / name), contents(b / name)) << name;
      EXPECT_FALSE(contents(a / name).empty()) << name;
    }
  }

  /// What the program says once rank 1 has done its first bundle: that one is journaled, the next is at work.
  static constexpr const char* kFirstOfRank1 = "\"rank\":1,";

  /// Kills rank 1 once some work is done; the command starts its ranks again by itself, and ends with what a search
  /// that nobody disturbs finds.
  void kill_a_rank_and_compare(const fs::path& config) const {
    const fs::path run = run_folder("killed");
    cli::Child child(GRIDMILL_PROGRAM, {"search", config, "--output", run, "--ranks", "2", "--json"});
    // The process is looked for before, as the search may be over a second after its first bundle.
    ASSERT_TRUE(child.wait_for_output("\"event\":\"plan\""));
    const auto pid = pid_of_rank(run, 1);
    ASSERT_TRUE(pid.has_value());
    ASSERT_TRUE(child.wait_for_output(kFirstOfRank1));
    kill(*pid, SIGKILL);
    const auto killed = child.finish();
    ASSERT_EQ(killed.code, 0) << killed.errors;
    EXPECT_NE(killed.errors.find("a rank was killed by signal 9 (Killed); the ranks are started again"),
              std::string::npos)
        << killed.errors;
    EXPECT_NE(contents(run / "events.jsonl").find("\"launch\":2"), std::string::npos);
    ASSERT_EQ(search(config, run_folder("whole"), 1).code, 0);
    expect_same(run_folder("whole"), run);
  }

 private:
  fs::path folder_ = fs::path(testing::TempDir()) / "search_ranks_test";
};

TEST_F(SearchRanks, writes_the_same_bytes_at_any_number_of_ranks_and_without_mpi) {
  const fs::path config = write_config(3);
  for (const int ranks : {1, 2, 4}) {
    const auto outcome = search(config, run_folder(std::to_string(ranks)), ranks);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
  }
  // --ranks 1 runs without MPI; this is one rank under mpirun.
  const auto outcome = cli::run_program("/usr/bin/mpirun", {"--allow-run-as-root", "-n", "1", GRIDMILL_PROGRAM,
                                                            "search", config, "--output", run_folder("mpi1")});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  for (const char* name : {"2", "4", "mpi1"}) {
    SCOPED_TRACE(name);
    expect_same(run_folder("1"), run_folder(name));
  }
}

// Two ranks are as good as four above and below, on other models, rounds and folds; here one and four are compared.
TEST_F(SearchRanks, paths_of_linear_models_leave_no_trace_at_any_number_of_ranks) {
  const std::string data = fmt::format("data: {{source: {}/tests/jobs/golden/linear/data/", GRIDMILL_SOURCE_DIR);
  const std::vector<std::string> settings{
      data +
          "dense.csv.gz, target: target}\nmodel: ridge\nsearch: {grid: {alpha: [0.01, 1, 100], fit_intercept: [true, "
          "false]}",
      data +
          "wide.csv.gz, target: target}\nmodel: elastic_net\nsearch: {grid: {alpha: [1, 0.01, 0.1], l1_ratio: [1.0, "
          "0.2]}",
      data +
          "four.csv.gz, target: target}\nmodel: logistic\nsearch: {grid: {C: [50, 0.01, 1, 1000], penalty: [l2, l1]}, "
          "scoring: neg_log_loss",
      data +
          "sparse_two.libsvm.gz}\nmodel: logistic\nsearch: {grid: {C: [50, 0.01, 1], class_weight: [balanced, null]}, "
          "scoring: neg_log_loss"};
  for (const std::string& setting : settings) {
    SCOPED_TRACE(setting);
    const fs::path config = folder() / "search.yaml";
    io::write_file(config, setting + ", cv: 4}\n");
    for (const int ranks : {1, 4}) {
      fs::remove_all(run_folder(std::to_string(ranks)));
      const auto outcome = search(config, run_folder(std::to_string(ranks)), ranks);
      ASSERT_EQ(outcome.code, 0) << outcome.errors;
      if (ranks > 1) expect_same(run_folder("1"), run_folder(std::to_string(ranks)));
    }
  }
}

TEST_F(SearchRanks, shards_of_several_models_and_outer_folds_merge_to_what_one_search_finds) {
  const fs::path config = write_models_config(2);
  io::write_file(config, contents(config) + "  nested: {folds: 2}\n");
  ASSERT_EQ(search(config, run_folder("whole"), 1).code, 0);
  std::vector<std::string> merge{"merge", "--output", run_folder("merged"), "--ranks", "2"};
  for (const int number : {3, 1, 4, 2}) {
    const fs::path run = run_folder(fmt::format("shard {}", number));
    const auto shard = cli::run_program(
        GRIDMILL_PROGRAM,
        {"search", config, "--output", run, "--shard", fmt::format("{}/4", number), "--ranks", number > 3 ? "2" : "1"});
    ASSERT_EQ(shard.code, 0) << shard.errors;
    EXPECT_FALSE(fs::exists(run / "cv_results.csv"));
    merge.push_back(run);
  }
  const auto merged = cli::run_program(GRIDMILL_PROGRAM, merge);
  ASSERT_EQ(merged.code, 0) << merged.errors;
  expect_same(run_folder("whole"), run_folder("merged"));
}

TEST_F(SearchRanks, warm_starts_give_the_same_bytes_at_any_number_of_ranks) {
  const fs::path config = write_config(7, "converged");
  for (const int ranks : {1, 4}) {
    const auto outcome = search(config, run_folder(std::to_string(ranks)), ranks);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    if (ranks > 1) expect_same(run_folder("1"), run_folder(std::to_string(ranks)));
  }
}

TEST_F(SearchRanks, several_models_give_the_same_bytes_at_any_number_of_ranks) {
  const fs::path config = write_models_config(2);
  for (const int ranks : {1, 4}) {
    const auto outcome = search(config, run_folder(std::to_string(ranks)), ranks);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    if (ranks > 1) expect_same(run_folder("1"), run_folder(std::to_string(ranks)));
  }
}

TEST_F(SearchRanks, goes_on_with_several_models_after_a_kill) { kill_a_rank_and_compare(write_models_config(12)); }

TEST_F(SearchRanks, boosted_trees_give_the_same_bytes_at_any_number_of_ranks) {
  const fs::path config = write_boosted_config(2);
  for (const int ranks : {1, 4}) {
    const auto outcome = search(config, run_folder(std::to_string(ranks)), ranks);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    if (ranks > 1) expect_same(run_folder("1"), run_folder(std::to_string(ranks)));
  }
}

TEST_F(SearchRanks, goes_on_with_boosted_trees_after_a_kill) { kill_a_rank_and_compare(write_boosted_config(16)); }

/// One fit takes seconds, so that what it has learnt is kept; the command given again goes on from there.
TEST_F(SearchRanks, a_long_fit_of_boosted_trees_keeps_its_rounds_through_a_kill) {
  const fs::path config = folder() / "search.yaml";
  io::write_file(config, fmt::format("data: {{source: {}/data/digits.csv.gz, target: target}}\n"
                                     "model: {{name: xgb_classifier, max_depth: 4}}\n"
                                     "search: {{grid: {{n_estimators: [100]}}, cv: 2}}\n",
                                     GRIDMILL_SOURCE_DIR));
  ASSERT_EQ(search(config, run_folder("whole"), 1).code, 0);
  EXPECT_FALSE(fs::exists(run_folder("whole") / "parts"));

  setenv("GRIDMILL_KEEP_FITS_EVERY", "0.05", 1);
  const fs::path run = run_folder("killed");
  cli::Child child(GRIDMILL_PROGRAM, {"search", config, "--output", run, "--ranks", "1"});
  const auto kept = [&] { return fs::exists(run / "parts") && !fs::is_empty(run / "parts"); };
  for (int looks = 0; looks < 3000 && !kept(); ++looks) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(kept());
  kill(child.pid(), SIGKILL);
  (void)child.finish();
  EXPECT_TRUE(kept());
  EXPECT_FALSE(fs::exists(run / "summary.json"));
  const auto again = search(config, run, 1);
  unsetenv("GRIDMILL_KEEP_FITS_EVERY");
  ASSERT_EQ(again.code, 0) << again.errors;
  expect_same(run_folder("whole"), run);
  EXPECT_FALSE(fs::exists(run / "parts"));
}

constexpr const char* kRounds = "  halving: {factor: 3}\n  nested: {folds: 3, inner: outer}\n";

TEST_F(SearchRanks, rounds_and_outer_folds_give_the_same_bytes_at_any_number_of_ranks) {
  const fs::path config = write_config(3, "exact", kRounds);
  for (const int ranks : {1, 2, 4}) {
    const auto outcome = search(config, run_folder(std::to_string(ranks)), ranks);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    if (ranks > 1) expect_same(run_folder("1"), run_folder(std::to_string(ranks)));
  }
  const nlohmann::json summary = nlohmann::json::parse(contents(run_folder("4") / "summary.json"));
  EXPECT_EQ(summary["nested"]["scores"].size(), 3U);
  EXPECT_EQ(summary["work"]["ranks"], 4);
  EXPECT_GT(summary["work"]["busy_s"], 0.0);
  EXPECT_GT(summary["work"]["read_bytes"], 100'000);
  EXPECT_GT(summary["work"]["peak_bytes"], 10'000'000);
}

TEST_F(SearchRanks, brackets_of_hyperband_give_the_same_bytes_at_any_number_of_ranks) {
  const fs::path config = folder() / "hyperband.yaml";
  io::write_file(config,
                 fmt::format("data: {{source: {}/data/digits.csv.gz, target: target, holdout: 0.2}}\nmodel: svc\n"
                             "search:\n"
                             "  grid: {{C: {{loguniform: [0.1, 100]}}, gamma: {{loguniform: [1e-5, 0.01]}}}}\n"
                             "  cv: 3\n"
                             "  hyperband: {{min_resources: 90, max_resources: 900}}\n",
                             GRIDMILL_SOURCE_DIR));
  for (const int ranks : {1, 4}) {
    const auto outcome = search(config, run_folder(std::to_string(ranks)), ranks);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    if (ranks > 1) expect_same(run_folder("1"), run_folder(std::to_string(ranks)));
  }
  const std::string table = csv_without_times(run_folder("1"));
  EXPECT_TRUE(table.starts_with("bracket,iter,n_resources,")) << table.substr(0, 80);
  // 9 candidates of 100 rows, 3 of 300, 1 of 900; 5 of 300, 1 of 900; 3 of 900.
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 1 + 9 + 3 + 1 + 5 + 1 + 3);
}

/// Trees that are given more and more rounds go on on the rank that has them, and are learnt anew elsewhere; permuted
/// features are dealt to ranks by fold.
TEST_F(SearchRanks, rounds_of_boosting_give_the_same_bytes_at_any_number_of_ranks_and_after_a_kill) {
  const fs::path config = folder() / "search.yaml";
  io::write_file(
      config,
      fmt::format("data: {{source: {}/tests/jobs/golden/data/breast_cancer.csv.gz, target: target}}\n"
                  "model: {{name: xgb_classifier, max_depth: 3}}\n"
                  "search:\n"
                  "  grid: {{learning_rate: [0.05, 0.1, 0.2, 0.4], subsample: [1.0, 0.7], max_bin: [32, 256]}}\n"
                  "  cv: 3\n"
                  "  scoring: neg_log_loss\n"
                  "  permutation_importance: 2\n"
                  "  halving: {{resource: n_estimators, min_resources: 4, max_resources: 36}}\n",
                  GRIDMILL_SOURCE_DIR));
  for (const int ranks : {1, 4}) {
    const auto outcome = search(config, run_folder(std::to_string(ranks)), ranks);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    if (ranks > 1) expect_same(run_folder("1"), run_folder(std::to_string(ranks)));
  }
  // Half of the journal is there: as after a kill, the rest is done by ranks that have nothing to go on from.
  const fs::path run = run_folder("4");
  fs::remove(run / "summary.json");
  fs::resize_file(run / "journal", fs::file_size(run / "journal") / 2);
  const auto resumed = search(config, run, 2);
  ASSERT_EQ(resumed.code, 0) << resumed.errors;
  expect_same(run_folder("1"), run);
}

TEST_F(SearchRanks, goes_on_between_rounds_after_a_kill) {
  kill_a_rank_and_compare(write_config(12, "exact", kRounds));
}

TEST_F(SearchRanks, sparse_text_gives_the_same_bytes_at_any_number_of_ranks) {
  std::string text;
  for (int i = 0; i < 1200; ++i) {
    text += fmt::format("{} {}:1 {}:0.5 {}:2\n", i % 2 == 0 ? -1 : 1, 1 + i % 4, 10 + i * 7 % 500, 600 + i * 13 % 1400);
  }
  io::write_file(folder() / "text", text);
  const fs::path config = folder() / "sparse.yaml";
  io::write_file(config, fmt::format("data: {{source: {}, holdout: 0.25}}\nmodel: svc\n"
                                     "search: {{grid: {{C: [1, 10], gamma: [0.1, scale]}}, cv: 3, scoring: roc_auc}}\n",
                                     (folder() / "text").string()));
  for (const int ranks : {1, 2}) {
    const auto outcome = search(config, run_folder(std::to_string(ranks)), ranks);
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    EXPECT_NE((outcome.out + outcome.errors).find("sparse (0.15 % are not 0)"), std::string::npos) << outcome.errors;
  }
  expect_same(run_folder("1"), run_folder("2"));
  EXPECT_NE(contents(run_folder("1") / "best/pipeline.json").find("\"sparse\": true"), std::string::npos);
}

TEST_F(SearchRanks, goes_on_by_itself_after_a_rank_was_killed_with_the_same_results) {
  kill_a_rank_and_compare(write_config(16));
}

TEST_F(SearchRanks, stops_in_order_when_asked_and_goes_on_later) {
  const fs::path config = write_config(16);
  const fs::path run = run_folder("stopped");
  cli::Child child(GRIDMILL_PROGRAM, {"search", config, "--output", run, "--ranks", "2", "--json"});
  ASSERT_TRUE(child.wait_for_output(kFirstOfRank1));
  child.send(SIGTERM);
  const auto stopped = child.finish();
  EXPECT_EQ(stopped.code, 75) << stopped.errors;
  const auto resumed = search(config, run, 1);
  ASSERT_EQ(resumed.code, 0) << resumed.errors;
  ASSERT_EQ(search(config, run_folder("whole"), 2).code, 0);
  expect_same(run_folder("whole"), run);
  // What is known of fits that are made together is not noted again where they are made again.
  fs::remove(run / "summary.json");
  fs::resize_file(run / "journal", end_among_fits_made_together(run / "journal"));
  ASSERT_EQ(search(config, run, 1).code, 0);
  expect_same(run_folder("whole"), run);
  for (const auto& [fit, n] : times_noted(run / "journal")) EXPECT_EQ(n, 1) << "fit " << fit;
}

TEST_F(SearchRanks, a_finished_search_is_told_again_and_not_done_again) {
  const fs::path config = write_config(1);
  const fs::path run = run_folder("finished");
  const auto first = search(config, run, 2);
  ASSERT_EQ(first.code, 0) << first.errors;
  const auto written = fs::last_write_time(run / "cv_results.csv");
  const auto second = search(config, run, 2);
  EXPECT_EQ(second.code, 0);
  EXPECT_EQ(second.out, first.out);
  EXPECT_NE(second.errors.find("is finished"), std::string::npos) << second.errors;
  EXPECT_EQ(fs::last_write_time(run / "cv_results.csv"), written);
}

TEST_F(SearchRanks, refuses_a_folder_that_holds_another_search_and_says_what_differs) {
  const fs::path run = run_folder("other");
  ASSERT_EQ(search(write_config(1), run, 1).code, 0);
  const auto refused = search(write_config(2), run, 2);
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.errors.find("holds another search: search.grid"), std::string::npos) << refused.errors;
  EXPECT_NE(refused.errors.find("[0.5] -> [0.5, 0.75]"), std::string::npos) << refused.errors;
  EXPECT_NE(refused.errors.find("--overwrite"), std::string::npos) << refused.errors;
}

}  // namespace
}  // namespace gridmill
