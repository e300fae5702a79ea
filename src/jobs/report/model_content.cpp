#include "jobs/report/model_content.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "jobs/report/content.hpp"
#include "report/findings/calibration.hpp"
#include "report/findings/residuals.hpp"
#include "report/findings/threshold_cuts.hpp"

namespace gridmill::jobs {

namespace {

constexpr std::size_t kMostCuts = 200;
constexpr std::size_t kMostClasses = 40;      // beyond, a table of all pairs is no picture
constexpr std::size_t kMostClassCurves = 10;  // colours that can be told apart
constexpr std::size_t kCalibrationBins = 10;
constexpr std::size_t kResidualBars = 40;
constexpr std::size_t kMostPoints = 1500;
constexpr std::size_t kMostSeries = 400;
constexpr std::size_t kMostFeatures = 25;
constexpr std::size_t kMostDrifts = 25;

core::Value of_counts(const std::vector<std::int64_t>& counts) {
  core::ValueList list;
  for (const std::int64_t n : counts) list.emplace_back(n);
  return list;
}

/// Predictions of some rows, and what is true of them.
struct PredictedRows {
  std::string name;
  std::span<const std::int64_t> row;
  std::span<const double> truth;
  std::span<const double> value;
  std::span<const double> decision;     // rows x columns
  std::span<const double> probability;  // rows x classes

  [[nodiscard]] std::size_t n() const { return truth.size(); }
  [[nodiscard]] std::size_t columns(std::span<const double> matrix) const { return n() == 0 ? 0 : matrix.size() / n(); }
  [[nodiscard]] std::vector<double> column(std::span<const double> matrix, std::size_t c) const {
    std::vector<double> out(n());
    for (std::size_t i = 0; i < n(); ++i) out[i] = matrix[i * columns(matrix) + c];
    return out;
  }
};

PredictedRows rows_of(const SearchRecord& record, const std::string& group, std::string name) {
  return {.name = std::move(name),
          .row = record.integers(group + "/row"),
          .truth = record.numbers(group + "/truth"),
          .value = record.numbers(group + "/value"),
          .decision = record.numbers(group + "/decision"),
          .probability = record.numbers(group + "/probability")};
}

/// How sure the model is that a row is of the class: probabilities, else values of its decision function.
struct ClassScore {
  std::vector<double> values;
  bool is_probability = false;
};

std::optional<ClassScore> score_of(const PredictedRows& rows, std::size_t c, std::size_t n_classes) {
  if (rows.columns(rows.probability) == n_classes) return ClassScore{rows.column(rows.probability, c), true};
  const std::size_t n_decisions = rows.columns(rows.decision);
  if (n_classes == 2 && n_decisions == 1) {
    ClassScore score{rows.column(rows.decision, 0), false};
    if (c == 0) std::ranges::transform(score.values, score.values.begin(), std::negate<>());
    return score;
  }
  if (n_decisions == n_classes) return ClassScore{rows.column(rows.decision, c), false};
  return std::nullopt;
}

std::vector<bool> is_class(const PredictedRows& rows, std::size_t c) {
  std::vector<bool> positive(rows.n());
  for (std::size_t i = 0; i < rows.n(); ++i) positive[i] = rows.truth[i] == static_cast<double>(c);
  return positive;
}

core::Value cuts_content(const report::ThresholdCuts& cuts) {
  return core::ValueMapping{{"positives", cuts.n_positive},
                            {"negatives", cuts.n_negative},
                            {"threshold", drawn_numbers(cuts.threshold)},
                            {"tp", of_counts(cuts.true_positive)},
                            {"fp", of_counts(cuts.false_positive)}};
}

void add_binary(const PredictedRows& rows, const std::vector<std::string>& classes, std::size_t positive,
                core::ValueMapping& set) {
  const auto score = score_of(rows, positive, classes.size());
  if (!score) return;
  const std::vector<bool> is_positive = is_class(rows, positive);
  const report::ThresholdCuts cuts = report::threshold_cuts(score->values, is_positive, kMostCuts);
  set.emplace_back("positive", classes[positive]);
  set.emplace_back("score", score->is_probability ? "probability" : "decision value");
  set.emplace_back("cuts", cuts_content(cuts));
  set.emplace_back("auc", drawn_number(cuts.area));
  set.emplace_back("average_precision", drawn_number(cuts.average_precision));
  if (!score->is_probability) return;
  core::ValueList bins;
  for (const report::CalibrationBin& bin : report::calibration(score->values, is_positive, kCalibrationBins)) {
    bins.emplace_back(core::ValueMapping{{"predicted", drawn_number(bin.predicted)},
                                         {"observed", drawn_number(bin.observed)},
                                         {"n", count_value(bin.n)}});
  }
  set.emplace_back("calibration", std::move(bins));
}

void add_confusion(const PredictedRows& rows, const std::vector<std::string>& classes, core::ValueMapping& set) {
  std::vector<std::vector<std::int64_t>> counts(classes.size(), std::vector<std::int64_t>(classes.size(), 0));
  for (std::size_t i = 0; i < rows.n(); ++i) {
    if (std::isnan(rows.value[i])) continue;
    ++counts[static_cast<std::size_t>(rows.truth[i])][static_cast<std::size_t>(rows.value[i])];
  }
  core::ValueList table;
  for (const auto& line : counts) table.push_back(of_counts(line));
  core::ValueList labels(classes.begin(), classes.end());
  set.emplace_back("confusion", core::ValueMapping{{"labels", std::move(labels)}, {"counts", std::move(table)}});
}

void add_class_curves(const PredictedRows& rows, const std::vector<std::string>& classes, core::ValueMapping& set) {
  core::ValueList curves;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const auto score = score_of(rows, c, classes.size());
    if (!score) return;
    const report::ThresholdCuts cuts = report::threshold_cuts(score->values, is_class(rows, c), kMostCuts / 2);
    curves.emplace_back(
        core::ValueMapping{{"label", classes[c]}, {"auc", drawn_number(cuts.area)}, {"cuts", cuts_content(cuts)}});
  }
  set.emplace_back("per_class", std::move(curves));
}

void add_regression(const PredictedRows& rows, core::ValueMapping& set) {
  const report::Residuals left = report::residuals(rows.truth, rows.value, kResidualBars);
  core::ValueList points;
  const std::size_t step = std::max<std::size_t>(1, (rows.n() + kMostPoints - 1) / kMostPoints);
  for (std::size_t i = 0; i < rows.n(); i += step) {
    if (!std::isfinite(rows.value[i])) continue;
    points.emplace_back(core::ValueList{drawn_number(rows.truth[i]), drawn_number(rows.value[i])});
  }
  std::vector<std::size_t> order(rows.n());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return rows.row[i]; });
  core::ValueList series;
  for (std::size_t k = order.size() - std::min(order.size(), kMostSeries); k < order.size(); ++k) {
    const std::size_t i = order[k];
    series.emplace_back(core::ValueList{rows.row[i], drawn_number(rows.truth[i]), drawn_number(rows.value[i])});
  }
  std::vector<std::int64_t> counts(left.counts.begin(), left.counts.end());
  core::ValueList bands;
  for (const report::ResidualBand& band : left.bands) {
    bands.emplace_back(core::ValueMapping{{"predicted", drawn_number(band.predicted)},
                                          {"low", drawn_number(band.low)},
                                          {"median", drawn_number(band.median)},
                                          {"high", drawn_number(band.high)}});
  }
  set.emplace_back("points", std::move(points));
  set.emplace_back("series", std::move(series));
  set.emplace_back("residuals", core::ValueMapping{{"low", drawn_number(left.low)},
                                                   {"width", drawn_number(left.width)},
                                                   {"counts", of_counts(counts)}});
  set.emplace_back("bands", std::move(bands));
}

/// Errors of rows by what they are, as the search has found them; empty where an earlier gridmill has not.
core::ValueList errors_content(const SearchRecord& record, const std::string& group) {
  const auto names = record.texts(group + "/name");
  const auto by = record.texts(group + "/by");
  const auto n = record.integers(group + "/n");
  const auto number = [&](const char* field, std::size_t i) {
    return drawn_number(record.numbers(group + field)[i], 5);
  };
  core::ValueList all;
  for (std::size_t first = 0; first < by.size();) {
    core::ValueList groups;
    std::size_t i = first;
    for (; i < by.size() && by[i] == by[first]; ++i) {
      groups.emplace_back(core::ValueMapping{{"name", names[i]},
                                             {"low", number("/low", i)},
                                             {"high", number("/high", i)},
                                             {"n", n[i]},
                                             {"error", number("/error", i)},
                                             {"spread", number("/standard_error", i)},
                                             {"residual", number("/residual", i)}});
    }
    all.emplace_back(core::ValueMapping{{"by", by[first]}, {"groups", std::move(groups)}});
    first = i;
  }
  return all;
}

/// What features have added to single predictions; empty where the model does not tell. Values are told by their rank
/// among the rows, 0 to 1: features have scales of their own.
core::ValueList contributions_content(const SearchRecord& record) {
  const auto features = record.texts("contributions/feature");
  const auto added = record.numbers("contributions/added");
  const auto value = record.numbers("contributions/value");
  const std::size_t n = features.empty() ? 0 : added.size() / features.size();
  core::ValueList all;
  for (std::size_t f = 0; f < features.size(); ++f) {
    const auto own = value.subspan(f * n, n);
    std::vector<double> sorted(own.begin(), own.end());
    std::erase_if(sorted, [](double each) { return std::isnan(each); });
    std::ranges::sort(sorted);
    core::ValueList ranks;
    for (const double each : own) {
      const auto [low, high] = std::ranges::equal_range(sorted, each);
      const auto middle = static_cast<double>((low - sorted.begin()) + (high - sorted.begin())) / 2;
      ranks.push_back(std::isnan(each) ? core::Value() : drawn_number(middle / static_cast<double>(sorted.size()), 2));
    }
    all.emplace_back(core::ValueMapping{{"name", features[f]},
                                        {"mean", drawn_number(record.numbers("contributions/mean")[f], 4)},
                                        {"added", drawn_numbers(added.subspan(f * n, n), 4)},
                                        {"value", drawn_numbers(own, 4)},
                                        {"rank", std::move(ranks)}});
  }
  return all;
}

/// From the training to the held-out rows; empty where none are held out.
core::ValueList drift_content(const SearchRecord& record) {
  const auto features = record.texts("drift/feature");
  const auto number = [&](const char* field, std::size_t i) { return drawn_number(record.numbers(field)[i], 5); };
  const io::Array* bars = record.find("drift/before");
  const std::size_t n_bars = bars == nullptr || bars->shape.size() != 2 ? 0 : bars->shape[1];
  core::ValueList all;
  for (std::size_t i = 0; i < std::min(features.size(), kMostDrifts); ++i) {
    const auto counts = [&](const char* field) {
      const auto own = record.integers(field).subspan(i * n_bars, n_bars);
      return core::ValueList(own.begin(), own.end());
    };
    core::ValueMapping entry{
        {"name", features[i]},
        {"value", number("drift/distance", i)},
        {"missing", core::ValueList{number("drift/missing_before", i), number("drift/missing_after", i)}},
        {"mean", core::ValueList{number("drift/mean_before", i), number("drift/mean_after", i)}}};
    if (record.numbers("drift/width")[i] > 0) {
      entry.emplace_back("low", number("drift/low", i));
      entry.emplace_back("width", number("drift/width", i));
      entry.emplace_back("before", counts("drift/before"));
      entry.emplace_back("after", counts("drift/after"));
    }
    all.emplace_back(std::move(entry));
  }
  return all;
}

/// Nothing where the rows, or what is true of them, were not kept.
std::optional<core::ValueMapping> set_content(const PredictedRows& rows, const std::vector<std::string>& classes,
                                              std::size_t positive) {
  if (rows.n() == 0 || rows.value.size() != rows.n() || rows.row.size() != rows.n()) return std::nullopt;
  core::ValueMapping set{{"name", rows.name}, {"n", count_value(rows.n())}};
  if (classes.empty()) {
    add_regression(rows, set);
    return set;
  }
  if (classes.size() == 2) add_binary(rows, classes, positive, set);
  if (classes.size() <= kMostClasses) add_confusion(rows, classes, set);
  if (classes.size() > 2 && classes.size() <= kMostClassCurves) add_class_curves(rows, classes, set);
  return set;
}

core::Value importance_content(const std::string& name, const std::string& meaning,
                               std::span<const std::string> features, std::span<const double> values,
                               std::span<const double> spread) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) { return !std::isfinite(values[i]); });
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  order.resize(std::min(order.size(), kMostFeatures));
  core::ValueList list;
  for (const std::size_t i : order) {
    core::ValueMapping row{{"name", features[i]}, {"value", drawn_number(values[i])}};
    if (!spread.empty()) row.emplace_back("std", drawn_number(spread[i]));
    list.emplace_back(std::move(row));
  }
  return core::ValueMapping{
      {"name", name},
      {"meaning", fmt::format("{} The {} of {} features with the most.", meaning, list.size(), features.size())},
      {"spread", !spread.empty()},
      {"features", std::move(list)}};
}

core::ValueList importances(const SearchRecord& record) {
  core::ValueList ways;
  const std::span<const std::string> features = record.texts("importances/feature");
  for (const auto& [path, array] : record.results().arrays) {
    constexpr std::string_view kGroup = "importances/";
    const std::span<const double> values = record.numbers(path);
    if (!path.starts_with(kGroup) || features.empty() || values.size() != features.size()) continue;
    ways.push_back(importance_content(path.substr(kGroup.size()), "What the model itself says.", features, values, {}));
  }
  const std::span<const std::string> shuffled = record.texts("permutation/feature");
  const std::span<const double> mean = record.numbers("permutation/mean");
  if (!shuffled.empty() && mean.size() == shuffled.size()) {
    ways.push_back(importance_content("permutation", "How much the score falls when a feature is shuffled.", shuffled,
                                      mean, record.numbers("permutation/std")));
  }
  return ways;
}

}  // namespace

core::Value model_content(const SearchRecord& record) {
  const std::span<const std::string> names = record.texts("classes");
  const std::vector<std::string> classes(names.begin(), names.end());
  // The second class is the positive one, unless the config says otherwise.
  const std::string positive = config_word(record.config(), "data.positive");
  const auto wanted = std::ranges::find(classes, positive);
  const std::size_t place = wanted != classes.end() ? static_cast<std::size_t>(wanted - classes.begin()) : 1;
  core::ValueList sets;
  for (const auto& [group, name] : {std::pair{"held_out", "held-out rows"}, std::pair{"out_of_fold", "out of fold"}}) {
    auto set = set_content(rows_of(record, group, name), classes, place);
    if (!set) continue;
    set->emplace_back("errors", errors_content(record, fmt::format("errors/{}", group)));
    sets.push_back(std::move(*set));
  }
  return core::ValueMapping{{"sets", std::move(sets)},
                            {"importances", importances(record)},
                            {"contributions", contributions_content(record)},
                            {"drift", drift_content(record)},
                            {"is_class", !classes.empty()}};
}

}  // namespace gridmill::jobs
