#include "models/linear/elastic_net.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/linear/elastic_net_fold.hpp"
#include "models/linear/fit_clock.hpp"
#include "models/linear/fold_memory.hpp"
#include "models/linear/regression_fit.hpp"
#include "models/linear/regression_model.hpp"
#include "models/linear/ridge_systems.hpp"
#include "models/linear/shared_sums.hpp"

namespace gridmill::models::linear {

namespace {

using core::Kind;

constexpr std::string_view kElasticNet = "elastic_net";
/// Of more features, products are made as they are asked for.
constexpr std::size_t kMostWhole = 2000;

const std::vector<core::OptionSpec>& elastic_net_options() {
  static const std::vector<core::OptionSpec> options{
      {"alpha",
       {Kind::real},
       1.0,
       core::Range::at_least(0),
       {},
       "Weight of the penalties beside half the mean squared error; 0 = least squares, of many solutions the "
       "shortest."},
      {"l1_ratio",
       {Kind::real},
       0.5,
       {.low = 0, .high = 1},
       {},
       "Share of the absolute penalty, which makes coefficients 0; 1 = lasso, 0 = ridge with a penalty of alpha x the "
       "sum of weights."},
      {"fit_intercept",
       {Kind::boolean},
       true,
       {},
       {},
       "Learn an intercept, which is not penalised; without one the data should be centred."},
      {"tol",
       {Kind::real},
       1e-14,
       core::Range::positive(),
       {},
       "Duality gap, as a share of the target's sum of squares, at which a fit may stop where it does not end exactly "
       "(scikit-learn's default is 1e-4)."},
      {"max_iter", {Kind::integer}, 10000, core::Range::at_least(1), {}, "Most sweeps over the coefficients."},
  };
  return options;
}

class ElasticNetTrainer final : public Trainer {
 public:
  explicit ElasticNetTrainer(const core::Dataset& data) : sums_(data) {}

  [[nodiscard]] std::unique_ptr<Fit> fit(const FitRequest& request) override {
    if (sums_.take(request.samples)) forget_folds();
    const FitClock clock(request.time_limit_s);
    const auto value = [&](std::string_view name) -> const core::Value& {
      return value_of(request.params, elastic_net_options(), name);
    };
    const ElasticNetSetting setting{.alpha = value("alpha").number(),
                                    .l1_ratio = value("l1_ratio").number(),
                                    .tolerance = value("tol").number(),
                                    .max_sweeps = value("max_iter").integer(),
                                    .is_late = [&] { return clock.is_late(); }};
    const bool fit_intercept = value("fit_intercept").boolean();
    const ElasticNetSolution solution = setting.alpha * setting.l1_ratio > 0
                                            ? fold(request.train, setting, fit_intercept)->solve(setting)
                                            : squares_only(request.train, setting, fit_intercept);
    if (!solution.coefficients.is_finite()) {
      throw FitError("the coefficients are beyond what a double holds; scale the features, or take a greater alpha");
    }
    return std::make_unique<RegressionFit>(kElasticNet, sums_.samples(),
                                           LinearFunctions{solution.coefficients, arma::vec{solution.intercept}},
                                           outcome(solution));
  }
  void forget() override {
    forget_folds();
    sums_.forget();
  }

 private:
  void forget_folds() {
    folds_.forget();
    systems_.forget();
  }

  std::shared_ptr<ElasticNetFold> fold(std::span<const core::Index> train, const ElasticNetSetting& setting,
                                       bool fit_intercept) {
    const std::string intercept = fit_intercept ? " with intercept" : "";
    if (sums_.samples().n_features() > kMostWhole) {
      return folds_.get(train, "features" + intercept, [&] {
        return std::make_shared<ElasticNetFold>(
            std::make_unique<FeatureGram>(sums_.data(), sums_.samples(), train, fit_intercept));
      });
    }
    const double weight = static_cast<double>(train.size());  // nearly enough for this
    const SharedSums::Rounding rounding = sums_.rounding_for(train, setting.alpha * weight, fit_intercept);
    const std::string way = rounding == SharedSums::Rounding::least ? "exact" : "difference";
    return folds_.get(train, way + intercept, [&] {
      return std::make_shared<ElasticNetFold>(sums_.equations(train, fit_intercept, rounding));
    });
  }

  /// A penalty on squares alone is a ridge regression's.
  ElasticNetSolution squares_only(std::span<const core::Index> train, const ElasticNetSetting& setting,
                                  bool fit_intercept) {
    double weight = 0;
    for (const core::Index row : train) weight += sums_.data().weight.empty() ? 1.0 : sums_.data().weight[row];
    const double penalty = setting.alpha * weight;
    RidgeSolution ridge = systems_.get(train, penalty, fit_intercept)->solve(penalty);
    ElasticNetSolution out{.coefficients = std::move(ridge.coefficients), .intercept = ridge.intercept};
    out.result.n_sweeps = static_cast<std::int64_t>(ridge.n_steps);
    out.gap = std::numeric_limits<double>::quiet_NaN();
    if (setting.is_late()) out.result.end = DescentEnd::late;
    return out;
  }

  static RegressionFit::Outcome outcome(const ElasticNetSolution& solution) {
    const DescentEnd end = solution.result.end;
    const bool is_solved = end == DescentEnd::exact || end == DescentEnd::done;
    return {.status = is_solved                 ? FitStatus::ok
                      : end == DescentEnd::late ? FitStatus::time_limit
                                                : FitStatus::iteration_limit,
            .details = {static_cast<double>(solution.result.n_sweeps), solution.gap, is_solved ? 1.0 : 0.0,
                        static_cast<double>(arma::accu(solution.coefficients != 0))}};
  }

  SharedSums sums_;
  RidgeSystems systems_{sums_};
  FoldMemory<ElasticNetFold> folds_;
};

class ElasticNetFamily final : public Family {
 public:
  [[nodiscard]] std::string_view name() const override { return kElasticNet; }
  [[nodiscard]] std::string_view meaning() const override {
    return "Linear regression with absolute and squared penalties (ElasticNet; Lasso at l1_ratio 1), solved to the "
           "end.";
  }
  [[nodiscard]] core::Task task() const override { return core::Task::regression; }
  [[nodiscard]] std::span<const core::OptionSpec> options() const override { return elastic_net_options(); }
  [[nodiscard]] std::vector<std::string> check(const core::Params& /*params*/) const override { return {}; }
  [[nodiscard]] std::span<const std::string_view> notes() const override {
    static constexpr std::string_view kNotes[] = {
        "All candidates share the sums of the samples; a fit starts from a path of rough solutions and ends exactly.",
        "The penalty sees the features as they are: scale them, unless they are alike.",
        "scikit-learn's ElasticNet stops at a tolerance of 1e-4; its scores then differ from these and from its own at "
        "1e-10.",
    };
    return kNotes;
  }
  [[nodiscard]] std::span<const Detail> details() const override {
    static constexpr Detail kDetails[] = {
        {"iterations", Detail::Kind::integer, "Sweeps over the coefficients, those of the path not counted."},
        {"gap", Detail::Kind::real, "Duality gap at the end, as a share of the target's sum of squares."},
        {"converged", Detail::Kind::boolean, "Whether it ended exactly, or with a gap of at most tol."},
        {"n_nonzero", Detail::Kind::integer, "Coefficients that are not 0."},
    };
    return kDetails;
  }
  [[nodiscard]] Abilities abilities() const override { return {.sparse = true, .weighs_features = true}; }
  [[nodiscard]] std::string sharing_key(const core::Params& params) const override {
    return value_of(params, elastic_net_options(), "fit_intercept").python_repr();
  }
  /// The smaller alpha, the more coefficients are not 0: a path runs from large alphas to small ones.
  [[nodiscard]] double cost(const core::Params& params, std::size_t /*n_train*/, std::size_t n_features,
                            std::size_t /*n_classes*/) const override {
    const double alpha = std::clamp(value_of(params, elastic_net_options(), "alpha").number(), 1e-12, 1e12);
    const auto d = static_cast<double>(n_features);
    return d * d * (1 + 0.01 * (12 - std::log10(alpha)));
  }
  [[nodiscard]] SharedWork shared_work(std::size_t n_train, std::size_t n_features) const override {
    return gram_work(n_train, n_features);
  }
  [[nodiscard]] MemoryUse memory_use(const core::Dataset& data, const Resources& resources) const override {
    return gram_memory_use(data, resources, n_sharing_keys(*this, resources));
  }
  [[nodiscard]] std::unique_ptr<Trainer> trainer(const core::Dataset& data,
                                                 const Resources& /*resources*/) const override {
    return std::make_unique<ElasticNetTrainer>(data);
  }
  [[nodiscard]] std::unique_ptr<Model> load(const std::filesystem::path& folder,
                                            const core::Value& state) const override {
    return RegressionModel::load(kElasticNet, folder, state);
  }
};

}  // namespace

const Family& elastic_net_family() {
  static const ElasticNetFamily family;
  return family;
}

}  // namespace gridmill::models::linear
