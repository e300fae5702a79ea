// Every fit of the goldens, and the digits grid, against scikit-learn 1.2.1.
#include <cmath>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "brief.hpp"
#include "golden.hpp"
#include "models/family/model.hpp"
#include "prepared.hpp"

namespace gridmill::models::svm::test {
namespace {

class Sklearn : public testing::TestWithParam<GoldenCase> {
 protected:
  void SetUp() override {
    data_ = golden_dataset(GetParam().data);
    trainer_ = find_family(GetParam().family)->trainer(data_, {});
    samples_ = prepared(data_, GetParam().params, GetParam().train);
    fit_ = trainer_->fit({.params = GetParam().params,
                          .train = GetParam().train,
                          .probability = !GetParam().probability.empty(),
                          .samples = samples_});
  }

  void compare(const Prediction& ours, double tolerance) const {
    const GoldenCase& golden = GetParam();
    for (std::size_t s = 0; s < golden.test.size(); ++s) {
      SCOPED_TRACE(fmt::format("test sample {}", s));
      if (golden.family.ends_with("svr")) {
        ASSERT_NEAR(ours.value[s], golden.predict[s], tolerance);
        continue;
      }
      EXPECT_EQ(ours.value[s], golden.predict[s]);
      for (std::size_t r = 0; r < golden.decision[s].size(); ++r) {
        const double expected = golden.decision[s][r];
        ASSERT_NEAR(ours.decision(r, s), expected, tolerance * std::max(1.0, std::abs(expected)));
      }
      if (golden.probability.empty()) continue;
      for (std::size_t c = 0; c < golden.probability[s].size(); ++c) {
        ASSERT_NEAR(ours.probability(c, s), golden.probability[s][c], 1e-4);
      }
    }
  }

  /// What two solves that stop at tol may differ by.
  [[nodiscard]] double tolerance() const {
    const auto tol = GetParam().params.find("tol");
    return tol != GetParam().params.end() && tol->second.number() < 1e-5 ? 2e-5 : 2e-3;
  }

  core::Dataset data_;
  core::PreparedSamples samples_;
  std::unique_ptr<Trainer> trainer_;
  std::unique_ptr<Fit> fit_;
};

TEST_P(Sklearn, fit_predicts_the_same) {
  const Outputs wanted{.decision = true, .probability = !GetParam().probability.empty()};
  compare(fit_->predict(GetParam().test, wanted), tolerance());
}

TEST_P(Sklearn, model_predicts_the_same) {
  core::Matrix x(data_.n_features(), GetParam().test.size());
  for (std::size_t s = 0; s < GetParam().test.size(); ++s) {
    const auto sample = samples_.view(data_).sample(GetParam().test[s]);
    std::copy(sample.begin(), sample.end(), x.colptr(s));
  }
  const Outputs wanted{.decision = true, .probability = !GetParam().probability.empty()};
  compare(fit_->model()->predict(x, wanted), tolerance());
}

INSTANTIATE_TEST_SUITE_P(golden, Sklearn, testing::ValuesIn(golden_cases()), [](const auto& golden_case) {
  std::string name = golden_case.param.name;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
});

/// The columns of digits_predictions.csv.
std::vector<std::vector<double>> digits_golden() {
  std::ifstream file(golden_file("digits_predictions.csv"));
  std::string line;
  std::getline(file, line);
  std::vector<std::vector<double>> columns;
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    std::string cell;
    for (std::size_t c = 0; std::getline(cells, cell, ','); ++c) {
      if (columns.size() <= c) columns.emplace_back();
      columns[c].push_back(std::stod(cell));
    }
  }
  return columns;
}

TEST(SklearnDigits, predicts_the_same_in_all_54_fits) {
  const core::Dataset data = digits();
  const std::vector<std::vector<double>> golden = digits_golden();
  const std::vector<core::Index> fold_of = stratified(data, 3);
  const auto trainer = find_family("svc")->trainer(data, {});
  ASSERT_EQ(golden.size(), 54U);
  const std::size_t n_folds = tests_are_brief() ? 1 : 3;
  const core::ValueList gammas{1e-3, 1.0, 1e3};
  const core::ValueList weights{core::Value(), "balanced"};
  for (std::size_t g = 0; g < 3; ++g) {
    for (std::size_t candidate = g; candidate < 18; candidate += 3) {
      const core::Params params{{"C", std::pow(10.0, 4 * (static_cast<double>(candidate / 6) - 1))},
                                {"gamma", gammas[g]},
                                {"class_weight", weights[candidate / 3 % 2]}};
      for (std::size_t fold = 0; fold < n_folds; ++fold) {
        const std::vector<core::Index> train = rows_of_fold(fold_of, fold, false);
        const std::vector<core::Index> test = rows_of_fold(fold_of, fold, true);
        const auto fit = trainer->fit({.params = params, .train = train});
        const Prediction ours = fit->predict(test, {});
        const std::vector<double>& expected = golden[candidate * 3 + fold];
        std::size_t differ = 0;
        for (std::size_t s = 0; s < test.size(); ++s) differ += ours.value[s] == expected[s] ? 0U : 1U;
        EXPECT_EQ(differ, 0U) << "C " << params.at("C").number() << " gamma " << gammas[g].number() << " weight "
                              << params.at("class_weight").python_str() << " fold " << fold;
      }
    }
  }
}

}  // namespace
}  // namespace gridmill::models::svm::test
