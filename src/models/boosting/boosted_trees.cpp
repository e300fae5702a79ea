#include "models/boosting/boosted_trees.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <filesystem>
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

/// A booster in training.
class BoostedFit final : public Fit {
 public:
  BoostedFit(const core::Dataset& data, FoldMatrices& matrices, const FitRequest& request,
             std::shared_ptr<const TrainingSamples> training, const BoosterSettings& settings)
      : data_(data),
        matrices_(matrices),
        samples_(request.samples),
        time_limit_s_(request.time_limit_s),
        training_(std::move(training)),
        meaning_(Meaning::of(objective_of(settings), training_->classes, data.classes.size())),
        booster_(std::make_unique<Booster>(settings, *training_->matrix)) {}

  void go_on(const core::Params& params) override {
    const std::size_t n_rounds = rounds_of(params, data_.task);
    const Clock::time_point start = Clock::now() - spent_;
    try {
      for (; n_rounds_ < n_rounds && status_ == FitStatus::ok; ++n_rounds_) {
        booster_->learn(n_rounds_, *training_->matrix);
        if (time_limit_s_ > 0 && std::chrono::duration<double>(Clock::now() - start).count() >= time_limit_s_) {
          status_ = FitStatus::time_limit;
        }
      }
    } catch (const BoosterError& error) {
      throw FitError(error.what());
    }
    spent_ = Clock::now() - start;
  }

  [[nodiscard]] FitStatus status() const override { return status_; }
  [[nodiscard]] std::vector<double> details() const override { return {static_cast<double>(n_rounds_)}; }
  [[nodiscard]] const std::vector<std::size_t>& classes() const override { return training_->classes; }

  [[nodiscard]] Prediction predict(std::span<const core::Index> rows, Outputs wanted) const override {
    // What XGBoost has predicted for its training rows while it learnt, it need not predict again.
    if (std::ranges::equal(rows, training_->rows)) return meaning_.predict(*booster_, *training_->matrix, wanted);
    return meaning_.predict(*booster_, *matrices_.predicted(samples_, rows), wanted);
  }

  [[nodiscard]] std::unique_ptr<Model> model() const override {
    return std::make_unique<BoostedModel>(Booster::from_json(booster_->json()), meaning_);
  }

 private:
  const core::Dataset& data_;
  FoldMatrices& matrices_;
  core::PreparedSamples samples_;
  double time_limit_s_ = 0;
  std::shared_ptr<const TrainingSamples> training_;
  Meaning meaning_;
  std::unique_ptr<Booster> booster_;  // goes before the samples that it has seen
  std::size_t n_rounds_ = 0;
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
          matrices_.training(request.samples, request.train, matrix_key(request.params, data_.task), class_weight);
      const BoosterSettings settings =
          booster_settings(request.params, data_, training->classes.size(), request.job_seed);
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

constexpr std::array<Detail, 1> kDetails{
    {{.name = "n_rounds", .kind = Detail::Kind::integer, .meaning = "Rounds of boosting that the fit took."}}};

/// What a rank keeps of the samples: XGBoost's copy of a fold's training rows (a 32-bit value and a feature's number
/// each), their bins twice (by row and by feature), and its copy of the test rows; while a matrix is made, 4 bytes a
/// value besides.
std::size_t bytes_a_rank(const core::Dataset& data) {
  const std::size_t n_values = data.is_sparse() ? data.sparse.n_entries() : data.n_samples() * data.n_features();
  constexpr std::size_t kEntry = 8;
  constexpr std::size_t kBins = 4;
  constexpr std::size_t kSampleBytes = 64;  // gradients, predictions, positions
  return n_values * (kEntry + kBins) + data.n_samples() * kSampleBytes;
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
  [[nodiscard]] std::vector<core::Problem> check_data(const core::Params& params,
                                                      const core::Dataset& data) const override {
    return check_boosting_data(params, data);
  }
  [[nodiscard]] Abilities abilities() const override {
    return {.sparse = true, .missing = true, .decision = false, .free_probability = true};
  }
  [[nodiscard]] std::span<const Detail> details() const override { return kDetails; }
  [[nodiscard]] std::string sharing_key(const core::Params& params) const override { return matrix_key(params, task_); }
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

  [[nodiscard]] MemoryUse memory_use(const core::Dataset& data, const Resources& resources) const override {
    const std::size_t each = bytes_a_rank(data);
    const std::size_t all = resources.n_ranks_on_node() * each;
    return {.bytes = all,
            .least_bytes = all,
            .words = fmt::format("samples as XGBoost keeps them, {} a rank", core::size_text(each))};
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
