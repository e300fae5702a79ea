// FitMode::converged: where a fit starts leaves no trace in what it predicts.
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "brief.hpp"
#include "certificate_of.hpp"
#include "golden.hpp"
#include "models/family/model.hpp"
#include "models/svm/machines/solution_chain.hpp"

namespace gridmill::models::svm::test {
namespace {

std::vector<core::Index> all_rows(const core::Dataset& data) {
  std::vector<core::Index> rows(data.n_samples());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<core::Index>(i);
  return rows;
}

/// Fits a chain of Cs and compares each with a fit of its own, cold and to the same tolerance.
void expect_chain_as_cold(const core::Dataset& data, const std::vector<double>& costs, double decision_tolerance) {
  const bool classifies = data.task == core::Task::classification;
  const Family& family = *find_family(classifies ? "svc" : "svr");
  const auto rows = all_rows(data);
  const auto chain = family.trainer(data, {});
  std::int64_t warm = 0;
  std::int64_t cold = 0;
  for (const double C : costs) {
    SCOPED_TRACE(C);
    const core::Params params{{"C", C}, {"gamma", 0.05}};
    const core::Params strict{{"C", C}, {"gamma", 0.05}, {"tol", 1e-5}};
    const auto warm_fit = chain->fit({.params = params, .train = rows, .mode = FitMode::converged});
    const auto trainer = family.trainer(data, {});
    const auto cold_fit = trainer->fit({.params = strict, .train = rows});
    warm += certificate_of(*warm_fit).iterations;
    cold += certificate_of(*cold_fit).iterations;
    EXPECT_LT(certificate_of(*warm_fit).gap, 1e-5);
    const double theirs = certificate_of(*cold_fit).objective;
    EXPECT_LE(certificate_of(*warm_fit).objective, theirs + 1e-4 * std::abs(theirs));
    const Prediction a = warm_fit->predict(rows, {.decision = classifies});
    const Prediction b = cold_fit->predict(rows, {.decision = classifies});
    if (classifies) {
      EXPECT_EQ(a.value, b.value);
      EXPECT_TRUE(arma::approx_equal(a.decision, b.decision, "absdiff", decision_tolerance));
    } else {
      for (std::size_t s = 0; s < rows.size(); ++s) EXPECT_NEAR(a.value[s], b.value[s], decision_tolerance);
    }
  }
  if (costs.front() < costs.back() && classifies) {
    EXPECT_LT(warm, cold);
  }
}

TEST(Converged, classifier_is_that_of_a_cold_start) {
  expect_chain_as_cold(digits(), {0.01, 0.1, 1, 10, 100}, 1e-2);  // of scores that votes dominate
  expect_chain_as_cold(golden_dataset("cancer"), {0.01, 1, 100}, 1e-3);
}

TEST(Converged, classifier_is_that_of_a_cold_start_downwards_too) {
  expect_chain_as_cold(golden_dataset("iris_weighted"), {100, 10, 1, 0.1}, 1e-3);
}

TEST(Converged, regression_is_that_of_a_cold_start) {
  expect_chain_as_cold(golden_dataset("wave"), {0.1, 1, 10, 100}, 1e-4);
}

TEST(Converged, gives_the_same_bits_after_rest_as_alone) {
  const core::Dataset data = golden_dataset("iris");
  const auto rows = all_rows(data);
  const core::Params small{{"C", 0.1}, {"gamma", 0.3}};
  const core::Params large{{"C", 10.0}, {"gamma", 0.3}};
  const auto used = find_family("svc")->trainer(data, {});
  (void)used->fit({.params = small, .train = rows, .mode = FitMode::converged});
  used->rest();
  const auto fresh = find_family("svc")->trainer(data, {});
  const auto a = used->fit({.params = large, .train = rows, .mode = FitMode::converged});
  const auto b = fresh->fit({.params = large, .train = rows, .mode = FitMode::converged});
  EXPECT_EQ(certificate_of(*a).iterations, certificate_of(*b).iterations);
  EXPECT_TRUE(arma::approx_equal(a->predict(rows, {.decision = true}).decision,
                                 b->predict(rows, {.decision = true}).decision, "absdiff", 0.0));
}

TEST(Converged, a_refit_from_the_folds_ends_where_a_cold_one_does_and_sooner) {
  for (const char* name : {"iris", "wave"}) {
    const core::Dataset data = golden_dataset(name);
    const bool classifies = data.task == core::Task::classification;
    const Family& family = *find_family(classifies ? "svc" : "svr");
    const auto rows = all_rows(data);
    const core::Params params{{"C", 5.0}, {"gamma", 0.1}};
    const auto trainer = family.trainer(data, {});
    constexpr std::size_t kFolds = 5;
    std::vector<double> start;
    for (std::size_t fold = 0; fold < kFolds; ++fold) {
      std::vector<core::Index> train;
      for (const core::Index row : rows) {
        if (row % kFolds != fold) train.push_back(row);
      }
      const auto dual = trainer->fit({.params = params, .train = train, .mode = FitMode::converged})->dual();
      start.resize(dual.size(), 0.0);
      for (std::size_t e = 0; e < dual.size(); ++e) start[e] += dual[e] / (kFolds - 1);
      trainer->rest();
    }
    const auto seeded = trainer->fit({.params = params, .train = rows, .mode = FitMode::converged, .start = start});
    const auto alone = family.trainer(data, {});
    const auto cold = alone->fit({.params = params, .train = rows, .mode = FitMode::converged});
    EXPECT_LT(certificate_of(*seeded).iterations, certificate_of(*cold).iterations) << name;
    EXPECT_NEAR(certificate_of(*seeded).objective, certificate_of(*cold).objective,
                1e-4 * std::abs(certificate_of(*cold).objective));
    const auto a = seeded->predict(rows, {}).value;
    const auto b = cold->predict(rows, {}).value;
    for (std::size_t s = 0; s < a.size(); ++s) EXPECT_NEAR(a[s], b[s], 1e-4);
  }
}

/// The scores are those of the problem: another solver finds them, too.
TEST(Converged, predicts_what_scikit_learn_does_at_the_same_tolerance) {
  std::ifstream file(golden_file("converged.csv"));
  std::string line;
  std::getline(file, line);
  const core::Dataset ten = digits();
  std::vector<double> halves;
  for (const double digit : ten.y) halves.push_back(digit >= 5 ? 1 : 0);
  const core::Dataset two =
      make_dataset(core::Task::classification, core::Matrix(ten.x.sample(0).data(), 64, 1797), halves);
  const auto of_ten = find_family("svc")->trainer(ten, {});
  const auto of_two = find_family("svc")->trainer(two, {});
  std::size_t n_cells = 0;
  for (; std::getline(file, line); ++n_cells) {
    SCOPED_TRACE(line);
    std::istringstream cells(line);
    char comma = 0;
    std::size_t classes = 0, fold = 0, right = 0, sum = 0;  // NOLINT
    double gamma = 0, C = 0;                                // NOLINT
    cells >> classes >> comma >> gamma >> comma >> C >> comma >> fold >> comma >> right >> comma >> sum;
    if (tests_are_brief() && fold > 0) continue;
    const core::Dataset& data = classes == 10 ? ten : two;
    const std::vector<core::Index> fold_of = stratified(data, 3);
    const std::vector<core::Index> test = rows_of_fold(fold_of, fold, true);
    const std::vector<core::Index> train = rows_of_fold(fold_of, fold, false);
    const core::Params params{{"C", C}, {"gamma", gamma}};
    const auto fit =
        (classes == 10 ? *of_ten : *of_two).fit({.params = params, .train = train, .mode = FitMode::converged});
    EXPECT_TRUE(certificate_of(*fit).converged);
    const std::vector<double> told = fit->predict(test, {}).value;
    std::size_t our_right = 0;
    std::size_t our_sum = 0;
    for (std::size_t s = 0; s < told.size(); ++s) {
      our_right += told[s] == data.y[test[s]] ? 1U : 0U;
      our_sum += s * static_cast<std::size_t>(told[s]);
    }
    EXPECT_EQ(our_right, right);
    EXPECT_EQ(our_sum, sum);
  }
  EXPECT_EQ(n_cells, 54U);
}

/// What no clock decides is the same again; what the clock cut short is not started from.
TEST(Converged, a_fit_cut_short_by_the_clock_is_no_start) {
  const core::Dataset data = golden_dataset("cancer");
  const auto rows = all_rows(data);
  const core::Params params{{"C", 1e6}, {"gamma", 1e-3}};
  const auto trainer = find_family("svc")->trainer(data, {});
  const auto cut = trainer->fit({.params = params, .train = rows, .time_limit_s = 1e-9, .mode = FitMode::converged});
  ASSERT_EQ(cut->status(), FitStatus::time_limit);
  const auto after = trainer->fit({.params = params, .train = rows, .mode = FitMode::converged});
  const auto fresh = find_family("svc")->trainer(data, {});
  const auto alone = fresh->fit({.params = params, .train = rows, .mode = FitMode::converged});
  EXPECT_EQ(certificate_of(*after).iterations, certificate_of(*alone).iterations);
}

}  // namespace
}  // namespace gridmill::models::svm::test
