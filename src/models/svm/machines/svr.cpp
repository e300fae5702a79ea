#include "models/svm/machines/svr.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "models/svm/kernels/kernel_memory.hpp"
#include "models/svm/kernels/kernel_passes.hpp"
#include "models/svm/machines/fit_cost.hpp"
#include "models/svm/machines/shared_kernels.hpp"
#include "models/svm/machines/solution_chain.hpp"
#include "models/svm/machines/svr_model.hpp"
#include "models/svm/solver/certificate.hpp"
#include "models/svm/solver/problem_rows.hpp"
#include "models/svm/solver/smo.hpp"

namespace gridmill::models::svm {

namespace {

using core::Kind;

std::vector<core::OptionSpec> declare_svr_options() {
  std::vector<core::OptionSpec> options = common_options();
  options.push_back({"epsilon",
                     {Kind::real},
                     0.1,
                     core::Range::at_least(0),
                     {},
                     "Half width of the tube within which an error costs nothing, in units of the target."});
  return options;
}

const std::vector<core::OptionSpec>& svr_options() {
  static const std::vector<core::OptionSpec> options = declare_svr_options();
  return options;
}

/// The machine of one regression: coefficients of support vectors by position.
struct TrainedRegression {
  std::shared_ptr<KernelMatrix> matrix;
  std::vector<core::Index> support;
  std::vector<double> coefficient;
  double rho = 0;
  Certificate certificate;
  FitStatus status = FitStatus::ok;
};

class SvrFit final : public Fit {
 public:
  SvrFit(const SharedKernels& shared, TrainedRegression trained) : shared_(shared), trained_(std::move(trained)) {}

  [[nodiscard]] FitStatus status() const override { return trained_.status; }
  [[nodiscard]] std::vector<double> details() const override { return details_of(trained_.certificate); }
  [[nodiscard]] const std::vector<std::size_t>& classes() const override { return no_classes_; }

  [[nodiscard]] Prediction predict(std::span<const core::Index> rows, Outputs /*wanted*/) const override {
    const KernelMatrix& matrix = *trained_.matrix;
    Prediction out;
    std::vector<double> kernel(trained_.support.size());
    for (const core::Index sample : rows) {
      matrix.samples->kernel_row(matrix.kernel, matrix.products.get(), shared_.position(sample), trained_.support,
                                 kernel);
      out.value.push_back(weighted_sum(trained_.coefficient.data(), kernel.data(), kernel.size()) - trained_.rho);
    }
    return out;
  }

  [[nodiscard]] std::vector<double> dual() const override {
    std::vector<double> out(shared_.data().n_samples(), 0.0);
    for (std::size_t v = 0; v < trained_.support.size(); ++v) {
      out[shared_.sample(trained_.support[v])] = trained_.coefficient[v];
    }
    return out;
  }
  [[nodiscard]] std::unique_ptr<Model> model() const override {
    return std::make_unique<SvrModel>(SvrModel::Parts{MachineKind::epsilon_svr, trained_.matrix->kernel,
                                                      shared_.vectors(*trained_.matrix, trained_.support),
                                                      arma::rowvec(trained_.coefficient), trained_.rho});
  }

 private:
  const SharedKernels& shared_;
  TrainedRegression trained_;
  std::vector<std::size_t> no_classes_;
};

class SvrTrainer final : public Trainer {
 public:
  SvrTrainer(const core::Dataset& data, const Resources& resources) : shared_(data, resources) {}

  [[nodiscard]] std::unique_ptr<Fit> fit(const FitRequest& request) override {
    shared_.take(request.samples);
    SmoOptions smo = smo_options(request, svr_options());
    const std::vector<core::Index> train = weighted(request.train);
    TrainedRegression trained{
        .matrix = shared_.matrix(kernel_options(request.params, svr_options()), request.train, &smo.deadline)};
    ProblemRows rows(*trained.matrix->rows, positions(train), shared_.problem_memory(), smo.deadline);
    const SmoSolution solution = solve_from(request, problem(request.params, train), rows, smo, trained.matrix);
    store(train, solution, trained);
    return std::make_unique<SvrFit>(shared_, std::move(trained));
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
  /// Solves it from nothing, or in FitMode::converged from what is known.
  SmoSolution solve_from(const FitRequest& request, const SmoProblem& problem, ProblemRows& rows, SmoOptions smo,
                         const std::shared_ptr<KernelMatrix>& matrix) {
    if (request.mode == FitMode::exact) return solve(problem, rows, smo);
    chain_.begin(matrix, "");
    smo.keep_products = true;
    const std::optional<SmoStart> start = request.start.empty()
                                              ? chain_.start(0, problem, rows.positions())
                                              : repaired_start(problem, alphas(request.start, rows), rows);
    SmoSolution solution = solve_warm(problem, rows, smo, start, [] { return std::optional<SmoStart>(); });
    if (solution.status != FitStatus::time_limit) chain_.keep(0, problem, rows.positions(), solution);
    return solution;
  }

  /// Splits coefficients, one a sample, into the alphas of both sides of the tube.
  [[nodiscard]] std::vector<double> alphas(std::span<const double> coefficients, const ProblemRows& rows) const {
    std::vector<double> alpha;
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const double coefficient = coefficients[shared_.sample(rows.positions()[k])];
      alpha.push_back(std::max(0.0, k < rows.size() / 2 ? coefficient : -coefficient));
    }
    return alpha;
  }

  [[nodiscard]] std::vector<core::Index> weighted(std::span<const core::Index> train) const {
    const std::span<const double> weight = shared_.data().weight;
    std::vector<core::Index> out;
    for (const core::Index sample : train) {
      if (weight.empty() || weight[sample] > 0) out.push_back(sample);
    }
    if (out.empty()) throw FitError("all training samples have weight 0");
    return out;
  }

  /// Each sample twice: once for errors above the tube, once for those below.
  [[nodiscard]] std::vector<core::Index> positions(std::span<const core::Index> train) const {
    std::vector<core::Index> out;
    for (const core::Index sample : train) out.push_back(shared_.position(sample));
    out.insert(out.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(train.size()));
    return out;
  }

  [[nodiscard]] SmoProblem problem(const core::Params& params, std::span<const core::Index> train) const {
    const core::Dataset& data = shared_.data();
    const double C = value_of(params, svr_options(), "C").number();
    const double epsilon = value_of(params, svr_options(), "epsilon").number();
    const std::size_t n = train.size();
    SmoProblem out{.y = std::vector<double>(2 * n, -1.0),
                   .linear = std::vector<double>(2 * n),
                   .upper = std::vector<double>(2 * n)};
    std::fill_n(out.y.begin(), n, 1.0);
    for (std::size_t k = 0; k < n; ++k) {
      out.linear[k] = epsilon - data.y[train[k]];
      out.linear[k + n] = epsilon + data.y[train[k]];
      out.upper[k] = out.upper[k + n] = C * (data.weight.empty() ? 1.0 : data.weight[train[k]]);
    }
    return out;
  }

  void store(std::span<const core::Index> train, const SmoSolution& solution, TrainedRegression& out) const {
    for (std::size_t k = 0; k < train.size(); ++k) {
      const double coefficient = solution.alpha[k] - solution.alpha[k + train.size()];
      if (coefficient == 0) continue;
      out.support.push_back(shared_.position(train[k]));
      out.coefficient.push_back(coefficient);
    }
    out.rho = solution.rho;
    out.certificate = solution.certificate;
    out.status = solution.status;
  }

  SharedKernels shared_;
  SolutionChain chain_;
};

class SvrFamily final : public Family {
 public:
  [[nodiscard]] std::string_view name() const override { return "svr"; }
  [[nodiscard]] std::string_view meaning() const override {
    return "Support vector regression with a tube of half width epsilon.";
  }
  [[nodiscard]] core::Task task() const override { return core::Task::regression; }
  [[nodiscard]] std::span<const core::OptionSpec> options() const override { return svr_options(); }
  [[nodiscard]] std::vector<std::string> check(const core::Params& /*params*/) const override { return {}; }
  [[nodiscard]] std::span<const Detail> details() const override { return certificate_details(); }
  [[nodiscard]] Abilities abilities() const override { return {.sparse = true}; }
  [[nodiscard]] std::string sharing_key(const core::Params& params) const override {
    return kernel_key(params, svr_options());
  }
  [[nodiscard]] double cost(const core::Params& params, std::size_t n_train, std::size_t n_features,
                            std::size_t /*n_classes*/) const override {
    return fit_cost(value_of(params, svr_options(), "C").number(), 2 * n_train, n_features);
  }
  [[nodiscard]] MemoryUse memory_use(const core::Dataset& data, const Resources& resources) const override {
    return kernel_memory_use(data, resources);
  }
  [[nodiscard]] std::unique_ptr<Trainer> trainer(const core::Dataset& data, const Resources& resources) const override {
    return std::make_unique<SvrTrainer>(data, resources);
  }
  [[nodiscard]] std::unique_ptr<Model> load(const std::filesystem::path& folder,
                                            const core::Value& state) const override {
    return SvrModel::load(MachineKind::epsilon_svr, folder, state);
  }
};

}  // namespace

const Family& svr_family() {
  static const SvrFamily family;
  return family;
}

}  // namespace gridmill::models::svm
