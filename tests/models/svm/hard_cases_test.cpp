// Data and parameters that break solvers: every fit ends, and its objective is libsvm's.
#include <cmath>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <svm.h>

#include "golden.hpp"
#include "models/model.hpp"

namespace gridmill::models::svm::test {
namespace {

constexpr std::int64_t kMaxIterations = 200'000;

struct HardData {
  std::string name;
  core::Matrix x;
  std::vector<double> y;       // 0 or 1
  std::vector<double> weight;  // may be empty
};

core::Matrix noise(std::size_t n_features, std::size_t n, double scale, double offset) {
  std::mt19937 random(3);
  core::Matrix x(n_features, n);
  for (double& value : x) {
    value = offset + scale * (static_cast<double>(random() % 2001) / 1000 - 1);
  }
  return x;
}

std::vector<double> alternating(std::size_t n) {
  std::vector<double> y;
  for (std::size_t i = 0; i < n; ++i) y.push_back(static_cast<double>(i % 2));
  return y;
}

/// Sets of samples, each hard in a way of its own.
std::vector<HardData> hard_data() {
  constexpr std::size_t n = 40;
  std::vector<HardData> out;
  out.push_back({"plain", noise(3, n, 1, 0), alternating(n), {}});
  core::Matrix duplicates = noise(3, n, 1, 0);
  for (std::size_t i = 1; i < n; i += 2) duplicates.col(i) = duplicates.col(i - 1);  // one of each class
  out.push_back({"duplicates", duplicates, alternating(n), {}});
  core::Matrix constant = noise(3, n, 1, 0);
  constant.row(1).fill(5);
  out.push_back({"constant feature", constant, alternating(n), {}});
  out.push_back({"huge offset", noise(3, n, 1, 1e6), alternating(n), {}});
  core::Matrix unscaled = noise(3, n, 1, 0);
  unscaled.row(0) *= 1e5;
  unscaled.row(2) *= 1e-5;
  out.push_back({"unscaled", unscaled, alternating(n), {}});
  std::vector<double> lonely(n, 0.0);
  lonely[7] = 1;
  out.push_back({"one sample in a class", noise(3, n, 1, 0), lonely, {}});
  out.push_back({"all alike", core::Matrix(3, n, arma::fill::value(2)), alternating(n), {}});
  out.push_back({"two samples", noise(3, 2, 1, 0), alternating(2), {}});
  std::vector<double> some(n, 1.0);
  for (std::size_t i = 0; i < n; i += 3) some[i] = 0;
  // Large enough for variables to be set aside, and to start at the bounds.
  out.push_back({"large", noise(3, 1100, 1, 0), alternating(1100), {}});
  out.push_back({"zero weights", noise(3, n, 1, 0), alternating(n), some});
  return out;
}

struct FreeModel {
  void operator()(svm_model* model) const { svm_free_and_destroy_model(&model); }
};

/// The objective of libsvm's solution for samples of weight > 0 (whose weight is 1), with a kernel in float32: that is
/// what both solve, and with a gamma of 1e-8 it is another problem than in double.
double libsvm_objective(const HardData& data, bool classifies, double C, double gamma, double tolerance) {
  std::vector<double> y;
  std::vector<std::vector<svm_node>> nodes;
  std::vector<std::vector<double>> x;
  for (std::size_t i = 0; i < data.y.size(); ++i) {
    if (!data.weight.empty() && data.weight[i] == 0) continue;
    y.push_back(data.y[i]);
    x.emplace_back(data.x.colptr(i), data.x.colptr(i) + data.x.n_rows);
    std::vector<svm_node>& sample = nodes.emplace_back();
    for (std::size_t f = 0; f < data.x.n_rows; ++f) sample.push_back({static_cast<int>(f) + 1, data.x(f, i)});
    sample.push_back({-1, 0});
  }
  std::vector<svm_node*> samples;
  for (auto& sample : nodes) samples.push_back(sample.data());
  svm_set_print_string_function([](const char*) {});
  svm_parameter parameter{};
  parameter.svm_type = classifies ? C_SVC : EPSILON_SVR;
  parameter.kernel_type = RBF;
  parameter.gamma = gamma;
  parameter.C = C;
  parameter.p = 0.1;
  parameter.eps = tolerance;
  parameter.cache_size = 50;
  const svm_problem problem{static_cast<int>(y.size()), y.data(), samples.data()};
  const std::unique_ptr<svm_model, FreeModel> model(svm_train(&problem, &parameter));
  double objective = 0;
  for (int v = 0; v < model->l; ++v) {
    const auto i = static_cast<std::size_t>(model->sv_indices[v]) - 1;
    const double own = model->sv_coef[0][v];
    objective += classifies ? -std::abs(own) : 0.1 * std::abs(own) - y[i] * own;
    for (int w = 0; w < model->l; ++w) {
      const auto j = static_cast<std::size_t>(model->sv_indices[w]) - 1;
      double distance = 0;
      for (std::size_t f = 0; f < x[i].size(); ++f) distance += (x[i][f] - x[j][f]) * (x[i][f] - x[j][f]);
      const auto kernel = static_cast<double>(static_cast<float>(std::exp(-gamma * distance)));
      objective += 0.5 * own * model->sv_coef[0][w] * kernel;
    }
  }
  return objective;
}

class HardCase : public testing::TestWithParam<std::size_t> {
 protected:
  /// Fits at all extremes of C and gamma, C upwards, as a search would.
  void fit_all(core::Task task, FitMode mode) const {
    const HardData hard = hard_data().at(GetParam());
    const core::Dataset data = make_dataset(task, hard.x, hard.y, hard.weight);
    const bool classifies = task == core::Task::classification;
    std::vector<core::Index> rows;
    for (std::size_t i = 0; i < data.n_samples(); ++i) rows.push_back(static_cast<core::Index>(i));
    const auto trainer = find_family(classifies ? "svc" : "svr")->trainer(data, {});
    for (const double gamma : {1e-8, 0.5, 1e3}) {
      // libsvm itself takes minutes for a large problem at the largest C.
      for (const double C : {1e-6, 1.0, hard.y.size() > 1000 ? 30.0 : 1e6}) {
        const core::Params params{{"C", C}, {"gamma", gamma}, {"max_iter", kMaxIterations}};
        const auto fit = trainer->fit({.params = params, .train = rows, .mode = mode});
        SCOPED_TRACE(fmt::format("{} {} C {} gamma {}", hard.name, classifies ? "svc" : "svr", C, gamma));
        const Certificate& certificate = fit->certificate();
        EXPECT_LE(certificate.iterations, 2 * kMaxIterations);
        for (const double value : fit->predict(rows, {}).value) EXPECT_TRUE(std::isfinite(value));
        if (fit->status() == FitStatus::iteration_limit) continue;  // in words, and in time
        EXPECT_EQ(fit->status(), FitStatus::ok);
        const double tolerance = mode == FitMode::exact ? 1e-3 : 1e-5;
        const double theirs = libsvm_objective(hard, classifies, C, gamma, tolerance);
        EXPECT_LE(certificate.objective, theirs + 1e-4 * std::abs(theirs) + 1e-9);
      }
      trainer->rest();
    }
  }
};

TEST_P(HardCase, classifier_ends_with_libsvms_objective) { fit_all(core::Task::classification, FitMode::exact); }
TEST_P(HardCase, converged_classifier_ends_with_libsvms_objective) {
  fit_all(core::Task::classification, FitMode::converged);
}
TEST_P(HardCase, regression_ends_with_libsvms_objective) { fit_all(core::Task::regression, FitMode::exact); }
TEST_P(HardCase, converged_regression_ends_with_libsvms_objective) {
  fit_all(core::Task::regression, FitMode::converged);
}

INSTANTIATE_TEST_SUITE_P(all, HardCase, testing::Range(std::size_t{0}, hard_data().size()), [](const auto& hard_case) {
  std::string name = hard_data().at(hard_case.param).name;
  for (char& c : name) c = c == ' ' ? '_' : c;
  return name;
});

TEST(Overflow, of_the_kernel_fails_a_fit_and_says_so) {
  for (const std::size_t n : {40U, 1100U}) {
    for (const core::Task task : {core::Task::classification, core::Task::regression}) {
      const bool classifies = task == core::Task::classification;
      SCOPED_TRACE(fmt::format("{} samples {}", n, classifies ? "svc" : "svr"));
      const core::Dataset data = make_dataset(task, noise(3, n, 1e15, 0), alternating(n), {});
      std::vector<core::Index> rows;
      for (std::size_t i = 0; i < n; ++i) rows.push_back(static_cast<core::Index>(i));
      const auto trainer = find_family(classifies ? "svc" : "svr")->trainer(data, {});
      for (const double C : {1e-6, 1.0}) {
        const core::Params params{{"C", C}, {"gamma", 1.0}, {"kernel", "poly"}};
        for (const FitMode mode : {FitMode::exact, FitMode::converged}) {
          EXPECT_THROW((void)trainer->fit({.params = params, .train = rows, .mode = mode}), FitError);
        }
      }
      // The next fit is not harmed.
      const core::Params params{{"gamma", 1e-30}};
      EXPECT_EQ(trainer->fit({.params = params, .train = rows})->status(), FitStatus::ok);
    }
  }
}

/// What may not be shared between folds: each fit must be as if it were the only one.
TEST(SharingBreakers, fits_of_other_folds_and_candidates_leave_no_trace) {
  std::mt19937 random(5);
  const std::size_t n = 90;
  core::Matrix x = noise(4, n, 1, 0.5);
  x.row(2) *= 30;
  std::vector<double> weight;
  for (std::size_t i = 0; i < n; ++i) weight.push_back(i % 9 == 0 ? 0 : static_cast<double>(1 + random() % 3));
  const std::vector<core::Params> classifiers{{{"gamma", "scale"}},
                                              {{"gamma", "auto"}},
                                              {{"class_weight", "balanced"}, {"gamma", 0.5}},
                                              {{"preprocessing", "standardize"}, {"gamma", "scale"}},
                                              {{"preprocessing", "minmax"}, {"gamma", 0.5}}};
  for (const core::Task task : {core::Task::classification, core::Task::regression}) {
    const bool classifies = task == core::Task::classification;
    std::vector<double> y = alternating(n);
    for (std::size_t i = 0; i < n; ++i) y[i] = classifies ? (x(0, i) > 0.3 ? 1 : 0) : std::sin(x(0, i)) + x(1, i);
    const core::Dataset data = make_dataset(task, x, y, weight);
    const Family& family = *find_family(classifies ? "svc" : "svr");
    const auto shared = family.trainer(data, {});
    for (core::Params params : classifiers) {
      if (!classifies) params.erase("class_weight");
      for (std::size_t fold = 0; fold < 3; ++fold) {
        std::vector<core::Index> train;
        std::vector<core::Index> test;
        for (std::size_t i = 0; i < n; ++i) (i % 3 == fold ? test : train).push_back(static_cast<core::Index>(i));
        const auto alone = family.trainer(data, {});
        const Prediction here = shared->fit({.params = params, .train = train})->predict(test, {.decision = true});
        const Prediction there = alone->fit({.params = params, .train = train})->predict(test, {.decision = true});
        EXPECT_EQ(here.value, there.value);
        EXPECT_TRUE(arma::approx_equal(here.decision, there.decision, "absdiff", 0.0));
      }
    }
  }
}

}  // namespace
}  // namespace gridmill::models::svm::test
