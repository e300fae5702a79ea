#include "prepare/log1p.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/value.hpp"
#include "prepare/saved_step.hpp"

namespace gridmill::prepare {

namespace {

class FittedLog1p final : public FittedStep {
 public:
  explicit FittedLog1p(std::vector<std::string> features) : features_(std::move(features)) {}

  [[nodiscard]] core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows) const override {
    core::Matrix out(features_.size(), rows.size(), arma::fill::none);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::span<const double> row = frame.numbers.sample(rows[i]);
      double* const logarithm = out.colptr(i);
      for (std::size_t j = 0; j < features_.size(); ++j) {
        if (row[j] <= -1) refuse(j, row[j]);
        logarithm[j] = std::log1p(row[j]);
      }
    }
    return out;
  }
  [[nodiscard]] core::ValueMapping to_value() const override {
    return {{"preprocessing", std::string(log1p_way().name)},
            {"features", core::ValueList(features_.begin(), features_.end())}};
  }

 private:
  [[noreturn]] void refuse(std::size_t feature, double value) const {
    throw core::UserError(fmt::format("preprocessing: log1p takes numbers above -1, but feature '{}' is {}",
                                      features_[feature], core::python_float(value)),
                          "power (Yeo-Johnson) takes all numbers");
  }

  std::vector<std::string> features_;
};

std::shared_ptr<const FittedStep> fit_log1p(const core::Frame&, const Lesson& lesson, const core::Params&) {
  return std::make_shared<FittedLog1p>(lesson.names);
}

std::shared_ptr<const FittedStep> read_log1p(const core::Value& value, std::size_t n_features) {
  return std::make_shared<FittedLog1p>(saved_texts(value, "features", n_features));
}

}  // namespace

PreprocessingWay log1p_way() { return {.name = "log1p", .fit = fit_log1p, .read = read_log1p}; }

}  // namespace gridmill::prepare
