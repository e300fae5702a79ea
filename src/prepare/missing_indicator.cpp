#include "prepare/missing_indicator.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "prepare/column_statistics.hpp"
#include "prepare/saved_step.hpp"

namespace gridmill::prepare {

namespace {

class FittedIndicator final : public FittedStep {
 public:
  explicit FittedIndicator(std::vector<std::size_t> features) : features_(std::move(features)) {}

  [[nodiscard]] core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows) const override {
    const std::size_t n = frame.numbers.n_features;
    core::Matrix out(n + features_.size(), rows.size(), arma::fill::none);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::span<const double> row = frame.numbers.sample(rows[i]);
      double* const told = std::copy(row.begin(), row.end(), out.colptr(i));
      for (std::size_t k = 0; k < features_.size(); ++k) told[k] = std::isnan(row[features_[k]]) ? 1.0 : 0.0;
    }
    return out;
  }
  [[nodiscard]] std::vector<std::string> names(const std::vector<std::string>& before) const override {
    std::vector<std::string> after = before;
    for (const std::size_t feature : features_) after.push_back("missingindicator_" + before[feature]);
    return after;
  }
  [[nodiscard]] core::ValueMapping to_value() const override {
    return {{missing_indicator_kind().options.front().name, list_of(features_)}};
  }

 private:
  std::vector<std::size_t> features_;  // that have an indicator
};

class Indicator final : public Step {
 public:
  [[nodiscard]] std::shared_ptr<const FittedStep> fit(const core::Frame& frame, const Lesson& lesson) const override {
    const std::vector<double> present = present_counts(frame.numbers, lesson.rows);
    std::vector<std::size_t> features;
    for (std::size_t j = 0; j < present.size(); ++j) {
      if (present[j] < static_cast<double>(lesson.rows.size())) features.push_back(j);
    }
    return std::make_shared<FittedIndicator>(std::move(features));
  }
};

std::unique_ptr<Step> make_indicator(const core::Params& params) {
  const StepKind& kind = missing_indicator_kind();
  return kind.value_of(params, kind.options.front().name).boolean() ? std::make_unique<Indicator>() : nullptr;
}

std::shared_ptr<const FittedStep> read_indicator(const core::Value& value, std::size_t n_features) {
  return std::make_shared<FittedIndicator>(
      saved_positions(value, missing_indicator_kind().options.front().name, n_features));
}

}  // namespace

const StepKind& missing_indicator_kind() {
  static const StepKind kind{
      .options = {{.name = "missing_indicator",
                   .kinds = {core::Kind::boolean},
                   .default_value = false,
                   .range = {},
                   .choices = {},
                   .meaning = "Adds a feature for each that misses values in the training rows: 1 where it does, else "
                              "0. It is scaled as the others are."}},
      .make = make_indicator,
      .read = read_indicator};
  return kind;
}

}  // namespace gridmill::prepare
