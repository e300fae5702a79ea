#include "models/svm/nu.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "models/predict_samples.hpp"
#include "models/preprocessing.hpp"
#include "models/svm/fit_cost.hpp"
#include "models/svm/kernel_options.hpp"
#include "models/svm/libsvm_training.hpp"
#include "models/svm/svc_model.hpp"
#include "models/svm/svr_model.hpp"

namespace gridmill::models::svm {

namespace {

using core::Kind;

const core::OptionSpec kNu{"nu", {Kind::real},
                           0.5,  core::Range{.low = 0, .high = 1, .low_open = true},
                           {},   "Most margin errors and least support vectors, as shares of the samples."};

std::vector<core::OptionSpec> svc_options() {
  std::vector<core::OptionSpec> options = common_options();
  std::erase_if(options, [](const auto& option) { return option.name == "C" || option.name == "max_iter"; });
  options.push_back(kNu);
  options.push_back({"break_ties",
                     {Kind::boolean},
                     false,
                     {},
                     {},
                     "Let the decision values break ties of votes (three classes or more)."});
  return options;
}

std::vector<core::OptionSpec> svr_options() {
  std::vector<core::OptionSpec> options = common_options();
  std::erase_if(options, [](const auto& option) { return option.name == "max_iter"; });
  options.push_back(kNu);
  return options;
}

/// The samples of one fit, preprocessed, in libsvm's order: by class, and as in the data within a class.
struct Samples {
  Preprocessing preprocessing;
  core::Matrix x;
  std::vector<double> y;
};

Samples samples_of(const core::Dataset& data, const FitRequest& request) {
  Samples out{.preprocessing = Preprocessing::fit(preprocessing_of(request.params), data.x, request.train)};
  std::vector<core::Index> rows(request.train.begin(), request.train.end());
  if (data.task == core::Task::classification) {
    std::stable_sort(rows.begin(), rows.end(), [&](auto a, auto b) { return data.y[a] < data.y[b]; });
  }
  out.x = out.preprocessing.apply(data.x, rows);
  for (const core::Index row : rows) out.y.push_back(data.y[row]);
  if (!out.x.is_finite()) {
    throw FitError(
        "a feature is missing (NaN) or infinite; fill what is missing with 'impute: mean' (or median, "
        "most_frequent, zero)");
  }
  return out;
}

LibsvmTrained train(MachineKind kind, const Kernel& kernel, const Samples& samples, const FitRequest& request,
                    std::span<const core::OptionSpec> options) {
  const auto number = [&](std::string_view name) { return value_of(request.params, options, name).number(); };
  double tolerance = number("tol");
  if (request.mode == FitMode::converged) tolerance = std::min(tolerance, kConvergedTolerance);
  return train_libsvm({.kind = kind,
                       .kernel = kernel,
                       .nu = number("nu"),
                       .C = kind == MachineKind::nu_svr ? number("C") : 1.0,
                       .tolerance = tolerance},
                      samples.x, samples.y);
}

SupportVectors vectors_of(const Samples& samples, const LibsvmTrained& trained) {
  core::Matrix out(samples.x.n_rows, trained.support.size());
  for (std::size_t v = 0; v < trained.support.size(); ++v) out.col(v) = samples.x.col(trained.support[v]);
  return SupportVectors(std::move(out));
}

/// A fit whose model stands alone from the start.
class NuFit final : public Fit {
 public:
  using MakeModel = std::function<std::unique_ptr<Model>()>;
  NuFit(const core::Dataset& data, std::vector<std::size_t> classes, std::size_t n_support, MakeModel make_model)
      : data_(data), classes_(std::move(classes)), make_model_(std::move(make_model)), model_(make_model_()) {
    certificate_.converged = true;
    certificate_.n_support = static_cast<std::int64_t>(n_support);
  }

  [[nodiscard]] FitStatus status() const override { return FitStatus::ok; }
  [[nodiscard]] const Certificate& certificate() const override { return certificate_; }
  [[nodiscard]] const std::vector<std::size_t>& classes() const override { return classes_; }
  [[nodiscard]] Prediction predict(std::span<const core::Index> rows, Outputs wanted) const override {
    return predict_samples(*model_, data_, rows, wanted);
  }
  [[nodiscard]] std::unique_ptr<Model> model() const override { return make_model_(); }

 private:
  const core::Dataset& data_;
  std::vector<std::size_t> classes_;
  MakeModel make_model_;
  std::unique_ptr<Model> model_;
  Certificate certificate_;
};

class NuTrainer final : public Trainer {
 public:
  NuTrainer(const core::Dataset& data, std::span<const core::OptionSpec> options) : data_(data), options_(options) {}

  [[nodiscard]] std::unique_ptr<Fit> fit(const FitRequest& request) override {
    const bool classifies = data_.task == core::Task::classification;
    if (!data_.weight.empty()) throw FitError("nu machines take no sample weights; svc and svr do");
    if (request.probability) throw FitError("nu_svc gives no probabilities; svc does");
    const Samples samples = samples_of(data_, request);
    std::vector<core::Index> all(samples.x.n_cols);
    for (std::size_t s = 0; s < all.size(); ++s) all[s] = static_cast<core::Index>(s);
    const Kernel kernel = kernel_options(request.params, options_).resolve(core::MatrixView(samples.x), all);
    return classifies ? classifier(samples, kernel, request) : regression(samples, kernel, request);
  }

 private:
  [[nodiscard]] std::unique_ptr<Fit> classifier(const Samples& samples, const Kernel& kernel,
                                                const FitRequest& request) const {
    OneVsOne machine{.start = {0}};
    for (const double code : samples.y) {
      const auto at = static_cast<std::size_t>(code);
      if (machine.classes.empty() || machine.classes.back() != at) machine.classes.push_back(at);
    }
    if (machine.classes.size() < 2) {
      throw FitError(fmt::format("all training samples are of class '{}'; nu_svc needs at least two classes",
                                 data_.classes[machine.classes.front()]));
    }
    const LibsvmTrained trained = train(MachineKind::nu_svc, kernel, samples, request, options_);
    for (const std::size_t n : trained.n_support) machine.start.push_back(machine.start.back() + n);
    machine.coefficients = trained.coefficients;
    machine.rho = trained.rho;
    const bool breaks = value_of(request.params, options_, "break_ties").boolean();
    const SvcModel::Parts parts{.kind = MachineKind::nu_svc,
                                .preprocessing = samples.preprocessing,
                                .kernel = kernel,
                                .vectors = vectors_of(samples, trained),
                                .classifier = {.machine = machine,
                                               .n_codes = data_.classes.size(),
                                               .ties = breaks ? TieRule::decision : TieRule::lowest_class},
                                .labels = file_labels(data_.classes, machine.classes)};
    return std::make_unique<NuFit>(data_, machine.classes, trained.support.size(),
                                   [parts] { return std::make_unique<SvcModel>(parts); });
  }

  [[nodiscard]] std::unique_ptr<Fit> regression(const Samples& samples, const Kernel& kernel,
                                                const FitRequest& request) const {
    const LibsvmTrained trained = train(MachineKind::nu_svr, kernel, samples, request, options_);
    const SvrModel::Parts parts{.kind = MachineKind::nu_svr,
                                .preprocessing = samples.preprocessing,
                                .kernel = kernel,
                                .vectors = vectors_of(samples, trained),
                                .coefficients = trained.coefficients,
                                .rho = trained.rho.front()};
    return std::make_unique<NuFit>(data_, std::vector<std::size_t>{}, trained.support.size(),
                                   [parts] { return std::make_unique<SvrModel>(parts); });
  }

  const core::Dataset& data_;
  std::span<const core::OptionSpec> options_;
};

class NuFamily : public Family {
 public:
  NuFamily(core::Task task, std::vector<core::OptionSpec> options) : task_(task), options_(std::move(options)) {}

  [[nodiscard]] std::string_view name() const override { return classifies() ? "nu_svc" : "nu_svr"; }
  [[nodiscard]] std::string_view meaning() const override {
    return classifies() ? "Support vector classifier whose nu bounds the share of margin errors (libsvm's own solver)."
                        : "Support vector regression whose nu chooses the tube's width (libsvm's own solver).";
  }
  [[nodiscard]] core::Task task() const override { return task_; }
  [[nodiscard]] std::span<const core::OptionSpec> options() const override { return options_; }
  [[nodiscard]] std::vector<std::string> check(const core::Params& /*params*/) const override { return {}; }
  [[nodiscard]] std::string sharing_key(const core::Params& params) const override {
    return kernel_key(params, options_);
  }
  [[nodiscard]] double cost(const core::Params& params, std::size_t n_train, std::size_t n_features,
                            std::size_t /*n_classes*/) const override {
    return fit_cost(classifies() ? 1.0 : value_of(params, options_, "C").number(), n_train, n_features);
  }
  [[nodiscard]] MemoryUse memory_use(const core::Dataset& /*data*/, const Resources& resources) const override {
    constexpr std::size_t kKernelRows = 200'000'000;
    const std::size_t n_ranks = resources.memory == nullptr ? 1 : resources.memory->n_sharers();
    return {.bytes = n_ranks * kKernelRows, .words = "kernel rows of libsvm, 200 MB a rank"};
  }
  [[nodiscard]] std::unique_ptr<Trainer> trainer(const core::Dataset& data,
                                                 const Resources& /*resources*/) const override {
    return std::make_unique<NuTrainer>(data, options_);
  }
  [[nodiscard]] std::unique_ptr<Model> load(const std::filesystem::path& folder,
                                            const core::Value& state) const override {
    return classifies() ? SvcModel::load(MachineKind::nu_svc, folder, state)
                        : SvrModel::load(MachineKind::nu_svr, folder, state);
  }

 private:
  [[nodiscard]] bool classifies() const { return task_ == core::Task::classification; }

  core::Task task_;
  std::vector<core::OptionSpec> options_;
};

}  // namespace

const Family& nu_svc_family() {
  static const NuFamily family(core::Task::classification, svc_options());
  return family;
}

const Family& nu_svr_family() {
  static const NuFamily family(core::Task::regression, svr_options());
  return family;
}

}  // namespace gridmill::models::svm
