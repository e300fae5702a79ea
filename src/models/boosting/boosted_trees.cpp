#include "models/boosting/boosted_trees.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/memory_size.hpp"
#include "core/option.hpp"
#include "models/boosting/boosted_model.hpp"
#include "models/boosting/booster.hpp"
#include "models/boosting/boosting_options.hpp"
#include "models/boosting/fold_matrices.hpp"
#include "models/boosting/monotone_check.hpp"

namespace gridmill::models::boosting {

namespace {

using core::Task;

using Clock = std::chrono::steady_clock;

constexpr std::string_view kRounds = "n_estimators";

std::size_t rounds_of(const core::Params& params, Task task) {
  return static_cast<std::size_t>(core::value_of(params, boosting_options(task), kRounds).integer());
}

std::string objective_of(const BoosterSettings& settings) {
  const auto found = std::ranges::find(settings, "objective", [](const auto& setting) { return setting.first; });
  return found->second;
}

/// Says whether the trees depend on the rows alone: random numbers belong to a run from its first round on.
bool draws_nothing(const core::Params& params, Task task) {
  constexpr std::array<std::string_view, 4> kShares{"subsample", "colsample_bytree", "colsample_bylevel",
                                                    "colsample_bynode"};
  const auto value = [&](std::string_view name) -> const core::Value& {
    return core::value_of(params, boosting_options(task), name);
  };
  return value("booster").text() == "gbtree" &&
         std::ranges::all_of(kShares, [&](std::string_view name) { return value(name).number() == 1; });
}

/// A booster in training.
class BoostedFit final : public Fit {
 public:
  BoostedFit(const core::Dataset& data, FoldMatrices& matrices, const FitRequest& request,
             std::shared_ptr<const TrainingSamples> training, const BoosterSettings& settings)
      : data_(data),
        matrices_(matrices),
        samples_(request.samples),
        time_limit_s_(request.time_limit_s),
        signs_(monotone_signs(request.params, data.task, request.samples.feature_names(data))),
        training_(std::move(training)),
        meaning_(Meaning::of(objective_of(settings), training_->classes, data.classes.size())),
        can_resume_(request.watch == nullptr && draws_nothing(request.params, data.task)),
        keeper_(can_resume_ ? request.keeper : nullptr),
        booster_(std::make_unique<Booster>(settings, *training_->matrix)) {
    if (can_resume_ && !request.resume.empty()) resume(settings, request);
    if (request.watch == nullptr) return;
    watch_ = *request.watch;
    watched_ = matrices_.watched(samples_, watch_->rows, *training_);
    watch_->rows = {};  // the caller's
    const auto metrics = boosting_watch_metrics(request.params, data_.task);
    greater_is_better_ = std::ranges::find(metrics, watch_->metric, &WatchMetric::name)->greater_is_better;
  }

  void go_on(const core::Params& params) override {
    const std::size_t n_rounds = rounds_of(params, data_.task);
    const Clock::time_point start = Clock::now() - spent_;
    kept_ = Clock::now();
    try {
      asked_ = n_rounds;  // of a state that was resumed there may be more
      while (n_rounds_ < n_rounds && status_ == FitStatus::ok && !has_ended()) {
        booster_->learn(n_rounds_++, *training_->matrix);
        if (watch_) look();
        if (keeper_ != nullptr) offer();
        if (time_limit_s_ > 0 && std::chrono::duration<double>(Clock::now() - start).count() >= time_limit_s_) {
          status_ = FitStatus::time_limit;
        }
      }
    } catch (const BoosterError& error) {
      throw FitError(error.what());
    }
    spent_ = Clock::now() - start;
  }

  [[nodiscard]] std::string state() const override {
    return can_resume_ && status_ == FitStatus::ok ? booster_->state() : std::string{};
  }
  [[nodiscard]] FitStatus status() const override { return status_; }
  [[nodiscard]] std::vector<double> details() const override {
    const double none = std::numeric_limits<double>::quiet_NaN();
    return {static_cast<double>(std::min(n_rounds_, asked_)), watch_ ? static_cast<double>(best_round_) : none,
            watch_ ? best_score_ : none};
  }
  [[nodiscard]] const FitCurve* curve() const override { return watch_ ? &curve_ : nullptr; }
  [[nodiscard]] std::size_t best_step() const override { return best_round_; }
  [[nodiscard]] const std::vector<std::size_t>& classes() const override { return training_->classes; }

  [[nodiscard]] Prediction predict(std::span<const core::Index> rows, Outputs wanted) const override {
    // What XGBoost has predicted for its training rows while it learnt, it need not predict again.
    const bool is_known = n_used() == 0 || n_used() == n_rounds_;
    if (is_known && std::ranges::equal(rows, training_->rows)) {
      return meaning_.predict(*booster_, *training_->matrix, wanted, n_used());
    }
    return meaning_.predict(*booster_, *matrices_.predicted(samples_, rows), wanted, n_used());
  }

  [[nodiscard]] std::string remark() const override {
    if (signs_.empty()) return {};
    const std::unique_ptr<Booster> part = n_used() > 0 && n_used() < n_rounds_ ? booster_->first(n_used()) : nullptr;
    const Booster& whole = part ? *part : *booster_;
    const std::span<const std::string> names = samples_.feature_names(data_);
    const std::string broken =
        samples_.is_sparse(data_)
            ? broken_monotone_feature(whole, samples_.sparse_view(data_), training_->rows, signs_, names)
            : broken_monotone_feature(whole, samples_.view(data_), training_->rows, signs_, names);
    if (broken.empty()) return {};
    return fmt::format("the model breaks monotone_constraints of '{}', as XGBoost {} may in large trees", broken,
                       booster_version());
  }

  [[nodiscard]] std::unique_ptr<Model> model() const override {
    const std::size_t n = n_used();
    const bool is_part = n > 0 && n < n_rounds_;
    auto booster = Booster::from_json(is_part ? booster_->first(n)->json() : booster_->json());
    return std::make_unique<BoostedModel>(std::move(booster), meaning_);
  }

 private:
  [[nodiscard]] bool has_ended() const {
    return watch_ && watch_->patience > 0 && n_rounds_ >= best_round_ + watch_->patience && n_rounds_ > 0;
  }

  void resume(const BoosterSettings& settings, const FitRequest& request) {
    booster_ = std::make_unique<Booster>(settings, *training_->matrix, request.resume);
    n_rounds_ = booster_->n_rounds();
  }

  void offer() {
    if (!keeper_->is_due(std::chrono::duration<double>(Clock::now() - kept_).count())) return;
    kept_ = Clock::now();
    try {
      keeper_->keep(booster_->state());
    } catch (const BoosterError&) {
      // The fit is as good without: if its rank dies, it begins again.
    }
  }

  /// Rounds that predictions are made with; 0: all.
  [[nodiscard]] std::size_t n_used() const {
    if (watch_ && watch_->patience > 0) return best_round_;
    return asked_ < n_rounds_ ? asked_ : 0;
  }

  void look() {
    const double score = booster_->evaluate(*watched_);
    if (n_rounds_ == 1 && watch_->patience > 0 && !std::isfinite(score)) {
      throw BoosterError(
          fmt::format("the metric {} that ends the fit is {} after its first round, so that no round is "
                      "better than another",
                      watch_->metric, score));
    }
    curve_.watched.push_back(score);
    if (watch_->train) curve_.train.push_back(booster_->evaluate(*training_->matrix));
    const bool is_better = greater_is_better_ ? score > best_score_ : score < best_score_;
    if (best_round_ == 0 || is_better) {
      best_round_ = n_rounds_;
      best_score_ = score;
    }
  }

  const core::Dataset& data_;
  FoldMatrices& matrices_;
  core::PreparedSamples samples_;
  double time_limit_s_ = 0;
  std::vector<int> signs_;  // of monotone_constraints; empty: there are none
  std::shared_ptr<const TrainingSamples> training_;
  Meaning meaning_;
  std::optional<Watch> watch_;
  std::shared_ptr<const SampleMatrix> watched_;
  bool greater_is_better_ = false;
  FitCurve curve_;
  std::size_t best_round_ = 0;  // counted from 1
  double best_score_ = 0;
  bool can_resume_ = false;
  const FitKeeper* keeper_ = nullptr;
  Clock::time_point kept_;
  std::unique_ptr<Booster> booster_;  // goes before the samples that it has seen
  std::size_t n_rounds_ = 0;          // that are learnt
  std::size_t asked_ = 0;             // that the fit is to have
  Clock::duration spent_{};
  FitStatus status_ = FitStatus::ok;
};

class BoostedTrainer final : public Trainer {
 public:
  explicit BoostedTrainer(const core::Dataset& data) : data_(data), matrices_(data) {}

  [[nodiscard]] std::unique_ptr<Fit> fit(const FitRequest& request) override {
    const core::Value none;
    const bool classifies = data_.task == Task::classification;
    const core::Value& class_weight =
        classifies ? core::value_of(request.params, boosting_options(data_.task), "class_weight") : none;
    try {
      auto training =
          matrices_.training(request.samples, request.train, matrix_kind(request.params, data_.task), class_weight);
      BoosterSettings settings = booster_settings(request.params, data_.task, request.samples.feature_names(data_),
                                                  training->classes.size(), request.job_seed);
      if (request.watch != nullptr) {
        settings.emplace_back("eval_metric", metric_of_xgboost(request.watch->metric, request.params, data_.task,
                                                               training->classes.size()));
      }
      auto fit = std::make_unique<BoostedFit>(data_, matrices_, request, std::move(training), settings);
      fit->go_on(request.params);
      return fit;
    } catch (const BoosterError& error) {
      throw FitError(error.what());
    }
  }

  void forget() override { matrices_.forget(); }

 private:
  const core::Dataset& data_;
  FoldMatrices matrices_;
};

constexpr std::array<Detail, 3> kDetails{{
    {.name = "n_rounds", .kind = Detail::Kind::integer, .meaning = "Rounds of boosting that the fit took."},
    {.name = "best_round",
     .kind = Detail::Kind::integer,
     .meaning = "The round of the best watched score; 0: not watched."},
    {.name = "best_watched", .meaning = "That score, in the metric of early_stopping."},
}};

constexpr std::array<std::string_view, 6> kNotes{
    "XGBoost 1.7.4 does the boosting; the scores are those of its Python package, bit for bit.",
    "n_estimators is free: candidates that differ in it alone are one run (not with dart).",
    "Bins are found in the training rows of each fold, once for all candidates with the same max_bin.",
    "tree_method is hist here, as in XGBoost 2. Python's 1.7.4 takes exact for less than 4 million rows.",
    "base_score is 0.5, as in 1.7.4. XGBoost 2 and 3 estimate it from the targets.",
    "1.7.4 can break monotone_constraints in large trees; the refitted model is checked, and a breach is told.",
};

/// What a value takes at most, the larger of the time while a matrix is made and of that while fits use it, with the
/// rows that are predicted: measured on 20,000 x 20 and 100,000 x 50.
constexpr double kValueBytes = 28;
constexpr double kBinnedValueBytes = 9;
constexpr std::size_t kLibraryBytes = std::size_t{12} << 20U;  // XGBoost itself

/// What the histograms of a tree's nodes take: two numbers a bin, of each node that is split. Those of the tree before
/// go while the next one's are made, so that nearly twice as many are held for a time (measured on 1,200 x 3,000).
double histogram_bytes(const core::Params& params, const core::Dataset& data) {
  const auto integer = [&](std::string_view name) {
    return core::value_of(params, boosting_options(data.task), name).integer();
  };
  if (core::value_of(params, boosting_options(data.task), "booster").text() == "gblinear") return 0;
  constexpr std::int64_t kMostDepth = 30;
  double nodes = static_cast<double>(data.n_samples());
  if (integer("max_depth") > 0) nodes = std::min(nodes, std::exp2(std::min(integer("max_depth"), kMostDepth)));
  if (integer("max_leaves") > 0) nodes = std::min(nodes, 2 * static_cast<double>(integer("max_leaves")));
  const auto bins = static_cast<double>(std::min(integer("max_bin"), static_cast<std::int64_t>(data.n_samples())));
  const double trees = integer("n_estimators") > 1 ? 1.75 : 1.25;
  return trees * nodes * bins * static_cast<double>(data.n_features()) * 2 * sizeof(double);
}

/// What a rank takes at most for fits of these candidates, in the refit: the samples and their bins, and histograms.
std::size_t bytes_a_rank(const core::Dataset& data, std::span<const Candidate> candidates) {
  const double n_values =
      static_cast<double>(data.is_sparse() ? data.sparse.n_entries() : data.n_samples() * data.n_features());
  double most = 0;
  for (const Candidate& candidate : candidates) {
    const bool bins_alone = matrix_kind(candidate.params, data.task).n_bins > 0 && !data.is_sparse();
    most = std::max(
        most, n_values * (bins_alone ? kBinnedValueBytes : kValueBytes) + histogram_bytes(candidate.params, data));
  }
  return static_cast<std::size_t>(most) + kLibraryBytes;
}

class BoostedFamily final : public Family {
 public:
  explicit BoostedFamily(Task task) : task_(task) {}

  [[nodiscard]] std::string_view name() const override { return classifies() ? "xgb_classifier" : "xgb_regressor"; }
  [[nodiscard]] std::string_view meaning() const override {
    return classifies() ? "Boosted trees that classify, by XGBoost: XGBClassifier."
                        : "Boosted trees for a quantity, by XGBoost: XGBRegressor.";
  }
  [[nodiscard]] Task task() const override { return task_; }
  [[nodiscard]] std::span<const core::OptionSpec> options() const override { return boosting_options(task_); }
  [[nodiscard]] std::vector<std::string> check(const core::Params& params) const override {
    return check_boosting(params, task_);
  }
  [[nodiscard]] std::vector<DataProblem> check_data(const core::Params& params,
                                                    const core::Dataset& data) const override {
    return check_boosting_data(params, data);
  }
  [[nodiscard]] Abilities abilities() const override {
    return {.sparse = true,
            .missing = true,
            .absent_is_missing = true,
            .decision = false,
            .free_probability = true,
            .explains = true,
            .weighs_features = true,
            .chains = false};
  }
  [[nodiscard]] std::span<const WatchMetric> watch_metrics(const core::Params& params) const override {
    return boosting_watch_metrics(params, task_);
  }
  [[nodiscard]] std::span<const std::string_view> notes() const override { return kNotes; }
  [[nodiscard]] std::span<const Detail> details() const override { return kDetails; }
  [[nodiscard]] std::string sharing_key(const core::Params& params) const override {
    return matrix_kind(params, task_).key;
  }
  [[nodiscard]] bool shares_by_fold() const override { return true; }
  [[nodiscard]] std::string_view free_axis(const core::Params& params) const override {
    return core::value_of(params, options(), "booster").text() == "dart" ? std::string_view{} : kRounds;
  }

  /// In nanoseconds: a round visits all values once a level, and all bins of each node.
  [[nodiscard]] double cost(const core::Params& params, std::size_t n_train, std::size_t n_features,
                            std::size_t n_classes) const override {
    const auto integer = [&](std::string_view name) { return core::value_of(params, options(), name).integer(); };
    const auto real = [&](std::string_view name) { return core::value_of(params, options(), name).number(); };
    const double trees = static_cast<double>(integer("num_parallel_tree")) *
                         static_cast<double>(n_classes > 2 ? n_classes : 1) *
                         static_cast<double>(rounds_of(params, task_));
    const auto depth =
        static_cast<double>(integer("max_depth") == 0 ? 10 : std::min<std::int64_t>(integer("max_depth"), 20));
    const auto bins = static_cast<double>(std::min<std::int64_t>(integer("max_bin"), 65536));
    const double values = static_cast<double>(n_train) * static_cast<double>(n_features);
    const double nodes = std::min(std::exp2(depth), static_cast<double>(n_train) / 4);
    const double a_tree = values * depth + nodes * bins * static_cast<double>(n_features);
    return trees * a_tree * real("colsample_bytree");
  }

  /// Copies of the samples, and their bins: a rank has always room for them.
  [[nodiscard]] SharedWork shared_work(std::size_t n_train, std::size_t n_features) const override {
    return {.cost = static_cast<double>(n_train) * static_cast<double>(n_features)};
  }
  [[nodiscard]] MemoryUse memory_use(const core::Dataset& data, const Resources& resources) const override {
    const std::array<Candidate, 1> default_one{};
    const std::size_t each = bytes_a_rank(
        data, resources.candidates.empty() ? std::span<const Candidate>(default_one) : resources.candidates);
    const std::size_t all = resources.n_ranks_on_node() * each;
    return {.bytes = all,
            .least_bytes = all,
            .words = fmt::format("samples and trees as XGBoost keeps them, {} a rank", core::size_text(each))};
  }
  [[nodiscard]] std::unique_ptr<Trainer> trainer(const core::Dataset& data,
                                                 const Resources& /*resources*/) const override {
    return std::make_unique<BoostedTrainer>(data);
  }
  [[nodiscard]] std::unique_ptr<Model> load(const std::filesystem::path& folder,
                                            const core::Value& state) const override {
    return BoostedModel::load(task_, folder, state);
  }

 private:
  [[nodiscard]] bool classifies() const { return task_ == Task::classification; }

  Task task_;
};

}  // namespace

const Family& xgb_classifier_family() {
  static const BoostedFamily family(Task::classification);
  return family;
}

const Family& xgb_regressor_family() {
  static const BoostedFamily family(Task::regression);
  return family;
}

}  // namespace gridmill::models::boosting
