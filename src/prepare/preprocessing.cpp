#include "prepare/preprocessing.hpp"

#include <algorithm>
#include <array>

#include "prepare/clip.hpp"
#include "prepare/log1p.hpp"
#include "prepare/power_transform.hpp"
#include "prepare/quantile_transform.hpp"
#include "prepare/saved_step.hpp"
#include "prepare/scale.hpp"

namespace gridmill::prepare {

namespace {

/// In the order in which they are told.
const std::array<PreprocessingWay, 9>& ways() {
  static const std::array<PreprocessingWay, 9> all{
      standardize_way(),     minmax_way(), robust_way(), max_abs_way(), quantile_uniform_way(),
      quantile_normal_way(), power_way(),  log1p_way(),  clip_way()};
  return all;
}

const PreprocessingWay& way_of(const std::string& name) {
  return *std::ranges::find(ways(), name, &PreprocessingWay::name);
}

class Preprocess final : public Step {
 public:
  Preprocess(const PreprocessingWay& way, core::Params params) : way_(way), params_(std::move(params)) {}

  [[nodiscard]] std::shared_ptr<const FittedStep> fit(const core::Frame& frame, const Lesson& lesson) const override {
    return way_.fit(frame, lesson, params_);
  }

 private:
  const PreprocessingWay& way_;
  core::Params params_;
};

std::unique_ptr<Step> make_preprocessing(const core::Params& params) {
  const StepKind& kind = preprocessing_kind();
  const std::string& how = kind.value_of(params, kind.options.front().name).text();
  return how == "none" ? nullptr : std::make_unique<Preprocess>(way_of(how), params);
}

std::shared_ptr<const FittedStep> read_preprocessing(const core::Value& value, std::size_t n_features) {
  return way_of(saved_choice(value, preprocessing_kind().options.front())).read(value, n_features);
}

std::vector<std::string> choices() {
  std::vector<std::string> names{"none"};
  for (const PreprocessingWay& way : ways()) names.emplace_back(way.name);
  return names;
}

}  // namespace

const StepKind& preprocessing_kind() {
  static const StepKind kind{
      .options = {{.name = "preprocessing",
                   .kinds = {core::Kind::text},
                   .default_value = "none",
                   .range = {},
                   .choices = choices(),
                   .meaning =
                       "How numbers are changed, learnt from the training rows: standardize gives mean 0 and variance "
                       "1; minmax [0, 1]; robust median 0 and a distance of 1 between the quartiles; max_abs [-1, 1]; "
                       "quantile_uniform and quantile_normal that distribution; power (Yeo-Johnson) nearly a normal "
                       "one; log1p is log(1 + x); clip cuts what lies beyond quantiles (clip_share)."},
                  clip_share_option()},
      .uses = {{.option = "clip_share", .beside = "preprocessing", .values = {"clip"}}},
      .make = make_preprocessing,
      .read = read_preprocessing};
  return kind;
}

}  // namespace gridmill::prepare
