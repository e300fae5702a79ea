#include "models/svm/machines/nu.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "models/family/predict_samples.hpp"
#include "models/svm/kernels/kernel_options.hpp"
#include "models/svm/libsvm/libsvm_training.hpp"
#include "models/svm/machines/fit_cost.hpp"
#include "models/svm/machines/svc_model.hpp"
#include "models/svm/machines/svr_model.hpp"

namespace gridmill::models::svm {

namespace {

using core::Kind;

const core::OptionSpec kNu{"nu", {Kind::real},
                           0.5,  core::Range{.low = 0, .high = 1, .low_open = true},
                           {},   "Most margin errors and least support vectors, as shares of the samples."};

std::vector<core::OptionSpec> nu_svc_options() {
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

std::vector<core::OptionSpec> nu_svr_options() {
  std::vector<core::OptionSpec> options = common_options();
  std::erase_if(options, [](const auto& option) { return option.name == "max_iter"; });
  options.push_back(kNu);
  return options;
}

/// What libsvm tells of a fit.
std::span<const Detail> details_of_libsvm() {
  static constexpr Detail kDetails[] = {
      {"iterations", Detail::Kind::integer, "Steps of libsvm's solver, over all pairs of classes."},
      {"converged", Detail::Kind::boolean, "Whether no pair of classes was given up at libsvm's limit of steps."},
      {"n_support", Detail::Kind::integer, "Support vectors."},
  };
  return kDetails;
}

/// The samples of one fit, in libsvm's order: by class, and as in the data within a class.
struct Samples {
  SupportVectors x;
  Kernel kernel;
  std::vector<double> y;
};

std::vector<core::Index> in_order(const core::Dataset& data, std::span<const core::Index> train) {
  std::vector<core::Index> rows(train.begin(), train.end());
  if (data.task == core::Task::classification) {
    std::stable_sort(rows.begin(), rows.end(), [&](auto a, auto b) { return data.y[a] < data.y[b]; });
  }
  return rows;
}

void take_sparse(const core::SparseView& all, std::span<const core::Index> rows, const KernelOptions& kernel,
                 Samples& out) {
  core::SparseMatrix x;
  x.n_features = all.n_features;
  for (const core::Index row : rows) x.add(all.sample(row));
  if (!std::ranges::all_of(x.value, [](double value) { return std::isfinite(value); })) {
    throw FitError("a feature is missing or infinite");
  }
  out.kernel = kernel.resolve(all, rows);
  out.x = SupportVectors(std::move(x));
}

void take_full(const core::MatrixView& all, std::span<const core::Index> rows, const KernelOptions& kernel,
               Samples& out) {
  core::Matrix x(all.n_features, rows.size(), arma::fill::none);
  for (std::size_t s = 0; s < rows.size(); ++s) std::ranges::copy(all.sample(rows[s]), x.colptr(s));
  if (!x.is_finite()) {
    throw FitError(
        "a feature is missing (NaN) or infinite; fill what is missing with 'impute: mean' (or median, "
        "most_frequent, zero)");
  }
  std::vector<core::Index> each(x.n_cols);
  std::iota(each.begin(), each.end(), core::Index{0});
  out.kernel = kernel.resolve(core::MatrixView(x), each);
  out.x = SupportVectors(std::move(x));
}

Samples samples_of(const core::Dataset& data, const FitRequest& request, const KernelOptions& kernel) {
  const std::vector<core::Index> rows = in_order(data, request.train);
  Samples out;
  if (request.samples.is_sparse(data)) {
    take_sparse(request.samples.sparse_view(data), rows, kernel, out);
  } else {
    take_full(request.samples.view(data), rows, kernel, out);
  }
  for (const core::Index row : rows) out.y.push_back(data.y[row]);
  return out;
}

LibsvmTrained train(MachineKind kind, const Samples& samples, const FitRequest& request,
                    std::span<const core::OptionSpec> options, std::size_t cache_bytes) {
  const auto number = [&](std::string_view name) { return value_of(request.params, options, name).number(); };
  double tolerance = number("tol");
  if (request.mode == FitMode::converged) tolerance = std::min(tolerance, kConvergedTolerance);
  return train_libsvm({.kind = kind,
                       .kernel = samples.kernel,
                       .nu = number("nu"),
                       .C = kind == MachineKind::nu_svr ? number("C") : 1.0,
                       .tolerance = tolerance,
                       .cache_bytes = cache_bytes},
                      samples.x, samples.y);
}

/// A fit whose model stands alone from the start.
class NuFit final : public Fit {
 public:
  using MakeModel = std::function<std::unique_ptr<Model>()>;
  NuFit(const core::Dataset& data, core::PreparedSamples samples, std::vector<std::size_t> classes,
        const LibsvmTrained& trained, MakeModel make_model)
      : data_(data),
        samples_(std::move(samples)),
        classes_(std::move(classes)),
        make_model_(std::move(make_model)),
        model_(make_model_()),
        details_{static_cast<double>(trained.iterations), trained.converged ? 1.0 : 0.0,
                 static_cast<double>(trained.support.size())} {}

  [[nodiscard]] FitStatus status() const override { return FitStatus::ok; }
  [[nodiscard]] std::vector<double> details() const override { return details_; }
  [[nodiscard]] const std::vector<std::size_t>& classes() const override { return classes_; }
  [[nodiscard]] Prediction predict(std::span<const core::Index> rows, Outputs wanted) const override {
    return samples_.is_sparse(data_) ? predict_samples(*model_, samples_.sparse_view(data_), rows, wanted)
                                     : predict_samples(*model_, samples_.view(data_), rows, wanted);
  }
  [[nodiscard]] std::unique_ptr<Model> model() const override { return make_model_(); }

 private:
  const core::Dataset& data_;
  core::PreparedSamples samples_;
  std::vector<std::size_t> classes_;
  MakeModel make_model_;
  std::unique_ptr<Model> model_;
  std::vector<double> details_;  // as details_of_libsvm names them
};

class NuTrainer final : public Trainer {
 public:
  NuTrainer(const core::Dataset& data, std::span<const core::OptionSpec> options, std::size_t cache_bytes)
      : data_(data), options_(options), cache_bytes_(cache_bytes) {}

  [[nodiscard]] std::unique_ptr<Fit> fit(const FitRequest& request) override {
    const bool classifies = data_.task == core::Task::classification;
    if (!data_.weight.empty()) throw FitError("nu machines take no sample weights; svc and svr do");
    if (request.probability) throw FitError("nu_svc gives no probabilities; svc does");
    if (request.time_limit_s > 0) throw FitError("nu machines know no time limit; svc and svr do");
    const Samples samples = samples_of(data_, request, kernel_options(request.params, options_));
    return classifies ? classifier(samples, request) : regression(samples, request);
  }

 private:
  [[nodiscard]] std::unique_ptr<Fit> classifier(const Samples& samples, const FitRequest& request) const {
    OneVsOne machine{.start = {0}};
    for (const double code : samples.y) {
      const auto at = static_cast<std::size_t>(code);
      if (machine.classes.empty() || machine.classes.back() != at) machine.classes.push_back(at);
    }
    if (machine.classes.size() < 2) {
      throw FitError(fmt::format("all training samples are of class '{}'; nu_svc needs at least two classes",
                                 data_.classes[machine.classes.front()]));
    }
    const LibsvmTrained trained = train(MachineKind::nu_svc, samples, request, options_, cache_bytes_);
    for (const std::size_t n : trained.n_support) machine.start.push_back(machine.start.back() + n);
    machine.coefficients = trained.coefficients;
    machine.rho = trained.rho;
    const bool breaks = value_of(request.params, options_, "break_ties").boolean();
    const SvcModel::Parts parts{.kind = MachineKind::nu_svc,
                                .kernel = samples.kernel,
                                .vectors = samples.x.at(trained.support),
                                .classifier = {.machine = machine,
                                               .n_codes = data_.classes.size(),
                                               .ties = breaks ? TieRule::decision : TieRule::lowest_class},
                                .labels = file_labels(data_.classes, machine.classes)};
    return std::make_unique<NuFit>(data_, request.samples, machine.classes, trained,
                                   [parts] { return std::make_unique<SvcModel>(parts); });
  }

  [[nodiscard]] std::unique_ptr<Fit> regression(const Samples& samples, const FitRequest& request) const {
    const LibsvmTrained trained = train(MachineKind::nu_svr, samples, request, options_, cache_bytes_);
    const SvrModel::Parts parts{.kind = MachineKind::nu_svr,
                                .kernel = samples.kernel,
                                .vectors = samples.x.at(trained.support),
                                .coefficients = trained.coefficients,
                                .rho = trained.rho.front()};
    return std::make_unique<NuFit>(data_, request.samples, std::vector<std::size_t>{}, trained,
                                   [parts] { return std::make_unique<SvrModel>(parts); });
  }

  const core::Dataset& data_;
  std::span<const core::OptionSpec> options_;
  std::size_t cache_bytes_;
};

/// What libsvm is given on one rank: the samples once more as its nodes, and rows of the kernel matrix.
struct NuMemory {
  std::size_t samples;
  std::size_t least_rows;
  std::size_t rows;
};

NuMemory memory_of(const core::Dataset& data, const Resources& resources) {
  constexpr std::size_t kWantedRows = 200'000'000;  // as scikit-learn
  const std::size_t entries = data.is_sparse() ? data.sparse.n_entries() : data.n_samples() * data.n_features();
  NuMemory out{.samples = 3 * entries * sizeof(double),
               .least_rows = std::max<std::size_t>(1'000'000, 4 * data.n_samples() * sizeof(float)),
               .rows = kWantedRows};
  if (resources.memory_bytes > 0) {
    const std::size_t share = resources.memory_bytes / resources.n_ranks_on_node();
    out.rows = std::clamp(share - std::min(share, out.samples), out.least_rows, std::max(out.least_rows, kWantedRows));
  }
  return out;
}

class NuFamily : public Family {
 public:
  NuFamily(core::Task task, std::vector<core::OptionSpec> options) : task_(task), options_(std::move(options)) {}

  [[nodiscard]] std::string_view name() const override { return classifies() ? "nu_svc" : "nu_svr"; }
  [[nodiscard]] std::string_view meaning() const override {
    return classifies() ? "Support vector classifier whose nu bounds the share of margin errors (libsvm's own solver: "
                          "no sample weights, probabilities or time limit)."
                        : "Support vector regression whose nu chooses the tube's width (libsvm's own solver: no sample "
                          "weights or time limit).";
  }
  [[nodiscard]] core::Task task() const override { return task_; }
  [[nodiscard]] std::span<const core::OptionSpec> options() const override { return options_; }
  [[nodiscard]] std::vector<std::string> check(const core::Params& /*params*/) const override { return {}; }
  [[nodiscard]] std::span<const Detail> details() const override { return details_of_libsvm(); }
  [[nodiscard]] Abilities abilities() const override {
    return {.weights = false, .time_limit = false, .probability = false, .sparse = true};
  }
  [[nodiscard]] std::string sharing_key(const core::Params& params) const override {
    return kernel_key(params, options_);
  }
  [[nodiscard]] double cost(const core::Params& params, std::size_t n_train, std::size_t n_features,
                            std::size_t /*n_classes*/) const override {
    return fit_cost(classifies() ? 1.0 : value_of(params, options_, "C").number(), n_train, n_features);
  }
  [[nodiscard]] MemoryUse memory_use(const core::Dataset& data, const Resources& resources) const override {
    const NuMemory each = memory_of(data, resources);
    const std::size_t n_ranks = resources.n_ranks_on_node();
    // No more rows are kept than there are.
    const std::size_t all_rows = data.n_samples() * data.n_samples() * sizeof(float);
    const std::size_t rows = std::max(each.least_rows, std::min(each.rows, all_rows));
    return {.bytes = n_ranks * (each.samples + rows),
            .least_bytes = n_ranks * (each.samples + each.least_rows),
            .words = fmt::format("kernel rows of libsvm, {} MB a rank", rows / 1'000'000)};
  }
  [[nodiscard]] std::unique_ptr<Trainer> trainer(const core::Dataset& data, const Resources& resources) const override {
    return std::make_unique<NuTrainer>(data, options_, memory_of(data, resources).rows);
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
  static const NuFamily family(core::Task::classification, nu_svc_options());
  return family;
}

const Family& nu_svr_family() {
  static const NuFamily family(core::Task::regression, nu_svr_options());
  return family;
}

}  // namespace gridmill::models::svm
