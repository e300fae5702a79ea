#include "jobs/search_job.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "brief.hpp"
#include "config/run_file.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/import/table_file.hpp"

namespace gridmill::jobs {
namespace {

namespace fs = std::filesystem;
using core::Column;

const fs::path kGolden = fs::path(GRIDMILL_SOURCE_DIR) / "tests/jobs/golden";

/// Settings whose scores are smooth in the solution, so that they show the solver's stopping tolerance (both sides
/// stop at a KKT gap of 1e-3). All others count right and wrong predictions and must be equal.
const std::set<std::string> kSmooth{"breast_cancer_probability", "diabetes",        "diabetes_models", "diabetes_nan",
                                    "diabetes_time_series",      "iris_probability"};

/// Those of many fits, of whose kind there are small ones.
const std::set<std::string> kLong{"breast_cancer",
                                  "diabetes",
                                  "digits",
                                  "digits_halving",
                                  "digits_halving_two",
                                  "boosting/approx",
                                  "boosting/binary",
                                  "boosting/dart",
                                  "boosting/sampled",
                                  "iris_loo",
                                  "linear/logistic_four_l1",
                                  "linear/logistic_sparse_many",
                                  "linear/logistic_sparse_three",
                                  "linear/net_sparse_features"};

/// Linear models are compared with scikit-learn run to a tolerance of 1e-10 or less.
bool is_linear(const std::string& setting) { return setting.starts_with("linear/"); }

/// XGBoost works in 32 bits, and its logarithms depend on the processor.
bool is_boosted(const std::string& setting) { return setting.starts_with("boosting/"); }

/// Steps before the model agree to rounding, the search for a power to 1e-8.
bool is_prepared(const std::string& setting) {
  return setting.starts_with("preparation/") || setting.starts_with("words/");
}

/// How far a score may be from scikit-learn's: absolutely, and, above 1, relatively.
double tolerance(const std::string& setting) {
  if (setting == "words/svc") return 1e-3;
  if (is_linear(setting) || is_boosted(setting) || is_prepared(setting)) return 1e-6;
  return kSmooth.contains(setting) ? 2e-3 : 0;
}

std::vector<std::string> settings() {
  std::vector<std::string> names;
  for (const std::string folder : {"", "boosting/", "linear/", "preparation/", "words/"}) {
    for (const auto& entry : fs::directory_iterator(kGolden / folder)) {
      if (entry.path().extension() != ".yaml") continue;
      const std::string name = folder + entry.path().stem().string();
      if (!tests_are_brief() || !kLong.contains(name)) names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

core::Table without_times(core::Table table) {
  std::erase_if(table.columns, [](const Column& column) { return column.name.ends_with("_time"); });
  return table;
}

std::string cell(const Column& column, std::size_t row) {
  if (column.missing(row)) return "";
  switch (column.type) {
    case core::ColumnType::integer: return fmt::format("{}", std::get<Column::Integers>(column.values)[row]);
    case core::ColumnType::real: return fmt::format("{}", std::get<Column::Reals>(column.values)[row]);
    case core::ColumnType::boolean: return fmt::format("{}", std::get<Column::Booleans>(column.values)[row]);
    case core::ColumnType::categorical:
      return column.categories[static_cast<std::size_t>(std::get<Column::Codes>(column.values)[row])];
    default: return std::get<Column::Texts>(column.values)[row];
  }
}

bool near(const std::string& expected, const std::string& found, double tolerance) {
  char* end = nullptr;
  const double a = std::strtod(expected.c_str(), &end);
  if (expected.empty() || *end != '\0' || found.empty()) return false;
  const double b = std::strtod(found.c_str(), &end);
  return *end == '\0' && std::abs(a - b) <= tolerance * std::max(1.0, std::abs(a));
}

/// What a folder or a test may be called.
std::string word_of(std::string setting) {
  std::replace(setting.begin(), setting.end(), '/', '_');
  return setting;
}

class SearchGolden : public testing::TestWithParam<std::string> {
 protected:
  /// Where the setting has outer folds: their scores and choices are those of a loop over scikit-learn's search.
  static void check_nested(const fs::path& run) {
    std::ifstream golden(kGolden / (GetParam() + ".nested.json"));
    if (!golden) return;
    const auto expected = nlohmann::json::parse(golden);
    std::ifstream summary(run / "summary.json");
    const auto found = nlohmann::json::parse(summary).at("nested");
    for (const char* name : {"scores", "mean", "std", "best_params"})
      EXPECT_EQ(found.at(name), expected.at(name)) << name;
  }
};

TEST_P(SearchGolden, has_the_columns_and_values_of_scikit_learn) {
  const fs::path file = kGolden / (GetParam() + ".yaml");
  config::SearchJob job = config::RunFile(file).search_job();
  job.output = fs::path(testing::TempDir()) / ("search_golden_" + word_of(GetParam()));
  fs::remove_all(job.output);
  mpi::Session session;
  SilentObserver observer;
  run_search(job, {}, session, observer);

  const core::Table expected = io::read_table(kGolden / (GetParam() + ".csv"));
  const core::Table found = without_times(io::read_table(job.output / "cv_results.csv"));
  ASSERT_EQ(found.columns.size(), expected.columns.size());
  ASSERT_EQ(found.n_rows(), expected.n_rows());
  std::size_t n_cells = 0;
  std::size_t n_equal = 0;
  for (std::size_t c = 0; c < expected.columns.size(); ++c) {
    ASSERT_EQ(found.columns[c].name, expected.columns[c].name);
    for (std::size_t row = 0; row < expected.n_rows(); ++row) {
      const std::string a = cell(expected.columns[c], row);
      const std::string b = cell(found.columns[c], row);
      ++n_cells;
      n_equal += a == b ? 1U : 0U;
      const bool agrees = a == b || near(a, b, tolerance(GetParam()));
      EXPECT_TRUE(agrees) << expected.columns[c].name << ", candidate " << row << ": scikit-learn has '" << a
                          << "', we have '" << b << "'";
    }
  }
  check_nested(job.output);
  fmt::print("  {:<26} {:>5} of {:>5} cells equal to the last digit\n", GetParam(), n_equal, n_cells);
  fs::remove_all(job.output);
}

/// Fits that end early have XGBClassifier's scores, and the refit as many rounds as xgb.cv finds.
TEST(SearchGoldenStopping, has_the_scores_and_rounds_of_xgboost) {
  const fs::path golden = kGolden / "boosting/stopped.stopping.json";
  std::ifstream file(golden);
  const auto expected = nlohmann::json::parse(file);
  config::SearchJob job = config::RunFile(kGolden / "boosting/stopped.config").search_job();
  job.output = fs::path(testing::TempDir()) / "search_golden_stopped";
  fs::remove_all(job.output);
  mpi::Session session;
  SilentObserver observer;
  run_search(job, {}, session, observer);
  std::ifstream summary(job.output / "summary.json");
  EXPECT_EQ(nlohmann::json::parse(summary).at("early_stopping").at("n_rounds"), expected.at("n_rounds"));
  const core::Table found = io::read_table(job.output / "cv_results.csv");
  for (std::size_t candidate = 0; candidate < expected.at("scores").size(); ++candidate) {
    for (std::size_t k = 0; k < 3; ++k) {
      const core::Column& scores = *found.find(fmt::format("split{}_test_score", k));
      EXPECT_NEAR(std::get<Column::Reals>(scores.values)[candidate],
                  expected.at("scores").at(candidate).at(k).get<double>(), 1e-9);
    }
  }
  fs::remove_all(job.output);
}

/// Importances by permutation are those of scikit-learn's permutation_importance of each fold's model.
TEST(SearchGoldenPermutation, has_the_importances_of_scikit_learn) {
  std::ifstream file(kGolden / "boosting/permuted.permutation.json");
  const auto expected = nlohmann::json::parse(file);
  config::SearchJob job = config::RunFile(kGolden / "boosting/permuted.config").search_job();
  job.output = fs::path(testing::TempDir()) / "search_golden_permuted";
  fs::remove_all(job.output);
  mpi::Session session;
  SilentObserver observer;
  run_search(job, {}, session, observer);
  const io::ArrayFile results = io::read_array_file(job.output / "results.h5");
  for (const char* name : {"mean", "std"}) {
    const auto& found = std::get<std::vector<double>>(results.find(fmt::format("permutation/{}", name))->values);
    ASSERT_EQ(found.size(), expected.at(name).size());
    for (std::size_t feature = 0; feature < found.size(); ++feature) {
      EXPECT_NEAR(found[feature], expected.at(name).at(feature).get<double>(), 1e-9) << name << " of " << feature;
    }
  }
  fs::remove_all(job.output);
}

INSTANTIATE_TEST_SUITE_P(all, SearchGolden, testing::ValuesIn(settings()),
                         [](const auto& setting) { return word_of(setting.param); });

}  // namespace
}  // namespace gridmill::jobs
