#include "models/linear/logistic.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "models/family/class_weights.hpp"
#include "models/linear/classifier.hpp"
#include "models/linear/fit_clock.hpp"
#include "models/linear/fold_memory.hpp"
#include "models/linear/logistic_fold.hpp"
#include "models/linear/samples.hpp"
#include "models/linear/weighted_sums.hpp"

namespace gridmill::models::linear {

namespace {

using core::Kind;

constexpr std::string_view kLogistic = "logistic";

const std::vector<core::OptionSpec>& logistic_options() {
  static const std::vector<core::OptionSpec> options{
      {"C",
       {Kind::real},
       1.0,
       core::Range::positive(),
       {},
       "Weight of the loss, summed over the samples, beside the penalty; smaller means smoother."},
      {"penalty",
       {Kind::null, Kind::text},
       "l2",
       {},
       {"l2", "l1", "elasticnet", "none"},
       "What is added for large coefficients, never for the intercept (unlike scikit-learn's liblinear): half their "
       "squares (l2), their absolute values (l1), both (elasticnet), or nothing (none, null)."},
      {"l1_ratio",
       {Kind::null, Kind::real},
       core::Value(),
       {.low = 0, .high = 1},
       {},
       "Share of the absolute values in the penalty elasticnet, which needs it; 1 = l1, 0 = l2."},
      {"fit_intercept", {Kind::boolean}, true, {}, {}, "Learn an intercept."},
      {"class_weight",
       {Kind::null, Kind::text, Kind::mapping},
       core::Value(),
       core::Range::at_least(0),
       {"balanced"},
       "Factor of the loss by class: label -> weight, or balanced = samples / (classes x samples of the class)."},
      {"tol",
       {Kind::real},
       1e-12,
       core::Range::positive(),
       {},
       "What the last step may promise to gain, as a share of the loss where all coefficients are 0. Not "
       "scikit-learn's "
       "tol: that bounds a slope, by 1e-4."},
      {"max_iter", {Kind::integer}, 200, core::Range::at_least(1), {}, "Most steps of Newton's method."},
  };
  return options;
}

enum class Penalty { none, l2, l1, elasticnet };

Penalty penalty_of(const core::Params& params) {
  const core::Value& value = value_of(params, logistic_options(), "penalty");
  if (value.is_null() || value.text() == "none") return Penalty::none;
  if (value.text() == "l2") return Penalty::l2;
  return value.text() == "l1" ? Penalty::l1 : Penalty::elasticnet;
}

LogisticSetting setting_of(const core::Params& params) {
  const auto value = [&](std::string_view name) -> const core::Value& {
    return value_of(params, logistic_options(), name);
  };
  const Penalty penalty = penalty_of(params);
  if (penalty == Penalty::elasticnet && value("l1_ratio").is_null()) {
    throw FitError("the penalty elasticnet needs l1_ratio");
  }
  double ratio = 0;
  if (penalty == Penalty::l1) ratio = 1;
  if (penalty == Penalty::elasticnet) ratio = value("l1_ratio").number();
  return {.inverse_C = penalty == Penalty::none ? 0 : 1 / value("C").number(),
          .l1_ratio = ratio,
          .tolerance = value("tol").number(),
          .max_steps = value("max_iter").integer()};
}

class LogisticFit final : public Fit {
 public:
  LogisticFit(const Samples& samples, Classifier classifier, FitStatus status, std::vector<double> details)
      : samples_(samples), classifier_(std::move(classifier)), status_(status), details_(std::move(details)) {}

  [[nodiscard]] FitStatus status() const override { return status_; }
  [[nodiscard]] std::vector<double> details() const override { return details_; }
  [[nodiscard]] const std::vector<std::size_t>& classes() const override { return classifier_.classes; }
  [[nodiscard]] Prediction predict(std::span<const core::Index> rows, Outputs wanted) const override {
    core::Matrix values(classifier_.n_functions(), rows.size());
    for (std::size_t s = 0; s < rows.size(); ++s) {
      for (std::size_t k = 0; k < values.n_rows; ++k) values(k, s) = classifier_.functions.at(samples_, rows[s], k);
    }
    return classifier_.predict(values, wanted);
  }
  [[nodiscard]] std::unique_ptr<Model> model() const override {
    return std::make_unique<ClassifierModel>(kLogistic, classifier_);
  }

 private:
  Samples samples_;
  Classifier classifier_;
  FitStatus status_;
  std::vector<double> details_;
};

class LogisticTrainer final : public Trainer {
 public:
  LogisticTrainer(const core::Dataset& data, const Resources& resources) : data_(data) {
    for (const Candidate& candidate : resources.candidates) {
      const double C = value_of(candidate.params, logistic_options(), "C").number();
      least_C_ = least_C_ > 0 ? std::min(least_C_, C) : C;
    }
  }

  [[nodiscard]] std::unique_ptr<Fit> fit(const FitRequest& request) override {
    if (request.samples.key != samples_.key) folds_.forget();
    samples_ = request.samples;
    const FitClock clock(request.time_limit_s);
    LogisticSetting setting = setting_of(request.params);
    setting.least_C = least_C_;
    setting.is_late = [&] { return clock.is_late(); };
    const std::vector<std::size_t> classes = classes_of(request.train);
    LogisticSolution solution = fold(request, classes)->solve(setting);
    if (!solution.coefficients.is_finite() || !solution.intercepts.is_finite()) {
      throw FitError("the coefficients are beyond what a double holds; scale the features, or take a smaller C");
    }
    const bool is_solved = solution.gap <= setting.tolerance && !solution.is_late;
    const FitStatus status = is_solved          ? FitStatus::ok
                             : solution.is_late ? FitStatus::time_limit
                                                : FitStatus::iteration_limit;
    const std::size_t n_features = Samples(data_, samples_).n_features();
    Classifier classifier{.functions = {solution.coefficients.head_rows(n_features), solution.intercepts},
                          .classes = classes,
                          .n_codes = data_.classes.size()};
    const auto n_nonzero = static_cast<double>(arma::accu(classifier.functions.coefficients != 0));
    return std::make_unique<LogisticFit>(
        Samples(data_, samples_), std::move(classifier), status,
        std::vector<double>{static_cast<double>(solution.n_steps), solution.gap, is_solved ? 1.0 : 0.0, n_nonzero});
  }
  void forget() override {
    folds_.forget();
    samples_ = {};
  }

 private:
  [[nodiscard]] std::vector<std::size_t> classes_of(std::span<const core::Index> train) const {
    std::vector<bool> is_there(data_.classes.size(), false);
    for (const core::Index row : train) is_there[static_cast<std::size_t>(data_.y[row])] = true;
    std::vector<std::size_t> classes;
    for (std::size_t c = 0; c < is_there.size(); ++c) {
      if (is_there[c]) classes.push_back(c);
    }
    if (classes.size() == 1) {
      throw FitError(fmt::format("all training samples are of class '{}'; logistic needs at least two classes",
                                 data_.classes[classes.front()]));
    }
    return classes;
  }

  std::shared_ptr<LogisticFold> fold(const FitRequest& request, const std::vector<std::size_t>& classes) {
    const core::Value& rule = value_of(request.params, logistic_options(), "class_weight");
    const bool fit_intercept = value_of(request.params, logistic_options(), "fit_intercept").boolean();
    const std::string variant = rule.python_repr() + (fit_intercept ? " with intercept" : "");
    return folds_.get(request.train, variant, [&] {
      const std::vector<double> by_class = class_weights(rule, data_, request.train);
      LogisticLoss::Rows rows{.n_classes = classes.size()};
      double sum = 0;
      for (const core::Index row : request.train) {
        const auto code = static_cast<std::size_t>(data_.y[row]);
        const auto at = std::ranges::lower_bound(classes, code) - classes.begin();
        rows.samples.push_back(row);
        rows.classes.push_back(static_cast<std::size_t>(at));
        rows.weights.push_back(by_class[code] * (data_.weight.empty() ? 1.0 : data_.weight[row]));
        sum += rows.weights.back();
      }
      if (!(sum > 0)) throw FitError("all training samples have weight 0");
      return std::make_shared<LogisticFold>(LogisticLoss(Samples(data_, samples_), std::move(rows), fit_intercept));
    });
  }

  const core::Dataset& data_;
  double least_C_ = 0;  // of all candidates; 0: unknown
  core::PreparedSamples samples_;
  FoldMemory<LogisticFold> folds_;
};

class LogisticFamily final : public Family {
 public:
  [[nodiscard]] std::string_view name() const override { return kLogistic; }
  [[nodiscard]] std::string_view meaning() const override {
    return "Logistic regression, of more than two classes multinomial (LogisticRegression), solved to the end.";
  }
  [[nodiscard]] core::Task task() const override { return core::Task::classification; }
  [[nodiscard]] std::span<const core::OptionSpec> options() const override { return logistic_options(); }

  [[nodiscard]] std::vector<std::string> check(const core::Params& params) const override {
    std::vector<std::string> problems = check_class_weights(value_of(params, logistic_options(), "class_weight"));
    const Penalty penalty = penalty_of(params);
    const core::Value& ratio = value_of(params, logistic_options(), "l1_ratio");
    if (!ratio.is_null() && penalty != Penalty::elasticnet) {
      problems.push_back(fmt::format("l1_ratio is for the penalty elasticnet; the penalty {} has none",
                                     value_of(params, logistic_options(), "penalty").python_str()));
    }
    if (params.contains("C") && penalty == Penalty::none) {
      problems.emplace_back("C weighs the loss beside a penalty, and the penalty none is none; leave C out beside it");
    }
    return problems;
  }
  [[nodiscard]] std::vector<DataProblem> check_data(const core::Params& params,
                                                    const core::Dataset& data) const override {
    std::vector<DataProblem> problems = check_class_weights(value_of(params, logistic_options(), "class_weight"), data);
    if (penalty_of(params) == Penalty::elasticnet && value_of(params, logistic_options(), "l1_ratio").is_null()) {
      problems.push_back({.option = "penalty",
                          .what = "the penalty elasticnet needs l1_ratio",
                          .hint = "give it in model or search.grid: l1_ratio: [0.1, 0.5, 0.9]"});
    }
    return problems;
  }

  [[nodiscard]] std::span<const std::string_view> notes() const override {
    static constexpr std::string_view kNotes[] = {
        "A fit starts from a path of rough solutions at powers of ten of C, and takes Newton's steps to the end.",
        "The penalty sees the features as they are: scale them, unless they are alike.",
        "The intercept is never penalised, and more than two classes are one multinomial model, as with lbfgs.",
        "scikit-learn's solvers stop at a tolerance of 1e-4; its scores then differ from these and from its own at "
        "1e-10.",
    };
    return kNotes;
  }
  [[nodiscard]] std::span<const Detail> details() const override {
    static constexpr Detail kDetails[] = {
        {"iterations", Detail::Kind::integer, "Steps of Newton's method, those of the path not counted."},
        {"gap", Detail::Kind::real,
         "What the last step promised to gain, as a share of the loss where all coefficients are 0; after it far less "
         "is left."},
        {"converged", Detail::Kind::boolean, "Whether the gap is at most tol."},
        {"n_nonzero", Detail::Kind::integer, "Coefficients that are not 0, over all classes."},
    };
    return kDetails;
  }
  [[nodiscard]] Abilities abilities() const override {
    return {.sparse = true, .free_probability = true, .weighs_features = true};
  }
  [[nodiscard]] std::string sharing_key(const core::Params& params) const override {
    return value_of(params, logistic_options(), "class_weight").python_repr() +
           value_of(params, logistic_options(), "fit_intercept").python_repr();
  }
  /// The greater C, the more steps: a path runs from small Cs to large ones.
  [[nodiscard]] double cost(const core::Params& params, std::size_t n_train, std::size_t n_features,
                            std::size_t n_classes) const override {
    const double C = penalty_of(params) == Penalty::none
                         ? 1e12
                         : std::clamp(value_of(params, logistic_options(), "C").number(), 1e-12, 1e12);
    const auto n_functions = static_cast<double>(n_classes <= 2 ? 1 : n_classes);
    const double size = n_functions * static_cast<double>(n_features);
    return static_cast<double>(n_train) * size * std::min(size, 100.0) * (1 + 0.02 * (12 + std::log10(C)));
  }
  [[nodiscard]] SharedWork shared_work(std::size_t n_train, std::size_t n_features) const override {
    return {.cost = static_cast<double>(n_train) * static_cast<double>(n_features)};
  }
  [[nodiscard]] MemoryUse memory_use(const core::Dataset& data, const Resources& resources) const override {
    constexpr std::size_t kMostCoefficients = 1000;
    const std::size_t functions = std::max<std::size_t>(1, data.classes.size());
    const std::size_t size = std::min(kMostCoefficients, functions * (data.n_features() + 1));
    const std::size_t numbers = 4 * size * size + 4 * functions * data.n_samples();
    const std::size_t remembered =
        fold_memory_bytes(LogisticFold::most_bytes(data.n_samples(), functions * (data.n_features() + 1)),
                          resources.n_folds * n_sharing_keys(*this, resources));
    const std::size_t bytes = (numbers * sizeof(double) + remembered) * resources.n_ranks_on_node();
    return {.bytes = bytes, .least_bytes = bytes, .words = "second derivatives"};
  }
  [[nodiscard]] std::unique_ptr<Trainer> trainer(const core::Dataset& data, const Resources& resources) const override {
    return std::make_unique<LogisticTrainer>(data, resources);
  }
  [[nodiscard]] std::unique_ptr<Model> load(const std::filesystem::path& folder,
                                            const core::Value& state) const override {
    return ClassifierModel::load(kLogistic, folder, state);
  }
};

}  // namespace

const Family& logistic_family() {
  static const LogisticFamily family;
  return family;
}

}  // namespace gridmill::models::linear
