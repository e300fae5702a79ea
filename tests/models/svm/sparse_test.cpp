// Sparse data gives what the same data gives in full, and never becomes as large.
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <random>
#include <string>

#include <unistd.h>

#include <gtest/gtest.h>

#include "golden.hpp"
#include "models/family/model.hpp"
#include "models/family/predict_samples.hpp"

namespace gridmill::models::svm::test {
namespace {

struct Pair {
  core::SparseMatrix entries;
  core::Dataset full;
  core::Dataset sparse;  // views `entries`
};

/// Samples of two or three classes, or a sum to regress on, with `n_entries` of d features each.
Pair make_pair(core::Task task, std::size_t d, std::size_t n, std::size_t n_entries) {
  std::mt19937 random(7);
  Pair out;
  out.entries.n_features = d;
  std::vector<double> y;
  for (std::size_t i = 0; i < n; ++i) {
    const auto code = static_cast<double>(i % 3);
    std::map<core::Index, double> sample;
    while (sample.size() < n_entries) {
      const auto feature = static_cast<core::Index>(random() % d);
      sample[feature] = static_cast<double>(random() % 100) / 50 - 0.5 + (feature % 3 == i % 3 ? 0.5 : 0.0);
    }
    std::vector<core::Index> features;
    std::vector<double> values;
    for (const auto& [feature, value] : sample) {
      features.push_back(feature);
      values.push_back(value);
    }
    out.entries.add({features, values});
    y.push_back(task == core::Task::classification ? code : code + values.front());
  }
  out.full = make_dataset(task, core::unpack(out.entries.view(), 0, n), y);
  out.sparse = out.full;
  out.sparse.x = {};
  out.sparse.sparse = out.entries.view();
  return out;
}

std::vector<core::Index> rows_of(std::size_t n, bool test) {
  std::vector<core::Index> rows;
  for (std::size_t i = 0; i < n; ++i) {
    if ((i % 4 == 0) == test) rows.push_back(static_cast<core::Index>(i));
  }
  return rows;
}

void expect_near(const Prediction& a, const Prediction& b, double tolerance) {
  ASSERT_EQ(a.value.size(), b.value.size());
  for (std::size_t s = 0; s < a.value.size(); ++s) EXPECT_NEAR(a.value[s], b.value[s], tolerance);
  EXPECT_TRUE(arma::approx_equal(a.decision, b.decision, "absdiff", tolerance));
}

TEST(Sparse, predicts_what_the_same_data_does_in_full) {
  for (const core::Task task : {core::Task::classification, core::Task::regression}) {
    const std::string family = task == core::Task::classification ? "svc" : "svr";
    const Pair data = make_pair(task, 60, 160, 5);
    const auto train = rows_of(160, false);
    const auto test = rows_of(160, true);
    for (const std::size_t memory : {std::size_t{0}, std::size_t{1}}) {  // whole matrix; rows on demand
      for (const char* kernel : {"rbf", "linear", "poly"}) {
        const core::Params params{{"kernel", kernel}, {"C", 3.0}, {"tol", 1e-8}};  // gamma: scale
        const auto full = find_family(family)->trainer(data.full, {.memory_bytes = memory});
        const auto sparse = find_family(family)->trainer(data.sparse, {.memory_bytes = memory});
        const Outputs wanted{.decision = true};
        const auto a = full->fit({.params = params, .train = train})->predict(test, wanted);
        const auto b = sparse->fit({.params = params, .train = train})->predict(test, wanted);
        SCOPED_TRACE(kernel);
        expect_near(a, b, 2e-5);
      }
    }
  }
}

TEST(Sparse, a_saved_model_predicts_what_the_fit_does) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("gridmill_sparse_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  for (const core::Task task : {core::Task::classification, core::Task::regression}) {
    const Family& family = *find_family(task == core::Task::classification ? "svc" : "svr");
    const Pair data = make_pair(task, 5000, 90, 8);
    const auto rows = rows_of(90, false);
    const core::Params params{{"gamma", 0.3}};
    const auto trainer = family.trainer(data.sparse, {});
    const auto fit = trainer->fit({.params = params, .train = rows});
    const auto model = fit->model();
    model->save(folder);
    const auto loaded = family.load(folder, model->state());
    const Outputs wanted{.decision = true};
    const Prediction direct = fit->predict(rows, wanted);
    expect_near(predict_samples(*model, data.sparse.sparse, rows, wanted), direct, 1e-9);
    expect_near(predict_samples(*loaded, data.sparse.sparse, rows, wanted), direct, 1e-9);
  }
  std::filesystem::remove_all(folder);
}

TEST(Sparse, nu_machines_take_it_as_it_is) {
  for (const core::Task task : {core::Task::classification, core::Task::regression}) {
    const Family& family = *find_family(task == core::Task::classification ? "nu_svc" : "nu_svr");
    ASSERT_TRUE(family.abilities().sparse);
    const Pair data = make_pair(task, 60, 160, 5);
    const auto train = rows_of(160, false);
    const auto test = rows_of(160, true);
    for (const char* kernel : {"rbf", "linear"}) {
      SCOPED_TRACE(kernel);
      const core::Params params{{"kernel", kernel}, {"nu", 0.3}, {"gamma", 0.4}, {"tol", 1e-8}};
      const Outputs wanted{.decision = true};
      const auto full = family.trainer(data.full, {});
      const auto sparse = family.trainer(data.sparse, {});
      const auto a = full->fit({.params = params, .train = train});
      const auto b = sparse->fit({.params = params, .train = train});
      // libsvm is given the same nodes.
      EXPECT_EQ(a->details(), b->details());
      expect_near(a->predict(test, wanted), b->predict(test, wanted), 1e-9);
    }
  }
}

TEST(Sparse, a_model_predicts_the_same_bits_in_either_form_and_any_company) {
  const Pair data = make_pair(core::Task::classification, 60, 160, 5);
  const auto rows = rows_of(160, false);
  for (const char* kernel : {"rbf", "poly"}) {
    const core::Params params{{"kernel", kernel}};
    const auto trainer = find_family("svc")->trainer(data.sparse, {});
    const auto model = trainer->fit({.params = params, .train = rows})->model();
    const Outputs wanted{.decision = true};
    const Prediction sparse = model->predict_sparse(data.sparse.sparse, wanted);
    const Prediction full = model->predict(data.full.x, wanted);
    EXPECT_EQ(sparse.value, full.value);
    EXPECT_TRUE(arma::approx_equal(sparse.decision, full.decision, "absdiff", 0.0));
    const std::vector<core::Index> few{159, 3, 17};
    const Prediction some = predict_samples(*model, data.sparse.sparse, few, wanted);
    for (std::size_t s = 0; s < few.size(); ++s) {
      EXPECT_TRUE(arma::approx_equal(some.decision.col(s), sparse.decision.col(few[s]), "absdiff", 0.0));
    }
  }
}

TEST(Sparse, a_missing_value_gives_missing_predictions) {
  const Pair data = make_pair(core::Task::regression, 60, 160, 5);
  const auto rows = rows_of(160, false);
  for (const char* kernel : {"rbf", "linear"}) {
    const core::Params params{{"kernel", kernel}};
    const auto trainer = find_family("svr")->trainer(data.sparse, {});
    const auto model = trainer->fit({.params = params, .train = rows})->model();
    core::Matrix x(60, 2, arma::fill::ones);
    x(59, 1) = std::nan("");
    const std::vector<double> predicted = model->predict(x, {}).value;
    EXPECT_TRUE(std::isfinite(predicted[0]));
    EXPECT_TRUE(std::isnan(predicted[1]));
  }
}

TEST(Sparse, a_sample_whose_length_overflows_is_far_from_all_vectors) {
  const Pair data = make_pair(core::Task::regression, 60, 160, 5);
  const auto rows = rows_of(160, false);
  const core::Params params{{"kernel", "rbf"}};
  const auto full = find_family("svr")->trainer(data.full, {})->fit({.params = params, .train = rows})->model();
  const auto sparse = find_family("svr")->trainer(data.sparse, {})->fit({.params = params, .train = rows})->model();
  core::Matrix x(60, 3);
  x.col(0).fill(1e9);
  x.col(1).fill(1e200);
  x.col(2).fill(std::numeric_limits<double>::max());
  for (const Model* model : {full.get(), sparse.get()}) {
    const std::vector<double> predicted = model->predict(x, {}).value;
    EXPECT_TRUE(std::isfinite(predicted[0]));
    EXPECT_EQ(predicted[1], predicted[0]);
    EXPECT_EQ(predicted[2], predicted[0]);
  }
}

/// In full it would be 12 GB.
TEST(Sparse, fits_many_features_in_the_memory_of_their_entries) {
  const std::size_t n = 300;
  const std::size_t d = 5'000'000;
  Pair data;
  data.entries.n_features = d;
  std::vector<double> y;
  for (std::size_t i = 0; i < n; ++i) {
    const std::vector<core::Index> features{static_cast<core::Index>(i % 2), static_cast<core::Index>(2 + i * 7919),
                                            static_cast<core::Index>(d - 1 - i % 5)};
    const std::vector<double> values{2.0, 1.0, 1.0};
    data.entries.add({features, values});
    y.push_back(static_cast<double>(i % 2));
  }
  core::Dataset sparse = make_dataset(core::Task::classification, core::Matrix(1, n), y);
  sparse.x = {};
  sparse.sparse = data.entries.view();
  const auto rows = rows_of(n, false);
  const core::Params params{{"gamma", 0.2}};
  const auto trainer = find_family("svc")->trainer(sparse, {});
  const auto fit = trainer->fit({.params = params, .train = rows});
  const auto predicted = fit->predict(rows_of(n, true), {});
  EXPECT_EQ(predict_samples(*fit->model(), sparse.sparse, rows_of(n, true), {}).value, predicted.value);
  std::size_t right = 0;
  for (std::size_t s = 0; s < predicted.value.size(); ++s) right += predicted.value[s] == y[4 * s] ? 1U : 0U;
  EXPECT_EQ(right, predicted.value.size());
}

}  // namespace
}  // namespace gridmill::models::svm::test
