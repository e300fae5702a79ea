#include "prepare/impute.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "prepare/column_statistics.hpp"
#include "prepare/saved_step.hpp"

namespace gridmill::prepare {

namespace {

/// The least of the values that occur most often.
double most_frequent(std::vector<double>& values) {
  std::ranges::sort(values);
  double most = values.front();
  std::ptrdiff_t count = 0;
  for (auto first = values.begin(); first != values.end();) {
    const auto end = std::find_if(first, values.end(), [&](double value) { return value != *first; });
    if (end - first > count) {
      count = end - first;
      most = *first;
    }
    first = end;
  }
  return most;
}

std::vector<double> fills(const std::string& how, double constant, const core::MatrixView& x,
                          std::span<const core::Index> rows) {
  if (how == "mean") {
    std::vector<double> means = column_means(x, rows);
    std::replace_if(
        means.begin(), means.end(), [](double v) { return std::isnan(v); }, 0.0);  // no value to learn from
    return means;
  }
  std::vector<double> fill(x.n_features, how == "constant" ? constant : 0.0);
  if (how == "zero" || how == "constant") return fill;
  for_each_feature(x, rows, [&](std::size_t j, std::vector<double>& values) {
    if (!values.empty()) fill[j] = how == "median" ? median_of(values) : most_frequent(values);
  });
  return fill;
}

class FittedImpute final : public FittedStep {
 public:
  FittedImpute(std::string how, std::vector<double> fill) : how_(std::move(how)), fill_(std::move(fill)) {}

  [[nodiscard]] core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows) const override {
    core::Matrix out(fill_.size(), rows.size(), arma::fill::none);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::span<const double> row = frame.numbers.sample(rows[i]);
      double* const filled = out.colptr(i);
      for (std::size_t j = 0; j < fill_.size(); ++j) filled[j] = std::isnan(row[j]) ? fill_[j] : row[j];
    }
    return out;
  }
  [[nodiscard]] bool fills_missing() const override { return true; }
  [[nodiscard]] core::ValueMapping to_value() const override {
    return {{impute_kind().options.front().name, how_}, {"fill", list_of(fill_)}};
  }

 private:
  std::string how_;
  std::vector<double> fill_;  // by feature
};

class Impute final : public Step {
 public:
  Impute(std::string how, double constant) : how_(std::move(how)), constant_(constant) {}

  [[nodiscard]] std::shared_ptr<const FittedStep> fit(const core::Frame& frame, const Lesson& lesson) const override {
    return std::make_shared<FittedImpute>(how_, fills(how_, constant_, frame.numbers, lesson.rows));
  }
  [[nodiscard]] bool fills_missing() const override { return true; }

 private:
  std::string how_;
  double constant_;
};

std::unique_ptr<Step> make_impute(const core::Params& params) {
  const std::string& how = impute_kind().value_of(params, "impute").text();
  if (how == "none") return nullptr;
  return std::make_unique<Impute>(how, impute_kind().value_of(params, "impute_value").number());
}

std::shared_ptr<const FittedStep> read_impute(const core::Value& value, std::size_t n_features) {
  return std::make_shared<FittedImpute>(saved_choice(value, impute_kind().options.front()),
                                        saved_numbers(value, "fill", n_features));
}

}  // namespace

const StepKind& impute_kind() {
  static const StepKind kind{
      .options = {{.name = "impute",
                   .kinds = {core::Kind::text},
                   .default_value = "none",
                   .range = {},
                   .choices = {"none", "mean", "median", "most_frequent", "constant", "zero"},
                   .meaning = "What replaces a missing value: a statistic of the feature in the training rows, a "
                              "constant (impute_value), or zero."},
                  {.name = "impute_value",
                   .kinds = {core::Kind::real},
                   .default_value = 0.0,
                   .range = {},
                   .choices = {},
                   .meaning = "What replaces a missing value with impute: constant."}},
      .uses = {{.option = "impute_value", .beside = "impute", .values = {"constant"}}},
      .make = make_impute,
      .read = read_impute};
  return kind;
}

}  // namespace gridmill::prepare
