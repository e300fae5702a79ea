// Nothing is left of a fit: what a process takes does not grow with the fits it has made.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "brief.hpp"
#include "models/family/model.hpp"
#include "models/scorer.hpp"
#include "search/candidates.hpp"
#include "search/evaluate.hpp"
#include "search/folds.hpp"

namespace gridmill::search {
namespace {

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");  // [pages]
  double all = 0;
  double resident = 0;
  statm >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

class Soak : public testing::TestWithParam<const char*> {};

TEST_P(Soak, fits_in_a_row_leave_nothing_behind) {
  const bool is_long = std::getenv("GRIDMILL_TEST_LONG") != nullptr;
  const std::size_t n_fits = is_long ? 10000 : tests_are_brief() ? 20 : 300;
  core::Matrix x(6, 150);
  std::vector<double> y(x.n_cols);
  for (std::size_t i = 0; i < x.n_cols; ++i) {
    for (std::size_t j = 0; j < x.n_rows; ++j) x(j, i) = std::sin(static_cast<double>((j + 3) * i * i % 1009));
    y[i] = x(0, i) + x(1, i) * x(2, i) > 0 ? 1 : 0;
  }
  core::Dataset data{.x = core::MatrixView(x), .y = y, .classes = {"no", "yes"}, .target_name = "y"};
  for (std::size_t j = 0; j < x.n_rows; ++j) data.feature_names.push_back(fmt::format("x{}", j));
  SearchPlan plan;
  plan.families = {models::find_family(GetParam())};
  const bool boosted = std::string(GetParam()) == "xgb_classifier";
  // What fits keep changes from one to the next: bins, steps, values of a path.
  plan.candidates =
      boosted ? expand_grid({{{"max_bin", {8, 64}}, {"n_estimators", {3}}, {"tree_method", {"hist", "exact"}}}})
              : expand_grid({{{"C", {0.1, 1.0}}, {"preprocessing", {"none", "standardize"}}}});
  plan.folds = make_folds(data, {.n_folds = 3}).folds;
  plan.scorers = {models::find_scorer("neg_log_loss")};
  Evaluator evaluator(plan, data, {});
  double before = 0;
  for (std::size_t i = 0; i < n_fits; ++i) {
    if (i == n_fits / 3) before = resident_bytes();
    const Trial trial{i % plan.candidates.size(), i / plan.candidates.size() % plan.folds.size()};
    const std::vector<FitRecord> records = evaluator.evaluate(bundle_of(trial));
    ASSERT_EQ(records.front().status, models::FitStatus::ok);
    if (i % 50 == 0) (void)evaluator.fold_model(trial.candidate, trial.fold);
  }
  if (tests_are_brief()) return;  // sanitizers keep what is freed
  const double growth = resident_bytes() - before;
  RecordProperty("growth_kib", std::to_string(growth / 1024));
  EXPECT_LT(growth, 1024 * 1024) << n_fits << " fits";
}

INSTANTIATE_TEST_SUITE_P(families, Soak, testing::Values("xgb_classifier", "logistic", "svc"),
                         [](const auto& family) { return std::string(family.param); });

}  // namespace
}  // namespace gridmill::search
