#include "prepare/keep_features.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "prepare/feature_scores.hpp"
#include "prepare/preprocessing.hpp"
#include "prepare/saved_step.hpp"

namespace gridmill::prepare {

namespace {

class FittedSelection final : public FittedStep {
 public:
  FittedSelection(std::string measure, std::vector<std::size_t> kept, std::vector<std::string> names)
      : measure_(std::move(measure)), kept_(std::move(kept)), names_(std::move(names)) {}

  [[nodiscard]] core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows) const override {
    core::Matrix out(kept_.size(), rows.size(), arma::fill::none);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::span<const double> row = frame.numbers.sample(rows[i]);
      double* const left = out.colptr(i);
      for (std::size_t k = 0; k < kept_.size(); ++k) left[k] = row[kept_[k]];
    }
    return out;
  }
  [[nodiscard]] std::vector<std::string> names(const std::vector<std::string>& /*before*/) const override {
    return names_;
  }
  [[nodiscard]] std::string report(const std::vector<std::string>& before) const override {
    return fmt::format("{} of {} features are kept, by {}: {}", kept_.size(), before.size(), measure_,
                       fmt::join(names_, ", "));
  }
  [[nodiscard]] core::ValueMapping to_value() const override {
    return {{keep_features_kind().options.front().name, list_of(kept_)},
            {"keep_by", measure_},
            {"names", core::ValueList(names_.begin(), names_.end())}};
  }

 private:
  std::string measure_;
  std::vector<std::size_t> kept_;   // positions, ascending
  std::vector<std::string> names_;  // of these
};

std::size_t how_many(const core::Value& keep, std::size_t n_features) {
  if (keep.is_integer()) return static_cast<std::size_t>(keep.integer());
  constexpr double kRounding = 1e-9;  // 0.29 x 100 is 28.999...
  const auto n = static_cast<std::size_t>(keep.number() * static_cast<double>(n_features) + kRounding);
  return std::max<std::size_t>(1, n);
}

class Selection final : public Step {
 public:
  Selection(core::Value keep, std::string measure) : keep_(std::move(keep)), measure_(std::move(measure)) {}

  [[nodiscard]] std::shared_ptr<const FittedStep> fit(const core::Frame& frame, const Lesson& lesson) const override {
    const std::size_t n_features = frame.numbers.n_features;
    const std::size_t n = how_many(keep_, n_features);
    if (n > n_features) {
      throw core::UserError(fmt::format("keep_features is {}, but there are {} features", n, n_features),
                            "a share such as 0.5 fits any number");
    }
    std::vector<double> scores = scores_of(frame.numbers, lesson);
    for (double& score : scores) score = std::isnan(score) ? std::numeric_limits<double>::lowest() : score;
    std::vector<std::size_t> kept(n_features);
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    std::ranges::stable_sort(kept, {}, [&](std::size_t j) { return scores[j]; });
    kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(n));
    std::ranges::sort(kept);
    std::vector<std::string> names;
    for (const std::size_t j : kept) names.push_back(lesson.names[j]);
    return std::make_shared<FittedSelection>(measure_, std::move(kept), std::move(names));
  }

 private:
  [[nodiscard]] std::vector<double> scores_of(const core::MatrixView& x, const Lesson& lesson) const {
    if (measure_ == "variance") return variances(x, lesson);
    GRIDMILL_ASSERT(lesson.labels.y.size() == lesson.rows.size(), "the labels are known");
    return measure_ == "f_test" ? f_tests(x, lesson) : mutual_information(x, lesson);
  }

  core::Value keep_;
  std::string measure_;
};

std::unique_ptr<Step> make_selection(const core::Params& params) {
  const StepKind& kind = keep_features_kind();
  const core::Value& keep = kind.value_of(params, kind.options.front().name);
  if (keep.is_null()) return nullptr;
  return std::make_unique<Selection>(keep, kind.value_of(params, "keep_by").text());
}

std::shared_ptr<const FittedStep> read_selection(const core::Value& value, std::size_t n_features) {
  const StepKind& kind = keep_features_kind();
  std::vector<std::size_t> kept = saved_positions(value, kind.options.front().name, n_features);
  std::vector<std::string> names = saved_texts(value, "names", kept.size());
  const core::Value& measure = saved_entry(value, "keep_by");
  if (const auto problem = kind.options.back().check(measure)) reject_saved(fmt::format("keep_by {}", *problem));
  if (kept.empty()) reject_saved("no feature is kept");
  return std::make_shared<FittedSelection>(measure.text(), std::move(kept), std::move(names));
}

}  // namespace

const StepKind& keep_features_kind() {
  static const StepKind kind{
      .options = {{.name = "keep_features",
                   .kinds = {core::Kind::integer, core::Kind::real, core::Kind::null},
                   .default_value = {},
                   .range = core::Range::positive(),
                   .choices = {},
                   .meaning = "How many features go to the model, after all other steps: their number (20), or a share "
                              "of them (0.1; 1.0 is all). null: all of them."},
                  {.name = "keep_by",
                   .kinds = {core::Kind::text},
                   .default_value = "f_test",
                   .range = {},
                   .choices = {"f_test", "mutual_information", "variance"},
                   .meaning = "By what keep_features chooses, in the training rows: how well classes differ or a line "
                              "fits (f_test), what a feature tells of the label (mutual_information), or its "
                              "variance."}},
      .make = make_selection,
      .read = read_selection};
  return kind;
}

std::vector<std::string> check_keep_features(const core::Params& params) {
  const StepKind& kind = keep_features_kind();
  const core::Value& keep = kind.value_of(params, kind.options.front().name);
  std::vector<std::string> problems;
  if (keep.is_null()) return problems;
  if (!keep.is_integer() && keep.number() > 1) {
    problems.push_back(
        fmt::format("keep_features is {}: write a whole number of features, or a share up to 1.0", keep.python_str()));
  }
  const std::string& scaling = preprocessing_kind().value_of(params, "preprocessing").text();
  if (kind.value_of(params, "keep_by").text() == "variance" && (scaling == "standardize" || scaling == "power")) {
    problems.push_back(fmt::format(
        "keep_by: variance cannot choose after preprocessing: {}, which gives each feature the variance 1", scaling));
  }
  return problems;
}

}  // namespace gridmill::prepare
