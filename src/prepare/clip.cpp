#include "prepare/clip.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "prepare/column_statistics.hpp"
#include "prepare/saved_step.hpp"

namespace gridmill::prepare {

namespace {

class FittedClip final : public FittedStep {
 public:
  FittedClip(std::vector<double> low, std::vector<double> high) : low_(std::move(low)), high_(std::move(high)) {}

  [[nodiscard]] core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows) const override {
    core::Matrix out(low_.size(), rows.size(), arma::fill::none);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::span<const double> row = frame.numbers.sample(rows[i]);
      double* const cut = out.colptr(i);
      for (std::size_t j = 0; j < low_.size(); ++j) {
        const bool is_known = !std::isnan(row[j]) && !std::isnan(low_[j]);
        cut[j] = is_known ? std::min(std::max(row[j], low_[j]), high_[j]) : std::numeric_limits<double>::quiet_NaN();
      }
    }
    return out;
  }
  [[nodiscard]] core::ValueMapping to_value() const override {
    return {{"preprocessing", std::string(clip_way().name)}, {"low", list_of(low_)}, {"high", list_of(high_)}};
  }

 private:
  std::vector<double> low_;   // by feature; NaN: no value to learn from
  std::vector<double> high_;  // likewise
};

std::shared_ptr<const FittedStep> fit_clip(const core::Frame& frame, const Lesson& lesson, const core::Params& params) {
  const double share = preprocessing_kind().value_of(params, "clip_share").number();
  std::vector<double> low;
  std::vector<double> high;
  for_each_feature(frame.numbers, lesson.rows, [&](std::size_t /*feature*/, std::vector<double>& values) {
    low.push_back(quantile_of(values, share));
    high.push_back(quantile_of(values, 1 - share));
  });
  return std::make_shared<FittedClip>(std::move(low), std::move(high));
}

std::shared_ptr<const FittedStep> read_clip(const core::Value& value, std::size_t n_features) {
  return std::make_shared<FittedClip>(saved_numbers(value, "low", n_features),
                                      saved_numbers(value, "high", n_features));
}

}  // namespace

PreprocessingWay clip_way() { return {.name = "clip", .fit = fit_clip, .read = read_clip}; }

core::OptionSpec clip_share_option() {
  return {.name = "clip_share",
          .kinds = {core::Kind::real},
          .default_value = 0.01,
          .range = {.low = 0, .high = 0.5, .low_open = true, .high_open = true},
          .choices = {},
          .meaning = "Share of the values that preprocessing: clip cuts off on each side."};
}

}  // namespace gridmill::prepare
