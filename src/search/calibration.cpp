#include "search/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/svm/machines/platt.hpp"

namespace gridmill::search {

namespace {

using core::Value;
using core::ValueList;
using core::ValueMapping;

/// Rows of one place on the axis, or of several that must have one value.
struct Level {
  double x = 0;
  double weight = 0;
  double mean = 0;
};

/// Rows by x; those of one x (to rounding, as scikit-learn takes it) are one.
std::vector<Level> levels_of(std::span<const double> x, std::span<const double> target,
                             std::span<const double> weight) {
  constexpr double kSame = 1e-15;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (weight.empty() || weight[i] > 0) order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return std::pair(x[a], target[a]) < std::pair(x[b], target[b]); });
  std::vector<Level> levels;
  double sum = 0;
  for (const std::size_t i : order) {
    const double w = weight.empty() ? 1.0 : weight[i];
    if (levels.empty() || x[i] - levels.back().x >= kSame) {
      levels.push_back({.x = x[i]});
      sum = 0;
    }
    sum += w * target[i];
    levels.back().weight += w;
    levels.back().mean = sum / levels.back().weight;
  }
  return levels;
}

/// Pools neighbours until no mean falls (pool adjacent violators); returns a mean for each level.
std::vector<double> pooled(const std::vector<Level>& levels) {
  struct Pool {
    double sum = 0;
    double weight = 0;
    std::size_t n = 0;
    [[nodiscard]] double mean() const { return sum / weight; }
  };
  std::vector<Pool> pools;
  for (const Level& level : levels) {
    pools.push_back({.sum = level.mean * level.weight, .weight = level.weight, .n = 1});
    while (pools.size() > 1 && pools[pools.size() - 2].mean() >= pools.back().mean()) {
      const Pool last = pools.back();
      pools.pop_back();
      pools.back().sum += last.sum;
      pools.back().weight += last.weight;
      pools.back().n += last.n;
    }
  }
  std::vector<double> means;
  for (const Pool& pool : pools) means.insert(means.end(), pool.n, pool.mean());
  return means;
}

/// The values that are calibrated: a row a calibrator.
core::Matrix values_of(const models::Prediction& prediction, models::Outputs needs) {
  if (needs.decision) return prediction.decision;
  constexpr std::size_t kTwo = 2;
  return prediction.probability.n_rows == kTwo ? core::Matrix(prediction.probability.row(1)) : prediction.probability;
}

[[noreturn]] void refuse(const std::string& what) { throw core::UserError("'calibration' " + what); }

const Value& entry(const Value& mapping, std::string_view name) {
  if (mapping.is_mapping()) {
    for (const auto& [key, value] : mapping.mapping()) {
      if (key == name) return value;
    }
  }
  refuse(fmt::format("has no entry '{}'", name));
}

double finite_number(const Value& value) {
  if (!value.is_number() || !std::isfinite(value.number())) refuse("holds something that is no number");
  return value.number();
}

std::vector<double> finite_numbers(const Value& value) {
  if (!value.is_list()) refuse("holds something that is no list of numbers");
  std::vector<double> out;
  for (const Value& each : value.list()) out.push_back(finite_number(each));
  return out;
}

bool are_probabilities(const std::vector<double>& values) {
  return std::ranges::all_of(values, [](double value) { return value >= 0 && value <= 1; });
}

IsotonicFunction function_from(const Value& value) {
  IsotonicFunction function{.x = finite_numbers(entry(value, "x")), .y = finite_numbers(entry(value, "y"))};
  if (function.x.empty() || function.x.size() != function.y.size()) refuse("has not as many x as y");
  const bool ascends = std::ranges::adjacent_find(function.x, std::greater_equal<>()) == function.x.end();
  if (!ascends || !std::ranges::is_sorted(function.y) || !are_probabilities(function.y)) {
    refuse("holds a function that falls, or leaves 0 to 1");
  }
  return function;
}

class CalibratedModel final : public models::Model {
 public:
  CalibratedModel(std::unique_ptr<models::Model> model, Calibration calibration)
      : model_(std::move(model)), calibration_(std::move(calibration)) {}

  [[nodiscard]] models::Prediction predict(const core::MatrixView& x, models::Outputs wanted) const override {
    return calibrate(model_->predict(x, asked(wanted)), wanted);
  }
  [[nodiscard]] models::Prediction predict_sparse(const core::SparseView& x, models::Outputs wanted) const override {
    return calibrate(model_->predict_sparse(x, asked(wanted)), wanted);
  }
  [[nodiscard]] core::Matrix explain(const core::MatrixView& x, models::Explanation what) const override {
    return model_->explain(x, what);
  }
  [[nodiscard]] std::vector<models::Importance> importances() const override { return model_->importances(); }
  [[nodiscard]] std::vector<double> feature_weights() const override { return model_->feature_weights(); }
  void save(const std::filesystem::path& folder) const override { model_->save(folder); }
  [[nodiscard]] Value state() const override {
    Value state = model_->state();
    GRIDMILL_ASSERT(state.is_mapping(), "a state is a mapping");
    ValueMapping entries = state.mapping();
    entries.emplace_back(kCalibration, calibration_.to_value());
    return entries;
  }

 private:
  [[nodiscard]] models::Outputs asked(models::Outputs wanted) const {
    if (!wanted.probability) return wanted;
    const models::Outputs needs = calibration_.needs();
    return {.decision = wanted.decision || needs.decision, .probability = needs.probability};
  }

  [[nodiscard]] models::Prediction calibrate(models::Prediction prediction, models::Outputs wanted) const {
    if (!wanted.probability) return prediction;
    prediction.probability = calibration_.probabilities(prediction);
    prediction.has_float_probability = false;
    if (!wanted.decision) prediction.decision.reset();
    return prediction;
  }

  std::unique_ptr<models::Model> model_;
  Calibration calibration_;
};

}  // namespace

std::optional<CalibrationMethod> calibration_asked_for(const core::Params& fixed) {
  const auto asked = fixed.find(kCalibration);
  if (asked == fixed.end() || asked->second.is_null()) return std::nullopt;
  return asked->second == Value("isotonic") ? CalibrationMethod::isotonic : CalibrationMethod::sigmoid;
}

double IsotonicFunction::operator()(double at) const {
  if (std::isnan(at)) return at;
  const auto above = std::ranges::upper_bound(x, at);
  if (above == x.begin()) return y.front();
  if (above == x.end()) return y.back();
  const auto right = static_cast<std::size_t>(above - x.begin());
  const std::size_t left = right - 1;
  return y[left] + (y[right] - y[left]) * ((at - x[left]) / (x[right] - x[left]));
}

IsotonicFunction fit_isotonic(std::span<const double> x, std::span<const double> target,
                              std::span<const double> weight) {
  const std::vector<Level> levels = levels_of(x, target, weight);
  GRIDMILL_ASSERT(!levels.empty(), "a function of no rows");
  const std::vector<double> means = pooled(levels);
  IsotonicFunction function;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const bool is_end = i == 0 || i + 1 == levels.size();
    if (!is_end && means[i] == means[i - 1] && means[i] == means[i + 1]) continue;  // on the line between the two
    function.x.push_back(levels[i].x);
    function.y.push_back(means[i]);
  }
  return function;
}

models::Outputs Calibration::needs(const models::Family& family) {
  const bool decides = family.abilities().decision;
  return {.decision = decides, .probability = !decides};
}

Calibration Calibration::fit(CalibrationMethod method, models::Outputs needs, const models::Prediction& predictions,
                             std::span<const double> truth, std::span<const double> weight, std::size_t n_classes) {
  constexpr std::size_t kTwo = 2;
  const core::Matrix values = values_of(predictions, needs);
  GRIDMILL_ASSERT(values.n_cols == truth.size() && values.n_rows == (n_classes == kTwo ? 1 : n_classes),
                  "predictions of all rows and classes");
  Calibration made;
  made.method_ = method;
  made.needs_ = needs;
  for (std::size_t c = 0; c < values.n_rows; ++c) {
    const double positive = static_cast<double>(n_classes == kTwo ? 1 : c);
    std::vector<double> x;
    std::vector<double> is_positive;
    std::vector<double> weights;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      if (!std::isfinite(values(c, i)) || (!weight.empty() && !(weight[i] > 0))) continue;
      x.push_back(values(c, i));
      is_positive.push_back(truth[i] == positive ? 1.0 : 0.0);
      if (!weight.empty()) weights.push_back(weight[i]);
    }
    if (x.empty()) throw models::FitError("no row was predicted that the fit had not seen");
    if (method == CalibrationMethod::isotonic) {
      made.calibrators_.push_back({.function = fit_isotonic(x, is_positive, weights)});
    } else {
      const models::svm::Sigmoid sigmoid = models::svm::fit_sigmoid(x, is_positive, weights);
      made.calibrators_.push_back({.a = sigmoid.a, .b = sigmoid.b});
    }
  }
  return made;
}

double Calibration::probability(const Calibrator& calibrator, double value) const {
  if (method_ == CalibrationMethod::isotonic) return calibrator.function(value);
  return models::svm::Sigmoid{.a = calibrator.a, .b = calibrator.b}.probability(value);
}

core::Matrix Calibration::probabilities(const models::Prediction& prediction) const {
  const core::Matrix values = values_of(prediction, needs_);
  GRIDMILL_ASSERT(values.n_rows == calibrators_.size(), "a value for each calibrator");
  const bool is_binary = calibrators_.size() == 1;
  core::Matrix out(is_binary ? 2 : calibrators_.size(), values.n_cols);
  for (std::size_t s = 0; s < values.n_cols; ++s) {
    if (is_binary) {
      out(1, s) = probability(calibrators_.front(), values(0, s));
      out(0, s) = 1 - out(1, s);
      continue;
    }
    double sum = 0;
    for (std::size_t c = 0; c < calibrators_.size(); ++c) {
      out(c, s) = probability(calibrators_[c], values(c, s));
      sum += out(c, s);
    }
    if (sum == 0) {
      out.col(s).fill(1 / static_cast<double>(calibrators_.size()));
    } else {
      out.col(s) /= sum;
    }
  }
  return out;
}

Value Calibration::to_value() const {
  ValueList calibrators;
  for (const Calibrator& each : calibrators_) {
    if (method_ == CalibrationMethod::isotonic) {
      calibrators.push_back(ValueMapping{{"x", ValueList(each.function.x.begin(), each.function.x.end())},
                                         {"y", ValueList(each.function.y.begin(), each.function.y.end())}});
    } else {
      calibrators.push_back(ValueMapping{{"a", each.a}, {"b", each.b}});
    }
  }
  return ValueMapping{{"method", method_ == CalibrationMethod::sigmoid ? "sigmoid" : "isotonic"},
                      {"of", needs_.decision ? "decision" : "probability"},
                      {"calibrators", std::move(calibrators)}};
}

Calibration Calibration::from_value(const Value& value, std::size_t n_classes) {
  Calibration made;
  const Value& method = entry(value, "method");
  if (method != Value("sigmoid") && method != Value("isotonic")) refuse("knows no such method");
  made.method_ = method == Value("sigmoid") ? CalibrationMethod::sigmoid : CalibrationMethod::isotonic;
  const Value& of = entry(value, "of");
  if (of != Value("decision") && of != Value("probability")) refuse("is neither of decision values nor probabilities");
  made.needs_ = {.decision = of == Value("decision"), .probability = of == Value("probability")};
  const Value& all = entry(value, "calibrators");
  constexpr std::size_t kTwo = 2;
  if (!all.is_list() || all.list().size() != (n_classes == kTwo ? 1 : n_classes)) {
    refuse("has not as many calibrators as there are classes");
  }
  for (const Value& each : all.list()) {
    if (made.method_ == CalibrationMethod::isotonic) {
      made.calibrators_.push_back({.function = function_from(each)});
    } else {
      made.calibrators_.push_back({.a = finite_number(entry(each, "a")), .b = finite_number(entry(each, "b"))});
    }
  }
  return made;
}

std::unique_ptr<models::Model> calibrated(std::unique_ptr<models::Model> model, Calibration calibration) {
  return std::make_unique<CalibratedModel>(std::move(model), std::move(calibration));
}

std::optional<Calibration> calibration_in(const Value& state, std::size_t n_classes) {
  if (!state.is_mapping()) return std::nullopt;
  for (const auto& [name, value] : state.mapping()) {
    if (name == kCalibration) return Calibration::from_value(value, n_classes);
  }
  return std::nullopt;
}

}  // namespace gridmill::search
