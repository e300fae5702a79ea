// What svc and svr promise as families: errors in words, hard data, memory limits, files.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <random>
#include <string>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <svm.h>

#include "brief.hpp"
#include "certificate_of.hpp"
#include "core/error.hpp"
#include "golden.hpp"
#include "models/family/model.hpp"
#include "models/svm/machines/platt.hpp"
#include "models/svm/machines/shared_kernels.hpp"
#include "prepared.hpp"

namespace gridmill::models::svm::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<core::Index> all_rows(const core::Dataset& data) {
  std::vector<core::Index> rows(data.n_samples());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<core::Index>(i);
  return rows;
}

std::string fit_error(const core::Dataset& data, const core::Params& params, const std::vector<core::Index>& train,
                      bool probability = false) {
  const std::string family = data.task == core::Task::regression ? "svr" : "svc";
  try {
    const auto trainer = find_family(family)->trainer(data, {});
    (void)trainer->fit(
        {.params = params, .train = train, .probability = probability, .samples = prepared(data, params, train)});
  } catch (const FitError& error) {
    return error.what();
  }
  return "no error";
}

core::Dataset two_clouds(double offset = 0, double scale = 1) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  core::Matrix x(2, 60);
  std::vector<double> y;
  for (std::size_t i = 0; i < 60; ++i) {
    y.push_back(i % 2 == 0 ? 0 : 1);
    for (std::size_t f = 0; f < 2; ++f)
      x(f, i) = std::round(512 * (normal(random) + 1.5 * y[i])) / 512 * scale + offset;
  }
  return make_dataset(core::Task::classification, x, y);
}

Prediction fit_and_predict(const core::Dataset& data, const core::Params& params, const Resources& resources = {}) {
  const std::vector<core::Index> rows = all_rows(data);
  const auto trainer = find_family(data.task == core::Task::regression ? "svr" : "svc")->trainer(data, resources);
  return trainer->fit({.params = params, .train = rows})->predict(rows, {.decision = true});
}

TEST(Registry, knows_its_families_by_name) {
  EXPECT_THAT(family_names(), IsSupersetOf({"nu_svc", "nu_svr", "one_class", "svc", "svr"}));
  EXPECT_TRUE(std::ranges::is_sorted(family_names()));
  EXPECT_EQ(find_family("svc")->name(), "svc");
  EXPECT_EQ(find_family("svm"), nullptr);
}

TEST(Family, every_default_passes_its_own_check) {
  for (const std::string& name : family_names()) {
    for (const core::OptionSpec& option : find_family(name)->options()) {
      EXPECT_EQ(option.check(option.default_value), std::nullopt) << name << "." << option.name;
      EXPECT_FALSE(option.meaning.empty()) << name << "." << option.name;
    }
  }
}

TEST(Family, sharing_key_is_equal_for_candidates_with_one_kernel_matrix) {
  const Family& svc = *find_family("svc");
  EXPECT_EQ(svc.sharing_key({{"C", 1.0}, {"gamma", 0.5}}), svc.sharing_key({{"C", 2.0}, {"gamma", 0.5}}));
  EXPECT_NE(svc.sharing_key({{"gamma", 0.5}}), svc.sharing_key({{"gamma", 0.25}}));
  EXPECT_EQ(svc.sharing_key({{"kernel", "linear"}, {"gamma", 0.5}}), svc.sharing_key({{"kernel", "linear"}}));
}

TEST(Svc, refuses_class_weights_that_are_not_numbers) {
  const core::Params params{{"class_weight", core::ValueMapping{{"a", "much"}, {"b", 1.0}, {"c", -1.0}}}};
  EXPECT_THAT(find_family("svc")->check(params),
              ElementsAre("class_weight of class 'a' must be a number >= 0, not 'much'",
                          "class_weight of class 'c' must be a number >= 0, not -1.0"));
}

TEST(Svc, names_a_class_weight_the_data_does_not_have) {
  const core::Dataset data = two_clouds();
  EXPECT_EQ(fit_error(data, {{"class_weight", core::ValueMapping{{"7", 1.0}}}}, all_rows(data)),
            "class_weight names class '7', which the data does not have");
}

TEST(Svc, refuses_training_samples_of_one_class) {
  EXPECT_EQ(fit_error(two_clouds(), {}, {0, 2, 4}),
            "all training samples are of class '0'; svc needs at least two classes");
}

TEST(Svc, refuses_training_samples_without_weight) {
  const core::Dataset plain = two_clouds();
  const core::Dataset data = make_dataset(core::Task::classification, core::Matrix(plain.x.data, 2, 60),
                                          {plain.y.begin(), plain.y.end()}, std::vector<double>(60, 0.0));
  EXPECT_EQ(fit_error(data, {}, all_rows(data)), "all training samples have weight 0");
}

TEST(Svc, names_the_feature_with_missing_values_and_how_to_fill_it) {
  core::Matrix x{{1, 2, 3, 4}, {1, kNaN, 3, kNaN}};
  const core::Dataset data = make_dataset(core::Task::classification, x, {0, 1, 0, 1});
  EXPECT_EQ(fit_error(data, {}, all_rows(data)),
            "feature 'x1' is missing (NaN) in 2 of 4 samples; fill it with 'impute: mean' (or median, most_frequent, "
            "zero)");
  EXPECT_EQ(fit_error(data, {{"impute", "mean"}}, all_rows(data)), "no error");
}

TEST(Svc, names_the_feature_that_is_infinite) {
  core::Matrix x{{1, 2, 3, 4}, {1, std::numeric_limits<double>::infinity(), 3, 4}};
  const core::Dataset data = make_dataset(core::Task::classification, x, {0, 1, 0, 1});
  EXPECT_EQ(fit_error(data, {}, all_rows(data)), "feature 'x1' is infinite in 1 of 4 samples");
}

TEST(Svc, says_which_class_is_too_small_for_probabilities) {
  const core::Dataset data = two_clouds();
  EXPECT_EQ(fit_error(data, {}, {0, 1, 2, 3, 4, 5, 6, 8, 10}, true),
            "probabilities need at least 5 training samples of each class; class '1' has 3");
}

TEST(Svc, predicts_without_a_class_that_the_training_samples_lack) {
  core::Matrix x{{0, 1, 10, 11, 20, 21}};
  const core::Dataset data = make_dataset(core::Task::classification, x, {0, 0, 1, 1, 2, 2});
  const auto trainer = find_family("svc")->trainer(data, {});
  const core::Params params{{"gamma", 0.1}};
  const std::vector<core::Index> train{0, 1, 4, 5};
  const auto fit = trainer->fit({.params = params, .train = train});
  EXPECT_THAT(fit->classes(), ElementsAre(0, 2));
  const Prediction out = fit->predict(all_rows(data), {.decision = true});
  EXPECT_THAT(out.value, ElementsAre(0, 0, testing::AnyOf(0, 2), testing::AnyOf(0, 2), 2, 2));
  EXPECT_EQ(out.decision(1, 0), -std::numeric_limits<double>::infinity());
  EXPECT_GT(out.decision(0, 0), out.decision(2, 0));
}

TEST(Svc, fits_two_samples) {
  const core::Dataset data = make_dataset(core::Task::classification, core::Matrix{{1, 2}}, {0, 1});
  EXPECT_THAT(fit_and_predict(data, {}).value, ElementsAre(0, 1));
}

TEST(Svc, fits_samples_that_are_all_alike) {
  const core::Dataset data =
      make_dataset(core::Task::classification, core::Matrix(3, 9, arma::fill::value(4)), {0, 0, 0, 0, 0, 0, 1, 1, 1});
  const Prediction out = fit_and_predict(data, {});  // gamma 'scale' without variance is 1
  for (const double value : out.value) EXPECT_EQ(value, 0);
}

TEST(Svc, ends_at_extreme_costs_and_gammas) {
  const core::Dataset data = two_clouds(0, 1000);
  for (const double C : {1e-6, 1e6}) {
    for (const double gamma : {1e-8, 1e3}) {
      for (const char* kernel : {"rbf", "linear", "sigmoid"}) {
        const core::Params params{{"C", C}, {"gamma", gamma}, {"kernel", kernel}, {"max_iter", 100000}};
        const Prediction out = fit_and_predict(data, params);
        for (const double value : out.value) EXPECT_TRUE(value == 0 || value == 1);
      }
    }
  }
}

TEST(Svc, is_not_disturbed_by_data_far_from_the_origin) {
  const Prediction near = fit_and_predict(two_clouds(), {{"gamma", 0.5}});
  const Prediction far = fit_and_predict(two_clouds(1e6), {{"gamma", 0.5}});
  EXPECT_EQ(far.value, near.value);
  EXPECT_TRUE(arma::approx_equal(far.decision, near.decision, "absdiff", 1e-9));
}

TEST(Svc, leaves_out_samples_of_weight_zero) {
  const core::Dataset plain = two_clouds();
  std::vector<double> weight(60, 1.0);
  std::vector<core::Index> kept;
  for (core::Index i = 0; i < 60; ++i) {
    if (i % 5 == 0) {
      weight[i] = 0;
    } else {
      kept.push_back(i);
    }
  }
  const core::Dataset weighted = make_dataset(core::Task::classification, core::Matrix(plain.x.data, 2, 60),
                                              {plain.y.begin(), plain.y.end()}, weight);
  const core::Params params{{"gamma", 0.5}};
  const auto all = all_rows(plain);
  const auto with_zeros = find_family("svc")->trainer(weighted, {});
  const auto without = find_family("svc")->trainer(plain, {});
  const auto first = with_zeros->fit({.params = params, .train = all})->predict(all, {.decision = true});
  const auto second = without->fit({.params = params, .train = kept})->predict(all, {.decision = true});
  EXPECT_TRUE(arma::approx_equal(first.decision, second.decision, "absdiff", 0.0));
}

TEST(Svc, gives_the_same_answers_in_any_memory) {
  const core::Dataset data = digits();
  const std::vector<core::Index> fold_of = stratified(data, 3);
  const std::vector<core::Index> train = rows_of_fold(fold_of, 0, tests_are_brief());
  const std::vector<core::Index> test = rows_of_fold(fold_of, 0, !tests_are_brief());
  const core::Params params{{"gamma", 1e-3}};
  const std::size_t n = data.n_samples();
  std::vector<Prediction> out;
  // Everything; the kernel matrix without products of pairs; some rows; hardly any row.
  for (const std::size_t bytes : {std::size_t{0}, 5 * n * n, n * n, std::size_t{1}}) {
    if (tests_are_brief() && bytes == n * n) continue;  // some rows are kept by tests of their own
    const auto trainer = find_family("svc")->trainer(data, {.memory_bytes = bytes});
    out.push_back(trainer->fit({.params = params, .train = train})->predict(test, {.decision = true}));
  }
  for (std::size_t m = 1; m < out.size(); ++m) {
    EXPECT_EQ(out[m].value, out[0].value);
    EXPECT_TRUE(arma::approx_equal(out[m].decision, out[0].decision, "absdiff", 1e-6));
  }
}

TEST(Svc, an_earlier_fit_predicts_the_same_after_the_next_one) {
  const core::Dataset data = two_clouds();
  const std::vector<core::Index> rows = all_rows(data);
  const auto trainer = find_family("svc")->trainer(data, {});
  const core::Params first{{"gamma", 0.5}};
  const core::Params second{{"gamma", 50.0}};
  const auto fit = trainer->fit({.params = first, .train = rows});
  const Prediction before = fit->predict(rows, {.decision = true});
  (void)trainer->fit(
      {.params = second, .train = rows, .samples = prepared(data, {{"preprocessing", "standardize"}}, rows)});
  EXPECT_TRUE(arma::approx_equal(fit->predict(rows, {.decision = true}).decision, before.decision, "absdiff", 0.0));
}

TEST(Svc, predicts_the_same_classes_with_and_without_decision_values) {
  const core::Dataset data = digits();
  const std::vector<core::Index> fold_of = stratified(data, 3);
  const std::vector<core::Index> train = rows_of_fold(fold_of, 0, false);
  const std::vector<core::Index> test = rows_of_fold(fold_of, 0, true);
  const auto trainer = find_family("svc")->trainer(data, {});
  for (const double gamma : {1e-3, 1.0}) {
    const core::Params params{{"gamma", gamma}, {"C", 1e4}};
    const auto fit = trainer->fit({.params = params, .train = train});
    EXPECT_EQ(fit->predict(test, {}).value, fit->predict(test, {.decision = true}).value) << gamma;
  }
}

TEST(Svc, reports_the_iteration_limit) {
  const core::Dataset data = two_clouds();
  const std::vector<core::Index> rows = all_rows(data);
  const auto trainer = find_family("svc")->trainer(data, {});
  const core::Params params{{"max_iter", 3}};
  const auto fit = trainer->fit({.params = params, .train = rows});
  EXPECT_EQ(fit->status(), FitStatus::iteration_limit);
  EXPECT_FALSE(certificate_of(*fit).converged);
  EXPECT_EQ(certificate_of(*fit).iterations, 3);
}

TEST(Svc, reports_the_time_limit) {
  const core::Dataset data = two_clouds();
  const std::vector<core::Index> rows = all_rows(data);
  const auto trainer = find_family("svc")->trainer(data, {});
  const core::Params params{};
  EXPECT_EQ(trainer->fit({.params = params, .train = rows, .time_limit_s = 1e-9})->status(), FitStatus::time_limit);
}

TEST(TimeLimit, is_reported_by_all_machines_that_know_one_and_in_every_mode) {
  core::Dataset data = two_clouds();
  data.classes = {"-1", "1"};
  const std::vector<core::Index> rows = all_rows(data);
  const core::Params params{};
  for (const std::string& name : family_names()) {
    const Family& family = *find_family(name);
    if (!family.abilities().time_limit || family.details().data() != certificate_details().data()) continue;
    core::Dataset own = data;
    own.task = family.task();
    for (const bool probability :
         {false, family.task() == core::Task::classification && family.abilities().probability}) {
      for (const FitMode mode : {FitMode::exact, FitMode::converged}) {
        const auto trainer = family.trainer(own, {});
        const FitRequest request{
            .params = params, .train = rows, .time_limit_s = 1e-9, .probability = probability, .mode = mode};
        EXPECT_EQ(trainer->fit(request)->status(), FitStatus::time_limit) << name;
        EXPECT_FALSE(certificate_of(*trainer->fit(request)).converged) << name;
      }
    }
  }
}

TEST(Samples, make_one_kernel_matrix_for_as_long_as_their_key_is_the_same) {
  const core::Dataset data = two_clouds();
  const std::vector<core::Index> rows = all_rows(data);
  SharedKernels shared(data, {});
  const core::PreparedSamples scaled{.x = prepared(data, {{"preprocessing", "minmax"}}, rows).x, .key = 7};
  shared.take(scaled);
  const KernelMatrix* const first = shared.matrix({}, rows).get();
  shared.take(scaled);
  EXPECT_EQ(shared.matrix({}, rows).get(), first);
  const auto kept = shared.matrix({}, rows);
  shared.take({});
  EXPECT_NE(shared.matrix({}, rows), kept);
  EXPECT_EQ(shared.matrix({}, rows)->prepared.x, nullptr);
  EXPECT_EQ(kept->prepared.x, scaled.x);
}

TEST(Samples, that_are_forgotten_are_held_by_nobody) {
  const core::Dataset data = two_clouds();
  const std::vector<core::Index> rows = all_rows(data);
  const core::Params params{{"preprocessing", "minmax"}};
  for (const std::string& name : family_names()) {
    if (find_family(name)->task() != data.task || name == "one_class") continue;
    const auto trainer = find_family(name)->trainer(data, {});
    const core::PreparedSamples scaled = prepared(data, params, rows);
    (void)trainer->fit({.params = params, .train = rows, .samples = scaled});
    trainer->forget();
    EXPECT_EQ(scaled.x.use_count(), 1) << name;
  }
}

TEST(TimeLimit, does_not_count_the_kernel_matrix) {
  const core::Dataset data = two_clouds();
  const std::vector<core::Index> rows = all_rows(data);
  SharedKernels shared(data, {});
  shared.take({});
  const Clock::time_point asked = Clock::now();
  Deadline deadline = asked;
  (void)shared.matrix({}, rows, &deadline);
  EXPECT_GT(*deadline, asked);
  EXPECT_LE(*deadline, Clock::now());
}

TEST(Failed, is_not_converged) { EXPECT_FALSE(Certificate().converged); }

/// A folder that goes away with the test.
class Folder {
 public:
  Folder() : path_(std::filesystem::path(testing::TempDir()) / ("gridmill_svm_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// What libsvm makes of a model file: decision values of pairs, then the predicted label.
std::vector<double> libsvm_predict(const std::filesystem::path& file, std::span<const double> x, std::size_t n_values) {
  svm_model* model = svm_load_model(file.c_str());
  std::vector<double> values(n_values);
  if (model == nullptr) return values;
  std::vector<svm_node> nodes;
  for (std::size_t f = 0; f < x.size(); ++f) nodes.push_back({static_cast<int>(f + 1), x[f]});
  nodes.push_back({-1, 0});
  values.push_back(svm_predict_values(model, nodes.data(), values.data()));
  svm_free_and_destroy_model(&model);
  return values;
}

TEST(Files, libsvm_reads_a_classifier_and_agrees) {
  const Folder folder;
  for (const char* kernel : {"rbf", "linear", "poly", "sigmoid"}) {
    const core::Dataset data = two_clouds();
    const std::vector<core::Index> rows = all_rows(data);
    const auto trainer = find_family("svc")->trainer(data, {});
    const core::Params params{{"kernel", kernel}, {"coef0", 0.25}, {"C", 10.0}};
    const auto fit = trainer->fit({.params = params, .train = rows});
    fit->model()->save(folder.path());
    const Prediction ours = fit->predict(rows, {.decision = true});
    for (const core::Index i : rows) {
      const std::vector<double> theirs = libsvm_predict(folder.path() / "model.libsvm", data.x.sample(i), 1);
      ASSERT_NEAR(-theirs[0], ours.decision(0, i), 1e-9 * std::max(1.0, std::abs(theirs[0]))) << kernel;
      ASSERT_EQ(theirs[1], ours.value[i]) << kernel;
    }
  }
}

TEST(Files, libsvm_reads_a_regression_and_agrees) {
  const Folder folder;
  const core::Dataset data = golden_dataset("wave");
  const std::vector<core::Index> rows = all_rows(data);
  const auto trainer = find_family("svr")->trainer(data, {});
  const core::Params params{{"C", 3.0}};
  const auto fit = trainer->fit({.params = params, .train = rows});
  fit->model()->save(folder.path());
  const Prediction ours = fit->predict(rows, {});
  for (const core::Index i : rows) {
    ASSERT_NEAR(libsvm_predict(folder.path() / "model.libsvm", data.x.sample(i), 1)[1], ours.value[i], 1e-9);
  }
}

TEST(Files, a_loaded_model_predicts_the_same_bits) {
  const Folder folder;
  const core::Dataset data = golden_dataset("iris");
  const std::vector<core::Index> rows = all_rows(data);
  const auto trainer = find_family("svc")->trainer(data, {});
  const Outputs wanted{.decision = true, .probability = true};
  const core::Params params{{"break_ties", true}};
  const auto model = trainer->fit({.params = params, .train = rows, .probability = true})->model();
  model->save(folder.path());
  const auto loaded = find_family("svc")->load(folder.path(), model->state());
  const Prediction before = model->predict(data.x, wanted);
  const Prediction after = loaded->predict(data.x, wanted);
  EXPECT_EQ(after.value, before.value);
  EXPECT_TRUE(arma::approx_equal(after.decision, before.decision, "absdiff", 0.0));
  EXPECT_TRUE(arma::approx_equal(after.probability, before.probability, "absdiff", 0.0));
}

TEST(Files, a_loaded_regression_predicts_the_same_bits) {
  const Folder folder;
  const core::Dataset data = golden_dataset("wave");
  const std::vector<core::Index> rows = all_rows(data);
  const auto trainer = find_family("svr")->trainer(data, {});
  const core::Params params{};
  const auto model = trainer->fit({.params = params, .train = rows})->model();
  model->save(folder.path());
  const auto loaded = find_family("svr")->load(folder.path(), model->state());
  EXPECT_EQ(loaded->predict(data.x, {}).value, model->predict(data.x, {}).value);
}

TEST(Files, names_the_file_that_is_not_a_model) {
  const Folder folder;
  const core::Dataset data = two_clouds();
  const std::vector<core::Index> rows = all_rows(data);
  const auto trainer = find_family("svc")->trainer(data, {});
  const core::Params params{};
  const core::Value state = trainer->fit({.params = params, .train = rows})->model()->state();
  try {
    (void)find_family("svc")->load(folder.path(), state);
    FAIL() << "loaded a model that is not there";
  } catch (const core::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("model.libsvm: cannot be read: a model in libsvm's format should be here"));
  }
}

TEST(Platt, stratified_folds_are_dealt_in_order_of_first_appearance) {
  const std::vector<double> y{1, 1, 1, 0, 0, 0, 0, 1};
  // scikit-learn 1.2.1: StratifiedKFold(3)
  EXPECT_THAT(stratified_folds(y, 3), ElementsAre(0, 0, 1, 0, 1, 1, 2, 2));
}

}  // namespace
}  // namespace gridmill::models::svm::test
