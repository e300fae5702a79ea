#include "prepare/keep_features.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/sparse.hpp"
#include "prepare/feature_scores.hpp"
#include "prepare/preprocessing.hpp"
#include "prepare/saved_step.hpp"
#include "prepare/sparse_pays.hpp"

namespace gridmill::prepare {

namespace {

constexpr const char* kImportance = "importance";
constexpr const char* kStaysSparse = "sparse";

class FittedSelection final : public FittedStep {
 public:
  /// `sparse`: what is left is best kept without its 0s.
  FittedSelection(std::string measure, std::vector<std::size_t> kept, std::vector<std::string> names, bool sparse)
      : measure_(std::move(measure)), kept_(std::move(kept)), names_(std::move(names)), sparse_(sparse) {}

  [[nodiscard]] core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows) const override {
    if (frame.is_sparse()) return core::unpack(apply_sparse(frame, rows).view(), 0, rows.size());
    core::Matrix out(kept_.size(), rows.size(), arma::fill::none);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::span<const double> row = frame.numbers.sample(rows[i]);
      double* const left = out.colptr(i);
      for (std::size_t k = 0; k < kept_.size(); ++k) left[k] = row[kept_[k]];
    }
    return out;
  }
  [[nodiscard]] bool is_sparse() const override { return sparse_; }
  [[nodiscard]] core::SparseMatrix apply_sparse(const core::Frame& frame,
                                                std::span<const core::Index> rows) const override {
    core::SparseMatrix out;
    out.n_features = kept_.size();
    for (const core::Index row : rows) {
      const core::SparseSample sample = frame.sparse.sample(row);
      auto place = kept_.begin();  // both ascend
      for (std::size_t e = 0; e < sample.value.size() && place != kept_.end(); ++e) {
        place = std::lower_bound(place, kept_.end(), sample.feature[e]);
        if (place == kept_.end() || *place != sample.feature[e]) continue;
        out.feature.push_back(static_cast<core::Index>(place - kept_.begin()));
        out.value.push_back(sample.value[e]);
      }
      out.start.push_back(out.value.size());
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
            {"names", core::ValueList(names_.begin(), names_.end())},
            {kStaysSparse, sparse_}};
  }

 private:
  std::string measure_;
  std::vector<std::size_t> kept_;   // positions, ascending
  std::vector<std::string> names_;  // of these
  bool sparse_;
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
    const std::size_t n_features = frame.is_sparse() ? frame.sparse.n_features : frame.numbers.n_features;
    const std::size_t n = how_many(keep_, n_features);
    if (n > n_features) {
      throw core::UserError(fmt::format("keep_features is {}, but there are {} features", n, n_features),
                            "a share such as 0.5 fits any number");
    }
    std::vector<double> scores = scores_of(frame, lesson);
    for (double& score : scores) score = std::isnan(score) ? std::numeric_limits<double>::lowest() : score;
    std::vector<std::size_t> kept(n_features);
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    if (measure_ == kImportance) std::ranges::reverse(kept);
    std::ranges::stable_sort(kept, {}, [&](std::size_t j) { return scores[j]; });
    kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(n));
    std::ranges::sort(kept);
    std::vector<std::string> names;
    for (const std::size_t j : kept) names.push_back(lesson.names[j]);
    const bool sparse = frame.is_sparse() && stays_sparse(frame.sparse, lesson, kept);
    return std::make_shared<FittedSelection>(measure_, std::move(kept), std::move(names), sparse);
  }
  /// The noise of mutual information is drawn for samples in full.
  [[nodiscard]] bool takes_sparse() const override { return measure_ != "mutual_information"; }

 private:
  [[nodiscard]] std::vector<double> scores_of(const core::Frame& frame, const Lesson& lesson) const {
    if (measure_ == "variance") {
      return frame.is_sparse() ? variances(frame.sparse, lesson) : variances(frame.numbers, lesson);
    }
    GRIDMILL_ASSERT(lesson.labels.y.size() == lesson.rows.size(), "the labels are known");
    if (measure_ == "f_test") {
      return frame.is_sparse() ? f_tests(frame.sparse, lesson) : f_tests(frame.numbers, lesson);
    }
    if (measure_ == "mutual_information") return mutual_information(frame.numbers, lesson);
    GRIDMILL_ASSERT(lesson.measure, "who asks the model is given it");
    return lesson.measure(frame, lesson);
  }

  /// Whether leaving the 0s out still saves memory that matters.
  static bool stays_sparse(const core::SparseView& x, const Lesson& lesson, const std::vector<std::size_t>& kept) {
    const auto in_full = static_cast<double>(kept.size()) * static_cast<double>(lesson.rows.size());
    std::vector<char> is_kept(x.n_features, 0);
    for (const std::size_t j : kept) is_kept[j] = 1;
    double entries = 0;
    for (const core::Index row : lesson.rows) {
      for (const core::Index feature : x.sample(row).feature) entries += is_kept[feature];
    }
    return sparse_pays(in_full, entries);
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
  const bool sparse = std::ranges::any_of(value.mapping(), [](const auto& entry) {  // an earlier gridmill wrote none
    return entry.first == kStaysSparse && entry.second == core::Value(true);
  });
  return std::make_shared<FittedSelection>(measure.text(), std::move(kept), std::move(names), sparse);
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
                   .choices = {"f_test", "mutual_information", "variance", kImportance},
                   .meaning = "By what keep_features chooses, in the training rows: how well classes differ or a line "
                              "fits (f_test), what a feature tells of the label (mutual_information), its variance, "
                              "or what the model, fitted to all features, makes of it (importance: the gain of "
                              "boosted trees, the coefficients of linear models)."}},
      .uses = {{.option = "keep_by", .beside = "keep_features"}},
      .make = make_selection,
      .read = read_selection};
  return kind;
}

bool keeps_by_model(const core::Params& params) {
  const StepKind& kind = keep_features_kind();
  return !kind.value_of(params, kind.options.front().name).is_null() &&
         kind.value_of(params, "keep_by").text() == kImportance;
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
