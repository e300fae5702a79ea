#include "models/svm/machines/one_class.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "models/svm/kernels/kernel_memory.hpp"
#include "models/svm/kernels/kernel_passes.hpp"
#include "models/svm/machines/fit_cost.hpp"
#include "models/svm/machines/shared_kernels.hpp"
#include "models/svm/machines/svr_model.hpp"
#include "models/svm/solver/certificate.hpp"
#include "models/svm/solver/problem_rows.hpp"
#include "models/svm/solver/smo.hpp"

namespace gridmill::models::svm {

namespace {

using core::Kind;

const std::vector<std::string>& labels() {
  static const std::vector<std::string> both{"-1", "1"};
  return both;
}

std::vector<core::OptionSpec> declare_one_class_options() {
  std::vector<core::OptionSpec> options = common_options();
  std::erase_if(options, [](const auto& option) { return option.name == "C"; });
  options.push_back({"nu",
                     {Kind::real},
                     0.5,
                     core::Range{.low = 0, .high = 1, .low_open = true},
                     {},
                     "Most outliers and least support vectors, as shares of the training samples."});
  return options;
}

const std::vector<core::OptionSpec>& one_class_options() {
  static const std::vector<core::OptionSpec> options = declare_one_class_options();
  return options;
}

/// Turns values of the machine, positive inside, into class codes and decision values.
Prediction judged(const std::vector<double>& values, Outputs wanted) {
  Prediction out;
  for (const double value : values) out.value.push_back(std::isnan(value) ? value : (value > 0 ? 1.0 : 0.0));
  if (wanted.decision) out.decision = arma::rowvec(values);
  return out;
}

class OneClassModel final : public Model {
 public:
  explicit OneClassModel(std::unique_ptr<Model> machine) : machine_(std::move(machine)) {}

  [[nodiscard]] Prediction predict(const core::MatrixView& x, Outputs wanted) const override {
    return judged(machine_->predict(x, {}).value, wanted);
  }
  [[nodiscard]] Prediction predict_sparse(const core::SparseView& x, Outputs wanted) const override {
    return judged(machine_->predict_sparse(x, {}).value, wanted);
  }
  void save(const std::filesystem::path& folder) const override { machine_->save(folder); }
  [[nodiscard]] core::Value state() const override { return machine_->state(); }

 private:
  std::unique_ptr<Model> machine_;  // gives values
};

struct TrainedOneClass {
  std::shared_ptr<KernelMatrix> matrix;
  std::vector<core::Index> support;  // positions
  std::vector<double> alpha;
  double rho = 0;
  Certificate certificate;
  FitStatus status = FitStatus::ok;
};

class OneClassFit final : public Fit {
 public:
  OneClassFit(const SharedKernels& shared, TrainedOneClass trained) : shared_(shared), trained_(std::move(trained)) {}

  [[nodiscard]] FitStatus status() const override { return trained_.status; }
  [[nodiscard]] std::vector<double> details() const override { return details_of(trained_.certificate); }
  [[nodiscard]] const std::vector<std::size_t>& classes() const override { return classes_; }

  [[nodiscard]] Prediction predict(std::span<const core::Index> rows, Outputs wanted) const override {
    const KernelMatrix& matrix = *trained_.matrix;
    std::vector<double> values;
    std::vector<double> kernel(trained_.support.size());
    for (const core::Index sample : rows) {
      matrix.samples->kernel_row(matrix.kernel, matrix.products.get(), shared_.position(sample), trained_.support,
                                 kernel);
      values.push_back(weighted_sum(trained_.alpha.data(), kernel.data(), kernel.size()) - trained_.rho);
    }
    return judged(values, wanted);
  }

  [[nodiscard]] std::unique_ptr<Model> model() const override {
    return std::make_unique<OneClassModel>(
        std::make_unique<SvrModel>(SvrModel::Parts{.kind = MachineKind::one_class,
                                                   .kernel = trained_.matrix->kernel,
                                                   .vectors = shared_.vectors(*trained_.matrix, trained_.support),
                                                   .coefficients = arma::rowvec(trained_.alpha),
                                                   .rho = trained_.rho}));
  }

 private:
  const SharedKernels& shared_;
  TrainedOneClass trained_;
  std::vector<std::size_t> classes_{0, 1};
};

/// libsvm's start: the first samples at their bounds, as many as nu asks for; nothing if time runs out.
std::optional<SmoStart> first_samples(const SmoProblem& problem, double nu, ProblemRows& rows) {
  const std::size_t n = problem.upper.size();
  SmoStart start{.alpha = std::vector<double>(n, 0.0), .products = std::vector<double>(n, 0.0)};
  double left = 0;
  for (const double bound : problem.upper) left += nu * bound;
  std::vector<ProblemRows::Addend> addends;
  for (std::size_t k = 0; k < n && left > 0; ++k) {
    start.alpha[k] = std::min(problem.upper[k], left);
    left -= start.alpha[k];
    addends.push_back({.factor = start.alpha[k], .k = k});
  }
  if (!rows.add_rows(addends, start.products)) return std::nullopt;
  return start;
}

/// What is known of a fit whose time ran out before its first step.
SmoSolution given_up() {
  constexpr double kUnknown = std::numeric_limits<double>::infinity();
  return {.certificate = {.gap = kUnknown, .objective = kUnknown}, .status = FitStatus::time_limit};
}

class OneClassTrainer final : public Trainer {
 public:
  OneClassTrainer(const core::Dataset& data, const Resources& resources) : shared_(data, resources) {}

  [[nodiscard]] std::unique_ptr<Fit> fit(const FitRequest& request) override {
    if (request.probability) throw FitError("one_class gives no probabilities");
    shared_.take(request.samples);
    SmoOptions smo = smo_options(request, one_class_options());
    TrainedOneClass trained{
        .matrix = shared_.matrix(kernel_options(request.params, one_class_options()), request.train, &smo.deadline)};
    std::vector<core::Index> positions;
    SmoProblem problem;
    add_samples(request.train, positions, problem);
    ProblemRows rows(*trained.matrix->rows, positions, shared_.problem_memory(), smo.deadline);
    const double nu = value_of(request.params, one_class_options(), "nu").number();
    const std::optional<SmoStart> start = first_samples(problem, nu, rows);
    const SmoSolution solution = start ? solve(problem, rows, smo, &*start) : given_up();
    for (std::size_t k = 0; k < solution.alpha.size(); ++k) {
      if (solution.alpha[k] == 0) continue;
      trained.support.push_back(positions[k]);
      trained.alpha.push_back(solution.alpha[k]);
    }
    trained.rho = solution.rho;
    trained.certificate = solution.certificate;
    trained.status = solution.status;
    return std::make_unique<OneClassFit>(shared_, std::move(trained));
  }
  void rest() override { shared_.rest(); }
  void forget() override { shared_.forget(); }

 private:
  /// Samples in the order of the data, as that decides where libsvm starts.
  void add_samples(std::span<const core::Index> train, std::vector<core::Index>& positions, SmoProblem& problem) const {
    const std::span<const double> weight = shared_.data().weight;
    for (const core::Index sample : train) {
      const double bound = weight.empty() ? 1.0 : weight[sample];
      if (!(bound > 0)) continue;
      positions.push_back(shared_.position(sample));
      problem.upper.push_back(bound);
    }
    if (positions.empty()) throw FitError("all training samples have weight 0");
    problem.y.assign(positions.size(), 1.0);
    problem.linear.assign(positions.size(), 0.0);
  }

  SharedKernels shared_;
};

class OneClassFamily final : public Family {
 public:
  [[nodiscard]] std::string_view name() const override { return "one_class"; }
  [[nodiscard]] std::string_view meaning() const override {
    return "One-class support vector machine: tells inliers (1) from outliers (-1) without learning from labels.";
  }
  [[nodiscard]] core::Task task() const override { return core::Task::classification; }
  [[nodiscard]] std::span<const core::OptionSpec> options() const override { return one_class_options(); }
  [[nodiscard]] std::vector<std::string> check(const core::Params& /*params*/) const override { return {}; }
  [[nodiscard]] std::vector<DataProblem> check_data(const core::Params& /*params*/,
                                                    const core::Dataset& data) const override {
    if (data.classes == labels()) return {};
    return {
        {.option = {},
         .what = fmt::format("one_class: the target must say 1 (inlier) or -1 (outlier), but '{}' has the classes {}",
                             data.target_name, fmt::join(data.classes, ", ")),
         .hint = ""}};
  }
  [[nodiscard]] bool stratifies() const override { return false; }
  [[nodiscard]] std::span<const Detail> details() const override { return certificate_details(); }
  [[nodiscard]] Abilities abilities() const override { return {.probability = false, .sparse = true}; }
  [[nodiscard]] std::string sharing_key(const core::Params& params) const override {
    return kernel_key(params, one_class_options());
  }
  [[nodiscard]] double cost(const core::Params& /*params*/, std::size_t n_train, std::size_t n_features,
                            std::size_t /*n_classes*/) const override {
    return fit_cost(1.0, n_train, n_features);
  }
  [[nodiscard]] MemoryUse memory_use(const core::Dataset& data, const Resources& resources) const override {
    return kernel_memory_use(data, resources);
  }
  [[nodiscard]] std::unique_ptr<Trainer> trainer(const core::Dataset& data, const Resources& resources) const override {
    return std::make_unique<OneClassTrainer>(data, resources);
  }
  [[nodiscard]] std::unique_ptr<Model> load(const std::filesystem::path& folder,
                                            const core::Value& state) const override {
    return std::make_unique<OneClassModel>(SvrModel::load(MachineKind::one_class, folder, state));
  }
};

}  // namespace

const Family& one_class_family() {
  static const OneClassFamily family;
  return family;
}

}  // namespace gridmill::models::svm
