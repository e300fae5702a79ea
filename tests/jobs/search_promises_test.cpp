// What a dry run promises of memory, compared with what the search then takes; and what it says of time.
#include <cstddef>
#include <cstdint>
#include <regex>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/child.hpp"
#include "tests/cli/files_test.hpp"

namespace gridmill {
namespace {

using testing::HasSubstr;

constexpr double kMiB = 1 << 20U;

/// Numbers that look random, the same each time.
class Numbers {
 public:
  unsigned next(unsigned below) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<unsigned>(state_ >> 33U) % below;
  }

 private:
  std::uint64_t state_ = 42;
};

struct Shape {
  const char* name;
  std::size_t n_rows, n_features;
  const char* model;
  const char* search;
  double limit_mib;
  bool sparse = false;
  const char* labels = "c";  // what they begin with; empty: they are numbers
  bool texts = false;        // a column of them, of words out of n_features, beside one of categories
  bool refit = false;
  bool at_most = false;  // what is read decides what is taken: rows of kernels that belong to a fold, or are libsvm's
};

class SearchPromises : public cli::FilesTest, public testing::WithParamInterface<Shape> {
 protected:
  [[nodiscard]] std::string write_texts(const Shape& shape) const {
    Numbers numbers;
    std::string csv = "note,city,y\n";
    for (std::size_t row = 0; row < shape.n_rows; ++row) {
      const unsigned label = numbers.next(2);
      for (int i = 0; i < 40; ++i) {
        csv += fmt::format("word{} ", numbers.next(1 + numbers.next(static_cast<unsigned>(shape.n_features))) + label);
      }
      csv += fmt::format(",city{},c{}\n", numbers.next(200), label);
    }
    return write("data.csv", csv);
  }

  [[nodiscard]] std::string write_data(const Shape& shape) const {
    if (shape.texts) return write_texts(shape);
    Numbers numbers;
    std::string text;
    if (!shape.sparse) {
      for (std::size_t f = 0; f < shape.n_features; ++f) text += fmt::format("x{},", f);
      text += "y\n";
    }
    for (std::size_t row = 0; row < shape.n_rows; ++row) {
      const unsigned label = numbers.next(2);
      if (shape.sparse) text += label == 1 ? "+1" : "-1";
      unsigned feature = 0;
      for (std::size_t f = 0; f < (shape.sparse ? 14 : shape.n_features); ++f) {
        feature += 1 + numbers.next(static_cast<unsigned>(shape.n_features) / 14 + 1);
        text += shape.sparse ? fmt::format(" {}:1", feature) : fmt::format("0.{},", numbers.next(900) + 50 * label);
      }
      text += shape.sparse ? "\n" : fmt::format("{}{}\n", shape.labels, label);
    }
    return write(shape.sparse ? "data.svm" : "data.csv", text);
  }

  [[nodiscard]] std::string write_config(const Shape& shape) const {
    return write("search.yaml", fmt::format("output: {}\nmemory_limit: {}MiB\ndata: {{source: {}{}}}\nmodel: {{{}}}\n"
                                            "search: {{{}{}}}\n",
                                            at("run"), shape.limit_mib, write_data(shape),
                                            shape.sparse  ? ""
                                            : shape.texts ? ", target: y, types: {note: text}"
                                                          : ", target: y",
                                            shape.model, shape.search, shape.refit ? "" : ", refit: false"));
  }

  /// The size in "memory per node  150.0 MiB of ...".
  static double promised_mib(const std::string& words) {
    std::smatch found;
    if (!std::regex_search(words, found, std::regex(R"(memory per node +([0-9.]+) (MiB|GiB))"))) return 0;
    return std::stod(found[1]) * (found[2] == "GiB" ? 1024 : 1);
  }
};

TEST_P(SearchPromises, memory_is_as_promised_and_within_its_limit) {
  const std::string config = write_config(GetParam());
  const auto promise = cli::run_program(GRIDMILL_PROGRAM, {"search", config, "--dry-run", "--ranks", "1"});
  ASSERT_EQ(promise.code, 0) << promise.errors;
  const double promised = promised_mib(promise.errors + promise.out);
  const auto search = cli::run_program(GRIDMILL_PROGRAM, {"search", config, "--ranks", "1", "--quiet"});
  ASSERT_EQ(search.code, 0) << search.errors;
  const double measured = static_cast<double>(search.peak_bytes) / kMiB;
  EXPECT_LT(measured, 1.25 * promised);
  EXPECT_GT(measured, GetParam().at_most ? 0 : 0.75 * promised);
  EXPECT_LT(measured, GetParam().limit_mib + 4);
  EXPECT_THAT(promise.errors + promise.out, HasSubstr("  time             some "));
  RecordProperty("promised_mib", std::to_string(promised));
  RecordProperty("measured_mib", std::to_string(measured));
}

constexpr const char* kShort = "name: svc, max_iter: 100";
INSTANTIATE_TEST_SUITE_P(
    shapes, SearchPromises,
    testing::Values(
        Shape{"a_matrix_all_folds_share", 6000, 8, kShort, "cv: 2, grid: {gamma: [0.1], C: [0.1, 1]}", 1000},
        Shape{"rows_on_demand", 6000, 8, "name: svc, max_iter: 20000", "cv: 2, grid: {gamma: [0.1], C: [0.1, 1]}", 100},
        Shape{"a_matrix_of_each_fold", 3000, 40, "name: svc, max_iter: 3000, preprocessing: standardize",
              "cv: 2, grid: {C: [0.1, 1]}", 1000, false, "c", false, false, true},
        Shape{"products_of_each_fold", 1200, 900, "name: ridge", "cv: 4, grid: {alpha: [1, 10]}", 1000, false, ""},
        Shape{"boosted_trees_of_values", 20000, 20, "name: xgb_classifier, max_depth: 4, tree_method: exact",
              "cv: 3, grid: {n_estimators: [2]}", 1000},
        Shape{"boosted_trees", 20000, 20, "name: xgb_classifier, max_depth: 4",
              "cv: 3, grid: {n_estimators: [5, 10], max_bin: [64, 256]}", 1000},
        Shape{"more_features_than_rows", 600, 6000, kShort, "cv: 2, grid: {gamma: [0.1], C: [0.1, 1]}", 1000},
        Shape{"boosted_trees_of_many_features", 500, 1500, "name: xgb_classifier, max_depth: 4, min_child_weight: 0",
              "cv: 2, grid: {n_estimators: [3]}", 1000, false, "c", false, true},
        Shape{"a_model_that_is_kept", 1000, 3000, kShort, "cv: 2, grid: {gamma: [0.001], C: [0.1]}", 1000, false, "c",
              false, true},
        Shape{"two_models", 5000, 8, "name: svc, kernel: rbf",
              "cv: 2, grid: [{gamma: [0.1], C: [0.1], max_iter: [100]}, {model: [nu_svc], nu: [0.5], gamma: [0.01]}]",
              1000, false, "c", false, false, true},
        Shape{"terms_of_texts", 1400, 60000,
              "name: svc, kernel: linear, max_iter: 100, text: tfidf, categories: one_hot",
              "cv: 2, grid: {C: [0.1], ngrams: [1, 2]}", 1000, false, "c", true},
        Shape{"terms_that_are_kept", 2000, 60000, "name: svc, max_iter: 100, text: counts, keep_features: 0.4",
              "cv: 2, grid: {C: [0.1]}", 1000, false, "c", true},
        Shape{"few_rows", 60, 2, "name: svc", "cv: 2, grid: {C: [1]}", 1000, false, "c", false, true},
        Shape{"many_splits", 60, 2, "name: logistic, max_iter: 3", "cv: {folds: 5, repeats: 400}, grid: {C: [1]}", 1000,
              false, "c", false, true},
        Shape{"many_candidates", 60, 2, "name: logistic, max_iter: 3",
              "cv: 5, grid: {C: {loguniform: [0.001, 1000]}}, random: {n: 2000}", 1000, false, "c", false, true},
        Shape{"sparse_samples", 5000, 2000, kShort, "cv: 2, grid: {gamma: [0.1], C: [0.1, 1]}", 1000, true}),
    [](const auto& shape) { return shape.param.name; });

}  // namespace
}  // namespace gridmill
