// Data and parameters that break solvers: every fit ends, and its objective is libsvm's.
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <svm.h>

#include "brief.hpp"
#include "certificate_of.hpp"
#include "golden.hpp"
#include "models/family/model.hpp"
#include "models/svm/kernels/kernel_rows.hpp"
#include "prepare/preparer.hpp"

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

/// Sets of n samples, each hard in a way of its own.
void add_hard_data(std::size_t n, const std::string& suffix, std::vector<HardData>& out) {
  out.push_back({"plain" + suffix, noise(3, n, 1, 0), alternating(n), {}});
  core::Matrix duplicates = noise(3, n, 1, 0);
  for (std::size_t i = 1; i < n; i += 2) duplicates.col(i) = duplicates.col(i - 1);  // one of each class
  out.push_back({"duplicates" + suffix, duplicates, alternating(n), {}});
  core::Matrix constant = noise(3, n, 1, 0);
  constant.row(1).fill(5);
  out.push_back({"constant feature" + suffix, constant, alternating(n), {}});
  out.push_back({"huge offset" + suffix, noise(3, n, 1, 1e6), alternating(n), {}});
  core::Matrix unscaled = noise(3, n, 1, 0);
  unscaled.row(0) *= 1e5;
  unscaled.row(2) *= 1e-5;
  out.push_back({"unscaled" + suffix, unscaled, alternating(n), {}});
  std::vector<double> lonely(n, 0.0);
  lonely[7] = 1;
  out.push_back({"one sample in a class" + suffix, noise(3, n, 1, 0), lonely, {}});
  out.push_back({"all alike" + suffix, core::Matrix(3, n, arma::fill::value(2)), alternating(n), {}});
  const std::size_t more = n + n / 2;
  std::vector<double> some(more, 1.0);
  for (std::size_t i = 0; i < more; i += 3) some[i] = 0;
  out.push_back({"zero weights" + suffix, noise(3, more, 1, 0), alternating(more), some});
}

constexpr std::size_t kFew = 40;

std::vector<HardData> make_hard_data(std::size_t n_many) {
  std::vector<HardData> out;
  add_hard_data(kFew, "", out);
  out.push_back({"two samples", noise(3, 2, 1, 0), alternating(2), {}});
  add_hard_data(n_many, " of many", out);
  return out;
}

/// "Many" are enough for variables to be set aside, and to start at the bounds; a regression has two a sample.
const std::vector<HardData>& hard_data(core::Task task) {
  static const std::vector<HardData> classes = make_hard_data(1010);
  static const std::vector<HardData> values = make_hard_data(510);
  return task == core::Task::classification ? classes : values;
}

struct FreeModel {
  void operator()(svm_model* model) const { svm_free_and_destroy_model(&model); }
};

/// The objective of libsvm's solution for samples of weight > 0 (whose weight is 1), with a kernel in float32: that is
/// what both solve, and with a gamma of 1e-8 it is another problem than in double.
double libsvm_objective(const HardData& data, bool classifies, double C, double gamma, double tolerance) {
  std::vector<double> y;
  std::vector<std::vector<svm_node>> nodes;
  std::vector<double> packed;
  for (std::size_t i = 0; i < data.y.size(); ++i) {
    if (!data.weight.empty() && data.weight[i] == 0) continue;
    y.push_back(data.y[i]);
    packed.insert(packed.end(), data.x.colptr(i), data.x.colptr(i) + data.x.n_rows);
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
  Gram gram(CentredSamples(core::Matrix(packed.data(), data.x.n_rows, y.size())), nullptr,
            {.kind = KernelKind::rbf, .gamma = gamma}, nullptr);
  double objective = 0;
  for (int v = 0; v < model->l; ++v) {
    const auto i = static_cast<std::size_t>(model->sv_indices[v]) - 1;
    const double own = model->sv_coef[0][v];
    objective += classifies ? -std::abs(own) : 0.1 * std::abs(own) - y[i] * own;
    const float* row = gram.row(i);
    double sum = 0;
    for (int w = 0; w < model->l; ++w) sum += model->sv_coef[0][w] * static_cast<double>(row[model->sv_indices[w] - 1]);
    objective += 0.5 * own * sum;
  }
  return objective;
}

/// The same, found once for all modes: at exact's tolerance.
double known_objective(core::Task task, std::size_t which, double C, double gamma) {
  static std::map<std::tuple<core::Task, std::size_t, double, double>, double> known;
  const auto [entry, fresh] = known.try_emplace({task, which, C, gamma}, 0.0);
  if (fresh)
    entry->second = libsvm_objective(hard_data(task)[which], task == core::Task::classification, C, gamma, 1e-3);
  return entry->second;
}

class HardCase : public testing::TestWithParam<std::size_t> {
 protected:
  /// Fits at all extremes of C and gamma, C upwards, as a search would.
  void fit_all(core::Task task, FitMode mode) const {
    const HardData& hard = hard_data(task).at(GetParam());
    const core::Dataset data = make_dataset(task, hard.x, hard.y, hard.weight);
    const bool classifies = task == core::Task::classification;
    std::vector<core::Index> rows;
    for (std::size_t i = 0; i < data.n_samples(); ++i) rows.push_back(static_cast<core::Index>(i));
    const auto trainer = find_family(classifies ? "svc" : "svr")->trainer(data, {});
    const bool is_large = hard.y.size() > 500;
    for (const double gamma : {1e-8, 0.5, 1e3}) {
      if (tests_are_brief() && is_large && gamma != 0.5) continue;
      // libsvm itself takes minutes for a large problem at the largest C.
      for (const double C : {1e-6, 1.0, is_large ? 30.0 : 1e6}) {
        const core::Params params{{"C", C}, {"gamma", gamma}, {"max_iter", kMaxIterations}};
        const auto fit = trainer->fit({.params = params, .train = rows, .mode = mode});
        SCOPED_TRACE(fmt::format("{} {} C {} gamma {}", hard.name, classifies ? "svc" : "svr", C, gamma));
        const Certificate certificate = certificate_of(*fit);
        EXPECT_LE(certificate.iterations, 2 * kMaxIterations);
        for (const double value : fit->predict(rows, {}).value) EXPECT_TRUE(std::isfinite(value));
        if (fit->status() == FitStatus::iteration_limit) continue;  // in words, and in time
        EXPECT_EQ(fit->status(), FitStatus::ok);
        const double theirs = known_objective(task, GetParam(), C, gamma);
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

INSTANTIATE_TEST_SUITE_P(all, HardCase, testing::Range(std::size_t{0}, hard_data(core::Task::regression).size()),
                         [](const auto& hard_case) {
                           std::string name = hard_data(core::Task::regression).at(hard_case.param).name;
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

std::string why_not(const core::Dataset& data, const char* family, const core::Params& params) {
  std::vector<core::Index> rows(data.n_samples());
  std::iota(rows.begin(), rows.end(), core::Index{0});
  const auto trainer = find_family(family)->trainer(data, {});
  try {
    (void)trainer->fit({.params = params, .train = rows});
  } catch (const FitError& error) {
    return error.what();
  }
  return "fitted";
}

TEST(Overflow, of_products_fails_a_fit_and_names_the_feature) {
  for (const double scale : {1e155, 1e160, 1e300}) {
    for (const std::size_t n_large : {1U, 3U}) {
      core::Matrix x = noise(3, 40, 1, 0);
      x.tail_rows(n_large) *= scale;
      core::Dataset data = make_dataset(core::Task::classification, x, alternating(40), {});
      data.feature_names = {"a", "b", "c"};
      core::Dataset values = make_dataset(core::Task::regression, x, alternating(40), {});
      values.feature_names = data.feature_names;
      for (const char* kernel : {"rbf", "linear", "poly", "sigmoid"}) {
        for (const core::Value& gamma : {core::Value(1.0), core::Value("scale"), core::Value(1e-300)}) {
          SCOPED_TRACE(fmt::format("{} {} {} {}", scale, n_large, kernel, gamma.python_repr()));
          const core::Params params{{"kernel", kernel}, {"gamma", gamma}};
          for (const char* family : {"svc", "one_class"}) {
            EXPECT_THAT(why_not(data, family, params),
                        testing::HasSubstr("products of samples are beyond what a double"));
          }
          EXPECT_THAT(why_not(values, "svr", params), testing::HasSubstr("feature '"));
          EXPECT_THAT(why_not(data, "nu_svc", params), testing::HasSubstr("beyond what a double holds"));
          EXPECT_THAT(why_not(values, "nu_svr", params), testing::HasSubstr("beyond what a double holds"));
        }
      }
    }
  }
}

TEST(Overflow, of_sparse_products_fails_a_fit_too) {
  core::SparseMatrix x;
  x.n_features = 5;
  for (core::Index i = 0; i < 40; ++i) {
    const std::vector<core::Index> features{i % 4, 4};
    const std::vector<double> entries{1, i == 7 ? -2e160 : 1.0};
    x.add({features, entries});
  }
  core::Dataset data = make_dataset(core::Task::classification, core::Matrix(1, 40), alternating(40), {});
  data.x = {};
  data.sparse = x.view();
  data.feature_names = {};
  EXPECT_EQ(
      why_not(data, "svc", {{"gamma", 1.0}}),
      "feature '4' reaches 2e+160 in magnitude, so that products of samples are beyond what a double holds; scale "
      "the features");
}

TEST(Overflow, of_single_kernel_entries_is_said_by_all_families) {
  const core::Dataset data = make_dataset(core::Task::classification, noise(3, 40, 1e20, 0), alternating(40), {});
  for (const char* family : {"svc", "one_class", "nu_svc"}) {
    EXPECT_THAT(why_not(data, family, {{"kernel", "linear"}}), testing::HasSubstr("beyond what float32 holds"))
        << family;
  }
}

/// Distances do not know of it.
TEST(Overflow, a_constant_feature_of_any_size_is_none) {
  core::Matrix x = noise(3, 40, 1, 0);
  std::vector<core::Index> rows(40);
  std::iota(rows.begin(), rows.end(), core::Index{0});
  const core::Params params{{"gamma", 0.5}};
  std::vector<double> objectives;
  for (const double constant : {0.0, 1e6, 1e160}) {
    x.row(1).fill(constant);
    const core::Dataset data = make_dataset(core::Task::classification, x, alternating(40), {});
    const auto trainer = find_family("svc")->trainer(data, {});
    objectives.push_back(certificate_of(*trainer->fit({.params = params, .train = rows})).objective);
  }
  EXPECT_EQ(objectives[1], objectives[0]);
  EXPECT_EQ(objectives[2], objectives[0]);
  const core::Dataset data = make_dataset(core::Task::classification, x, alternating(40), {});
  EXPECT_THAT(why_not(data, "svc", {}), testing::HasSubstr("gamma: scale has no value"));
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
    prepare::Preparer preparer({.numbers = data.x});
    for (core::Params params : classifiers) {
      if (!classifies) params.erase("class_weight");
      for (std::size_t fold = 0; fold < 3; ++fold) {
        std::vector<core::Index> train;
        std::vector<core::Index> test;
        for (std::size_t i = 0; i < n; ++i) (i % 3 == fold ? test : train).push_back(static_cast<core::Index>(i));
        const auto alone = family.trainer(data, {});
        const core::PreparedSamples samples = preparer.apply(preparer.learn(prepare::Steps(params), train), train);
        const FitRequest request{.params = params, .train = train, .samples = samples};
        const Prediction here = shared->fit(request)->predict(test, {.decision = true});
        const Prediction there = alone->fit(request)->predict(test, {.decision = true});
        EXPECT_EQ(here.value, there.value);
        EXPECT_TRUE(arma::approx_equal(here.decision, there.decision, "absdiff", 0.0));
      }
    }
  }
}

}  // namespace
}  // namespace gridmill::models::svm::test
