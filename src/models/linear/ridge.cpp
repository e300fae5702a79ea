#include "models/linear/ridge.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/linear/fit_clock.hpp"
#include "models/linear/leave_one_out.hpp"
#include "models/linear/regression_fit.hpp"
#include "models/linear/regression_model.hpp"
#include "models/linear/ridge_systems.hpp"
#include "models/linear/shared_sums.hpp"

namespace gridmill::models::linear {

namespace {

using core::Kind;

constexpr std::string_view kRidge = "ridge";

const std::vector<core::OptionSpec>& ridge_options() {
  static const std::vector<core::OptionSpec> options{
      {"alpha",
       {Kind::real},
       1.0,
       core::Range::at_least(0),
       {},
       "Penalty: alpha times the sum of squared coefficients is added to the sum of squared errors; 0 = least squares, "
       "of many solutions the shortest."},
      {"fit_intercept",
       {Kind::boolean},
       true,
       {},
       {},
       "Learn an intercept, which is not penalised; without one the data should be centred."},
  };
  return options;
}

/// A fit on all samples but one: its prediction there is known, its coefficients are asked for seldom.
class LeftOutFit final : public Fit {
 public:
  LeftOutFit(const core::Dataset& data, std::shared_ptr<LeaveOneOut> whole, core::Index row, LeaveOneOut::Left left)
      : data_(data), whole_(std::move(whole)), row_(row), left_(std::move(left)) {}

  [[nodiscard]] FitStatus status() const override { return FitStatus::ok; }
  [[nodiscard]] std::vector<double> details() const override {
    constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
    return {0, kUnknown, kUnknown};
  }
  [[nodiscard]] const std::vector<std::size_t>& classes() const override { return no_classes_; }
  [[nodiscard]] Prediction predict(std::span<const core::Index> rows, Outputs wanted) const override {
    if (rows.size() == 1 && rows.front() == row_) return {.value = {left_.prediction}};
    return RegressionFit(kRidge, Samples(data_, {}), functions()).predict(rows, wanted);
  }
  [[nodiscard]] std::unique_ptr<Model> model() const override {
    return std::make_unique<RegressionModel>(kRidge, functions());
  }

 private:
  [[nodiscard]] LinearFunctions functions() const {
    const RidgeSolution solution = whole_->solution(left_);
    return {solution.coefficients, arma::vec{solution.intercept}};
  }

  const core::Dataset& data_;
  std::shared_ptr<LeaveOneOut> whole_;
  core::Index row_;
  LeaveOneOut::Left left_;
  std::vector<std::size_t> no_classes_;
};

class RidgeTrainer final : public Trainer {
 public:
  explicit RidgeTrainer(const core::Dataset& data) : sums_(data) {}

  [[nodiscard]] std::unique_ptr<Fit> fit(const FitRequest& request) override {
    const FitClock clock(request.time_limit_s);
    if (sums_.take(request.samples)) systems_.forget();
    const double alpha = value_of(request.params, ridge_options(), "alpha").number();
    const bool fit_intercept = value_of(request.params, ridge_options(), "fit_intercept").boolean();
    if (std::unique_ptr<Fit> left_out = fit_all_but_one(request.train, alpha, fit_intercept)) return left_out;
    const RidgeSolution solution = systems_.get(request.train, alpha, fit_intercept)->solve(alpha);
    if (!solution.coefficients.is_finite()) {
      throw FitError("the coefficients are beyond what a double holds; scale the features, or take a greater alpha");
    }
    return std::make_unique<RegressionFit>(
        kRidge, sums_.samples(), LinearFunctions{solution.coefficients, arma::vec{solution.intercept}},
        RegressionFit::Outcome{
            .status = clock.is_late() ? FitStatus::time_limit : FitStatus::ok,
            .details = {static_cast<double>(solution.n_steps), solution.gap, solution.degrees_of_freedom}});
  }
  void forget() override {
    systems_.forget();
    sums_.forget();
  }

 private:
  /// Returns nothing where the formula does not serve.
  std::unique_ptr<Fit> fit_all_but_one(std::span<const core::Index> train, double alpha, bool fit_intercept) {
    const std::size_t n = sums_.data().n_samples();
    const std::size_t d = sums_.data().n_features();
    if (!sums_.are_own() || train.size() + 1 != n || d >= train.size() || systems_.are_too_many(n)) return nullptr;
    const std::vector<core::Index> out = other_rows(train, n);
    if (out.size() != 1) return nullptr;
    std::shared_ptr<LeaveOneOut>& whole = fit_intercept ? with_intercept_ : without_;
    if (whole == nullptr) {
      const NormalEquations& equations = sums_.whole_equations(fit_intercept);
      whole = std::make_shared<LeaveOneOut>(sums_.data(), equations, fit_intercept);
    }
    std::optional<LeaveOneOut::Left> left = whole->fit(out.front(), alpha);
    if (!left || !std::isfinite(left->prediction)) return nullptr;
    return std::make_unique<LeftOutFit>(sums_.data(), whole, out.front(), std::move(*left));
  }

  SharedSums sums_;
  RidgeSystems systems_{sums_};
  std::shared_ptr<LeaveOneOut> with_intercept_;
  std::shared_ptr<LeaveOneOut> without_;
};

class RidgeFamily final : public Family {
 public:
  [[nodiscard]] std::string_view name() const override { return kRidge; }
  [[nodiscard]] std::string_view meaning() const override {
    return "Linear regression with a squared penalty (Ridge), solved exactly; all alphas of a fold share one "
           "decomposition.";
  }
  [[nodiscard]] core::Task task() const override { return core::Task::regression; }
  [[nodiscard]] std::span<const core::OptionSpec> options() const override { return ridge_options(); }
  [[nodiscard]] std::vector<std::string> check(const core::Params& /*params*/) const override { return {}; }
  [[nodiscard]] std::span<const std::string_view> notes() const override {
    static constexpr std::string_view kNotes[] = {
        "One decomposition serves all alphas of a fold; the sums of a fold are those of all samples less the rows left "
        "out.",
        "The penalty sees the features as they are: scale them, unless they are alike.",
        "Scores are those of scikit-learn's Ridge, solved to the end.",
    };
    return kNotes;
  }
  [[nodiscard]] std::span<const Detail> details() const override {
    static constexpr Detail kDetails[] = {
        {"iterations", Detail::Kind::integer, "Steps of conjugate gradients, for sparse data; 0: solved at once."},
        {"gap", Detail::Kind::real, "What those steps left of the error that they began with."},
        {"degrees_of_freedom", Detail::Kind::real,
         "Effective number of coefficients: the sum of v / (v + alpha) over the eigenvalues v of the features' "
         "products; not known of every fit."},
    };
    return kDetails;
  }
  [[nodiscard]] Abilities abilities() const override { return {.sparse = true, .weighs_features = true}; }
  [[nodiscard]] std::string sharing_key(const core::Params& params) const override {
    return value_of(params, ridge_options(), "fit_intercept").python_repr();
  }
  [[nodiscard]] double cost(const core::Params& /*params*/, std::size_t n_train, std::size_t n_features,
                            std::size_t /*n_classes*/) const override {
    const auto n = static_cast<double>(n_train);
    const auto d = static_cast<double>(n_features);
    return n * d * std::min(n, d);
  }
  [[nodiscard]] SharedWork shared_work(std::size_t n_train, std::size_t n_features) const override {
    return gram_work(n_train, n_features);
  }
  [[nodiscard]] MemoryUse memory_use(const core::Dataset& data, const Resources& resources) const override {
    constexpr std::size_t kWork = 5;  // measured on 1,200 x 900; two of them are LAPACK's dsyevd
    return gram_memory_use(data, resources, n_sharing_keys(*this, resources), kWork);
  }
  [[nodiscard]] std::unique_ptr<Trainer> trainer(const core::Dataset& data,
                                                 const Resources& /*resources*/) const override {
    return std::make_unique<RidgeTrainer>(data);
  }
  [[nodiscard]] std::unique_ptr<Model> load(const std::filesystem::path& folder,
                                            const core::Value& state) const override {
    return RegressionModel::load(kRidge, folder, state);
  }
};

}  // namespace

const Family& ridge_family() {
  static const RidgeFamily family;
  return family;
}

}  // namespace gridmill::models::linear
