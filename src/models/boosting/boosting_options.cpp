#include "models/boosting/boosting_options.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/hint.hpp"
#include "models/boosting/boosting_settings.hpp"
#include "models/family/class_weights.hpp"

namespace gridmill::models::boosting {

namespace {

using core::OptionSpec;
using core::Task;

const core::Value& value_of(const core::Params& params, Task task, std::string_view name) {
  return core::value_of(params, boosting_options(task), name);
}

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = words.find(' ');
    if (words.substr(0, end) == word) return true;
    if (end == std::string_view::npos) break;
    words.remove_prefix(end + 1);
  }
  return false;
}

std::optional<std::size_t> feature_named(const core::Value& name, std::span<const std::string> names) {
  const auto found = std::find(names.begin(), names.end(), name.python_str());
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

void check_feature(const core::Value& name, const std::string& option, const core::Dataset& data,
                   std::vector<DataProblem>& problems) {
  if (feature_named(name, data.feature_names)) return;
  if (std::ranges::find(data.words, name.python_str(), &core::Words::name) != data.words.end()) {
    problems.push_back({.option = option,
                        .what = fmt::format("{} names '{}', a column of words; only columns of numbers can be named",
                                            option, name.python_str()),
                        .hint = {}});
    return;
  }
  problems.push_back(
      {.option = option,
       .what = fmt::format("{} names the feature '{}', which the data does not have", option, name.python_str()),
       .hint = core::hint_for(name.python_str(), data.feature_names)});
}

/// What an objective takes for targets.
std::optional<std::string> target_problem(const std::string& objective, std::span<const double> y) {
  const auto least = std::min_element(y.begin(), y.end());
  const auto greatest = std::max_element(y.begin(), y.end());
  if (y.empty()) return std::nullopt;
  const auto wants = [&](std::string_view what) {
    return fmt::format("objective {} needs targets {}; the data has {}", objective, what, *least);
  };
  if ((objective == "count:poisson" || objective == "reg:tweedie") && *least < 0) return wants(">= 0");
  if (objective == "reg:gamma" && *least <= 0) return wants("> 0");
  if (objective == "reg:squaredlogerror" && *least <= -1) return wants("> -1");
  if (objective == "reg:logistic" && (*least < 0 || *greatest > 1)) {
    return fmt::format("objective {} needs targets in [0, 1]; the data has {}", objective,
                       *least < 0 ? *least : *greatest);
  }
  return std::nullopt;
}

/// The first prediction goes through the objective's link: a logit, a logarithm.
std::optional<std::string> base_score_problem(const core::Params& params, const core::Dataset& data) {
  const core::Value& score = value_of(params, data.task, "base_score");
  if (score.is_null()) return std::nullopt;
  const double base = score.number();
  const core::Value& given = value_of(params, data.task, "objective");
  if (data.task == Task::classification) {
    if (data.classes.size() > 2 || (given.is_text() && given.text() == "binary:hinge") || (base > 0 && base < 1))
      return std::nullopt;
    return fmt::format("base_score is a probability here: it must lie between 0 and 1, not be {}", base);
  }
  const std::string& objective = given.text();
  if (objective == "reg:logistic" && !(base > 0 && base < 1))
    return fmt::format("base_score must lie between 0 and 1 with objective {}, not be {}", objective, base);
  const bool is_logarithm = objective == "count:poisson" || objective == "reg:gamma" || objective == "reg:tweedie";
  if (is_logarithm && base <= 0)
    return fmt::format("base_score must be above 0 with objective {}, not {}", objective, base);
  return std::nullopt;
}

/// Whether it has another value than by default.
bool is_given(const core::Params& params, Task task, std::string_view name) {
  return value_of(params, task, name) != value_of({}, task, name);
}

std::string monotone_text(const core::Params& params, Task task, std::span<const std::string> names) {
  const std::vector<int> signs = monotone_signs(params, task, names);
  return signs.empty() ? std::string{} : fmt::format("({})", fmt::join(signs, ","));
}

std::string interaction_text(const core::Params& params, Task task, std::span<const std::string> names) {
  const core::Value& lists = value_of(params, task, "interaction_constraints");
  if (lists.is_null()) return {};
  std::vector<std::string> texts;
  for (const core::Value& list : lists.list()) {
    std::vector<std::size_t> features;
    for (const core::Value& name : list.list()) {
      if (const auto feature = feature_named(name, names)) features.push_back(*feature);
    }
    if (features.empty()) continue;
    texts.push_back(fmt::format("[{}]", fmt::join(features, ", ")));
  }
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

}  // namespace

std::span<const OptionSpec> boosting_options(Task task) {
  const auto options_of = [](Task of) {
    std::vector<OptionSpec> options;
    for (const Setting& setting : settings_of(of)) options.push_back(setting.option);
    return options;
  };
  static const std::vector<OptionSpec> classifier = options_of(Task::classification);
  static const std::vector<OptionSpec> regressor = options_of(Task::regression);
  return task == Task::classification ? classifier : regressor;
}

std::vector<std::string> check_boosting(const core::Params& params, Task task) {
  std::vector<std::string> problems;
  const std::string& booster = value_of(params, task, "booster").text();
  for (const Setting& setting : settings_of(task)) {
    const std::string& name = setting.option.name;
    if (setting.boosters.empty() || has_word(setting.boosters, booster)) continue;
    if (params.contains(name) && params.at(name) != setting.option.default_value) {
      problems.push_back(fmt::format("{} means nothing with booster: {}", name, booster));
    }
  }
  const std::string& method = value_of(params, task, "tree_method").text();
  if (method == "exact" && value_of(params, task, "grow_policy").text() == "lossguide") {
    problems.emplace_back("tree_method exact grows depthwise only; grow_policy: lossguide needs hist or approx");
  }
  if (method == "exact" && value_of(params, task, "max_leaves").integer() > 0) {
    problems.emplace_back("tree_method exact knows no max_leaves; hist and approx do");
  }
  if (method == "exact" && is_given(params, task, "max_bin")) {
    problems.emplace_back("max_bin means nothing with tree_method: exact, which makes no bins; hist and approx do");
  }
  const bool is_unbounded = booster != "gblinear" && value_of(params, task, "max_depth").integer() == 0;
  if (is_unbounded && (method == "exact" || method == "auto")) {
    problems.push_back(fmt::format("max_depth: 0 needs tree_method hist or approx; {}",
                                   method == "exact" ? "exact bounds the depth" : "auto is exact for most data"));
  }
  if (booster == "gblinear") {
    const std::string& selector = value_of(params, task, "feature_selector").text();
    const bool shotgun = value_of(params, task, "updater").text() == "shotgun";
    if (shotgun && selector != "cyclic" && selector != "shuffle") {
      problems.push_back(fmt::format("feature_selector: {} needs updater: coord_descent", selector));
    }
    if (is_given(params, task, "top_k") && selector != "greedy" && selector != "thrifty") {
      problems.push_back(
          fmt::format("top_k means nothing with feature_selector: {}; greedy and thrifty use it", selector));
    }
  }
  const core::Value& signs = value_of(params, task, "monotone_constraints");
  if (signs.is_mapping()) {
    for (const auto& [feature, sign] : signs.mapping()) {
      if (sign.is_integer() && std::abs(sign.integer()) <= 1) continue;
      problems.push_back(
          fmt::format("monotone_constraints of '{}' must be 1, -1 or 0, not {}", feature, sign.python_repr()));
    }
  }
  const core::Value& groups = value_of(params, task, "interaction_constraints");
  if (groups.is_list()) {
    for (const core::Value& group : groups.list()) {
      if (!group.is_list()) {
        problems.push_back(fmt::format("interaction_constraints must be a list of lists of features; {} is no list",
                                       group.python_repr()));
      }
    }
  }
  if (task == Task::regression) {
    const std::string& objective = value_of(params, task, "objective").text();
    for (const auto& [option, of] :
         {std::pair{"tweedie_variance_power", "reg:tweedie"}, std::pair{"huber_slope", "reg:pseudohubererror"}}) {
      if (params.contains(option) && objective != of)
        problems.push_back(fmt::format("{} means nothing with objective: {}", option, objective));
    }
    return problems;
  }
  std::ranges::move(check_class_weights(value_of(params, task, "class_weight")), std::back_inserter(problems));
  return problems;
}

std::vector<DataProblem> check_boosting_data(const core::Params& params, const core::Dataset& data) {
  std::vector<DataProblem> problems;
  const core::Value& signs = value_of(params, data.task, "monotone_constraints");
  if (signs.is_mapping()) {
    for (const auto& [feature, sign] : signs.mapping()) check_feature(feature, "monotone_constraints", data, problems);
  }
  const core::Value& groups = value_of(params, data.task, "interaction_constraints");
  if (groups.is_list()) {
    for (const core::Value& group : groups.list()) {
      if (!group.is_list()) continue;
      for (const core::Value& feature : group.list()) check_feature(feature, "interaction_constraints", data, problems);
    }
  }
  const core::Value& objective = value_of(params, data.task, "objective");
  if (auto problem = base_score_problem(params, data))
    problems.push_back({.option = "base_score", .what = std::move(*problem), .hint = {}});
  if (data.task == Task::regression) {
    if (auto problem = target_problem(objective.text(), data.y))
      problems.push_back({.option = "objective", .what = std::move(*problem), .hint = {}});
    return problems;
  }
  if (objective.is_text()) {
    const bool multi = objective.text().starts_with("multi:");
    const std::size_t n = data.classes.size();
    if ((multi && n <= 2) || (objective.text() == "binary:hinge" && n > 2)) {
      problems.push_back(
          {.option = "objective",
           .what = fmt::format("objective {} is for {}, but '{}' has {} classes", objective.text(),
                               multi ? "more than two classes" : "two classes", data.target_name, n),
           .hint = fmt::format("leave it out: {} is taken", n > 2 ? "multi:softprob" : "binary:logistic")});
    }
  }
  if (data.classes.size() > 2 && is_given(params, data.task, "scale_pos_weight")) {
    problems.push_back({.option = "scale_pos_weight",
                        .what = fmt::format("scale_pos_weight weighs one of two classes, but '{}' has {}",
                                            data.target_name, data.classes.size()),
                        .hint = "class_weight takes a weight for each class, or 'balanced'"});
  }
  std::ranges::move(check_class_weights(value_of(params, data.task, "class_weight"), data),
                    std::back_inserter(problems));
  return problems;
}

std::vector<int> monotone_signs(const core::Params& params, Task task, std::span<const std::string> names) {
  const core::Value& signs = value_of(params, task, "monotone_constraints");
  if (!signs.is_mapping()) return {};
  std::vector<int> out(names.size(), 0);
  for (const auto& [name, sign] : signs.mapping()) {
    if (const auto feature = feature_named(name, names)) out[*feature] = static_cast<int>(sign.integer());
  }
  return out;
}

BoosterSettings booster_settings(const core::Params& params, Task task, std::span<const std::string> names,
                                 std::size_t n_classes, std::uint64_t seed) {
  BoosterSettings out;
  for (const Setting& setting : settings_of(task)) {
    const std::string& name = setting.option.name;
    // What XGBoost would take by itself needs no word, but where our default is another.
    const bool is_ours = name == "tree_method" || name == "n_jobs";
    if (setting.xgboost.empty() || (!params.contains(name) && !is_ours)) continue;
    const core::Value& value = value_of(params, task, name);
    if (value.is_null()) continue;
    out.emplace_back(setting.xgboost, value.is_boolean() ? (value.boolean() ? "1" : "0") : value.python_str());
  }
  const core::Value& state = value_of(params, task, "random_state");
  out.emplace_back("seed", state.is_null() ? fmt::format("{}", seed) : state.python_str());
  if (std::string text = monotone_text(params, task, names); !text.empty())
    out.emplace_back("monotone_constraints", std::move(text));
  if (std::string text = interaction_text(params, task, names); !text.empty())
    out.emplace_back("interaction_constraints", std::move(text));
  if (task == Task::classification) {
    const core::Value& objective = value_of(params, task, "objective");
    std::string name = objective.is_text() ? objective.text() : "binary:logistic";
    if (n_classes > 2) {
      if (name != "multi:softmax") name = "multi:softprob";
      out.emplace_back("num_class", fmt::format("{}", n_classes));
    } else if (name.starts_with("multi:")) {
      name = "binary:logistic";  // fewer classes in the training rows than in the data
    }
    out.emplace_back("objective", std::move(name));
  } else if (!params.contains("objective")) {
    out.emplace_back("objective", value_of(params, task, "objective").text());
  }
  return out;
}

std::span<const WatchMetric> boosting_watch_metrics(const core::Params& params, Task task) {
  using Classes = WatchMetric::Classes;
  static constexpr std::array<WatchMetric, 6> kClassification{{
      {"logloss", false, "mean of -log(probability of the true class), of two classes", Classes::two},
      {"error", false, "share of wrong predictions, of two classes", Classes::two},
      {"auc", true, "area under the ROC curve, of two classes or more"},
      {"aucpr", true, "area under the precision-recall curve, of two classes", Classes::two},
      {"mlogloss", false, "as logloss, of more than two classes", Classes::more},
      {"merror", false, "as error, of more than two classes", Classes::more},
  }};
  static constexpr std::array<WatchMetric, 8> kRegression{{
      {"rmse", false, "root of the mean squared error"},
      {"mae", false, "mean absolute error"},
      {"rmsle", false, "root of the mean squared error of log(1 + target)"},
      {"mape", false, "mean of |error| / |target|"},
      {"mphe", false, "mean pseudo-huber error"},
      {"poisson-nloglik", false, "negative log-likelihood of a Poisson distribution"},
      {"gamma-deviance", false, "deviance of a gamma distribution"},
      {"tweedie-nloglik", false, "negative log-likelihood of a Tweedie distribution"},
  }};
  if (value_of(params, task, "booster").text() != "gbtree") return {};
  if (task == Task::classification) return kClassification;
  return kRegression;
}

std::string metric_of_xgboost(const std::string& metric, const core::Params& params, Task task, std::size_t n_classes) {
  if (n_classes == 2 && metric == "mlogloss") return "logloss";
  if (n_classes == 2 && metric == "merror") return "error";
  if (metric != "tweedie-nloglik") return metric;
  return fmt::format("{}@{}", metric, value_of(params, task, "tweedie_variance_power").number());
}

std::optional<core::Problem> check_watched_targets(std::string_view metric, const core::Dataset& data) {
  struct Need {
    std::string_view metric;
    bool (*holds)(double target);
    std::string_view words;
  };
  static constexpr std::array<Need, 5> kNeeds{{
      {"rmsle", [](double y) { return y > -1; }, "above -1"},
      {"mape", [](double y) { return y != 0; }, "other than 0"},
      {"gamma-deviance", [](double y) { return y > 0; }, "above 0"},
      {"poisson-nloglik", [](double y) { return y >= 0; }, "of 0 and above"},
      {"tweedie-nloglik", [](double y) { return y >= 0; }, "of 0 and above"},
  }};
  const auto* const need = std::ranges::find(kNeeds, metric, &Need::metric);
  if (need == kNeeds.end() || data.task != Task::regression) return std::nullopt;
  const auto first = std::ranges::find_if_not(data.y, need->holds);
  if (first == data.y.end()) return std::nullopt;
  return core::Problem{
      .where = {},
      .what = fmt::format("fits are watched by the metric {}, which takes targets {}, but '{}' is {} in {} of {} rows",
                          metric, need->words, data.target_name, core::python_float(*first),
                          data.y.size() - static_cast<std::size_t>(std::ranges::count_if(data.y, need->holds)),
                          data.y.size()),
      .hint = "rmse, mae and mphe take any targets"};
}

MatrixKind matrix_kind(const core::Params& params, Task task) {
  const std::string& booster = value_of(params, task, "booster").text();
  if (booster == "gblinear") return {.key = "gblinear"};
  const std::string& method = value_of(params, task, "tree_method").text();
  const std::int64_t max_bin = value_of(params, task, "max_bin").integer();
  // What else predicts its training samples after each round, which is slow from bins.
  const bool bins_alone =
      method == "hist" && booster == "gbtree" && value_of(params, task, "num_parallel_tree").integer() == 1;
  MatrixKind kind{.key = fmt::format("{} max_bin={}{}", method, max_bin, bins_alone ? "" : " values"),
                  .n_bins = bins_alone ? static_cast<std::size_t>(max_bin) : 0};
  // Weights count in where bins end.
  if (task == Task::classification) {
    if (const core::Value& weights = value_of(params, task, "class_weight"); !weights.is_null())
      kind.key += " " + weights.python_repr();
  }
  return kind;
}

}  // namespace gridmill::models::boosting
