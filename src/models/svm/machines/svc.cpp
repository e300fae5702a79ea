#include "models/svm/machines/svc.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "models/family/class_weights.hpp"
#include "models/svm/kernels/kernel_memory.hpp"
#include "models/svm/machines/fit_cost.hpp"
#include "models/svm/machines/svc_model.hpp"
#include "models/svm/machines/svc_training.hpp"
#include "models/svm/solver/certificate.hpp"

namespace gridmill::models::svm {

namespace {

using core::Kind;

constexpr std::size_t kCalibrationFolds = 5;

std::vector<core::OptionSpec> declare_svc_options() {
  std::vector<core::OptionSpec> options = common_options();
  options.push_back(
      {"class_weight",
       {Kind::null, Kind::text, Kind::mapping},
       core::Value(),
       core::Range::at_least(0),
       {"balanced"},
       "Factor of C by class: label -> weight, or balanced = samples / (classes x samples of the class)."});
  options.push_back({"break_ties",
                     {Kind::boolean},
                     false,
                     {},
                     {},
                     "Let the decision values break ties of votes (three classes or more)."});
  return options;
}

const std::vector<core::OptionSpec>& svc_options() {
  static const std::vector<core::OptionSpec> options = declare_svc_options();
  return options;
}

SvcOptions read_options(const FitRequest& request) {
  const auto value = [&](std::string_view name) -> const core::Value& {
    return value_of(request.params, svc_options(), name);
  };
  return {.C = value("C").number(),
          .kernel = kernel_options(request.params, svc_options()),
          .class_weight = value("class_weight"),
          .smo = smo_options(request, svc_options()),
          .ties = value("break_ties").boolean() ? TieRule::decision : TieRule::lowest_class};
}

class SvcFit final : public Fit {
 public:
  SvcFit(const SharedKernels& shared, TrainedPairs trained, Classifier classifier)
      : shared_(shared), trained_(std::move(trained)), classifier_(std::move(classifier)) {}

  [[nodiscard]] FitStatus status() const override { return trained_.status; }
  [[nodiscard]] std::vector<double> details() const override { return details_of(trained_.certificate); }
  [[nodiscard]] const std::vector<std::size_t>& classes() const override { return trained_.machine.classes; }

  [[nodiscard]] Prediction predict(std::span<const core::Index> rows, Outputs wanted) const override {
    if (!classifier_.needs_values(wanted)) return {.value = trained_.vote(shared_, rows)};
    return classifier_.predict(trained_.decide(shared_, rows), wanted);
  }

  [[nodiscard]] std::vector<double> dual() const override { return trained_.dual(shared_); }
  [[nodiscard]] std::unique_ptr<Model> model() const override {
    return std::make_unique<SvcModel>(SvcModel::Parts{MachineKind::c_svc, trained_.matrix->kernel,
                                                      shared_.vectors(*trained_.matrix, trained_.support), classifier_,
                                                      file_labels(shared_.data().classes, trained_.machine.classes)});
  }

 private:
  const SharedKernels& shared_;
  TrainedPairs trained_;
  Classifier classifier_;
};

/// Fits the sigmoids that turn decision values into probabilities.
class Calibration {
 public:
  Calibration(SharedKernels& shared, SvcOptions& options, std::span<const core::Index> train)
      : shared_(shared), options_(options), train_(train) {
    for (const core::Index sample : train) codes_.push_back(shared.data().y[sample]);
  }

  [[nodiscard]] std::vector<Sigmoid> fit(const std::vector<std::size_t>& classes) {
    require_samples(classes);
    const core::Matrix decision = out_of_fold(classes.size());
    std::vector<double> weight;
    if (!shared_.data().weight.empty()) {
      for (const core::Index sample : train_) weight.push_back(shared_.data().weight[sample]);
    }
    std::vector<Sigmoid> sigmoids;
    for (std::size_t r = 0; r < decision.n_rows; ++r) {
      const std::size_t positive = classes[decision.n_rows == 1 ? 1 : r];
      std::vector<double> is_positive;
      for (const double code : codes_) is_positive.push_back(code == static_cast<double>(positive) ? 1.0 : 0.0);
      const arma::rowvec values = decision.row(r);
      sigmoids.push_back(fit_sigmoid({values.memptr(), values.n_elem}, is_positive, weight));
    }
    return sigmoids;
  }

  /// Returns what stopped the worst of the inner fits.
  [[nodiscard]] FitStatus status() const { return status_; }

 private:
  void require_samples(const std::vector<std::size_t>& classes) const {
    for (const std::size_t code : classes) {
      const auto count = static_cast<std::size_t>(std::ranges::count(codes_, static_cast<double>(code)));
      if (count >= kCalibrationFolds) continue;
      throw FitError(fmt::format("probabilities need at least {} training samples of each class; class '{}' has {}",
                                 kCalibrationFolds, shared_.data().classes[code], count));
    }
  }

  [[nodiscard]] core::Matrix out_of_fold(std::size_t n_classes) {
    const std::vector<std::size_t> fold = stratified_folds(codes_, kCalibrationFolds);
    core::Matrix decision(n_classes == 2 ? 1 : n_classes, train_.size(), arma::fill::zeros);
    for (std::size_t f = 0; f < kCalibrationFolds; ++f) {
      std::vector<core::Index> inside;
      std::vector<core::Index> outside;
      std::vector<arma::uword> places;
      for (std::size_t s = 0; s < train_.size(); ++s) {
        (fold[s] == f ? outside : inside).push_back(train_[s]);
        if (fold[s] == f) places.push_back(s);
      }
      const TrainedPairs part = train_pairs(shared_, options_, inside);
      status_ = std::max(status_, part.status);
      if (status_ == FitStatus::time_limit) break;
      const Classifier classifier{.machine = part.machine};
      decision.cols(arma::uvec(places)) = classifier.decision(part.decide(shared_, outside));
    }
    return decision;
  }

  SharedKernels& shared_;
  SvcOptions& options_;
  std::span<const core::Index> train_;
  std::vector<double> codes_;
  FitStatus status_ = FitStatus::ok;
};

class SvcTrainer final : public Trainer {
 public:
  SvcTrainer(const core::Dataset& data, const Resources& resources) : shared_(data, resources) {}

  [[nodiscard]] std::unique_ptr<Fit> fit(const FitRequest& request) override {
    shared_.take(request.samples);
    SvcOptions options = read_options(request);  // starts the clock
    const PairStarts starts{.chain = request.mode == FitMode::converged ? &chain_ : nullptr, .dual = request.start};
    TrainedPairs trained = train_pairs(shared_, options, request.train, starts);
    Classifier classifier{.machine = trained.machine, .n_codes = shared_.data().classes.size(), .ties = options.ties};
    if (request.probability) {
      Calibration calibration(shared_, options, request.train);
      classifier.sigmoids = calibration.fit(trained.machine.classes);
      trained.status = std::max(trained.status, calibration.status());
    }
    return std::make_unique<SvcFit>(shared_, std::move(trained), std::move(classifier));
  }
  void rest() override {
    chain_.forget();
    shared_.rest();
  }
  void forget() override {
    chain_.forget();
    shared_.forget();
  }

 private:
  SharedKernels shared_;
  SolutionChain chain_;
};

class SvcFamily final : public Family {
 public:
  [[nodiscard]] std::string_view name() const override { return "svc"; }
  [[nodiscard]] std::string_view meaning() const override {
    return "Support vector classifier, one machine for each pair of classes.";
  }
  [[nodiscard]] core::Task task() const override { return core::Task::classification; }
  [[nodiscard]] std::span<const core::OptionSpec> options() const override { return svc_options(); }

  [[nodiscard]] std::vector<std::string> check(const core::Params& params) const override {
    return check_class_weights(value_of(params, svc_options(), "class_weight"));
  }
  [[nodiscard]] std::vector<DataProblem> check_data(const core::Params& params,
                                                    const core::Dataset& data) const override {
    return check_class_weights(value_of(params, svc_options(), "class_weight"), data);
  }
  [[nodiscard]] std::span<const Detail> details() const override { return certificate_details(); }
  [[nodiscard]] Abilities abilities() const override { return {.sparse = true}; }
  [[nodiscard]] std::string sharing_key(const core::Params& params) const override {
    return kernel_key(params, svc_options());
  }
  [[nodiscard]] double cost(const core::Params& params, std::size_t n_train, std::size_t n_features,
                            std::size_t n_classes) const override {
    // The pairs of k classes together see each sample k-1 times, but each pair is small.
    const double pairs = static_cast<double>(n_classes) / 2;
    return fit_cost(value_of(params, svc_options(), "C").number(), n_train, n_features) / std::max(1.0, pairs);
  }
  [[nodiscard]] MemoryUse memory_use(const core::Dataset& data, const Resources& resources) const override {
    return kernel_memory_use(data, resources);
  }
  [[nodiscard]] std::unique_ptr<Trainer> trainer(const core::Dataset& data, const Resources& resources) const override {
    return std::make_unique<SvcTrainer>(data, resources);
  }
  [[nodiscard]] std::unique_ptr<Model> load(const std::filesystem::path& folder,
                                            const core::Value& state) const override {
    return SvcModel::load(MachineKind::c_svc, folder, state);
  }
};

}  // namespace

const Family& svc_family() {
  static const SvcFamily family;
  return family;
}

}  // namespace gridmill::models::svm
