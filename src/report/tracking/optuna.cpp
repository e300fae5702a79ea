#include "report/tracking/optuna.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace gridmill::report {

namespace {

using Json = nlohmann::ordered_json;

// Kinds of entries.
constexpr int kStudy = 0;
constexpr int kStudyAttribute = 2;
constexpr int kTrial = 4;
constexpr int kParam = 5;
constexpr int kEnd = 6;
constexpr int kStep = 7;
constexpr int kAttribute = 8;

constexpr int kMaximize = 2;
constexpr int kTrialComplete = 1;
constexpr int kTrialPruned = 2;
constexpr int kTrialFailed = 3;

/// A choice as Optuna takes it: null, a boolean, a number or text.
Json choice_of(const core::Value& value) {
  if (value.is_null()) return nullptr;
  if (value.is_boolean()) return value.boolean();
  if (value.is_integer()) return value.integer();
  if (value.is_real() && std::isfinite(value.number())) return value.number();
  return value.python_str();
}

/// All values of one hyperparameter.
class Range {
 public:
  void add(const core::Value& value) {
    all_numbers_ = all_numbers_ && value.is_number() && std::isfinite(value.number());
    all_integers_ = all_integers_ && value.is_integer();
    if (all_numbers_) {
      low_ = std::min(low_, value.number());
      high_ = std::max(high_, value.number());
    }
    const Json choice = choice_of(value);
    if (std::ranges::find(choices_, choice) == choices_.end()) choices_.push_back(choice);
  }

  /// As Optuna writes it: a text of JSON.
  [[nodiscard]] std::string distribution() const {
    Json distribution;
    if (!all_numbers_) {
      distribution = {{"name", "CategoricalDistribution"}, {"attributes", {{"choices", choices_}}}};
    } else if (all_integers_) {
      distribution = {{"name", "IntDistribution"},
                      {"attributes",
                       {{"log", false},
                        {"step", 1},
                        {"low", static_cast<std::int64_t>(low_)},
                        {"high", static_cast<std::int64_t>(high_)}}}};
    } else {
      constexpr double kWide = 100;  // from here on a scale of powers shows more
      const bool is_wide = low_ > 0 && high_ >= kWide * low_;
      distribution = {{"name", "FloatDistribution"},
                      {"attributes", {{"step", nullptr}, {"low", low_}, {"high", high_}, {"log", is_wide}}}};
    }
    return distribution.dump();
  }

  /// The number that stands for a value.
  [[nodiscard]] double internal(const core::Value& value) const {
    if (all_numbers_) return value.number();
    return static_cast<double>(std::ranges::find(choices_, choice_of(value)) - choices_.begin());
  }

 private:
  bool all_numbers_ = true;
  bool all_integers_ = true;
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
  std::vector<Json> choices_;
};

/// UTC, to the microsecond.
std::string date_of(double seconds) {
  if (std::isnan(seconds)) seconds = 0;
  const auto whole = static_cast<std::time_t>(std::floor(seconds));
  const auto rest = std::min<std::int64_t>(999'999, std::llround((seconds - std::floor(seconds)) * 1e6));
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}", fmt::gmtime(whole), rest);
}

class Journal {
 public:
  explicit Journal(std::string worker) : worker_(std::move(worker)) {}

  void add(int kind, Json more) {
    Json entry{{"op_code", kind}, {"worker_id", worker_}};
    entry.update(more);
    text_ += entry.dump() + "\n";
  }

  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  std::string worker_;
  std::string text_;
};

void add_trial(const TrackedSearch& search, std::size_t number, const std::map<std::string, Range>& ranges,
               Journal& journal) {
  const TrackedTrial& trial = search.trials[number];
  journal.add(kTrial, {{"study_id", 0}, {"datetime_start", date_of(trial.start_s)}});
  for (const auto& [name, value] : trial.params) {
    const Range& range = ranges.at(name);
    journal.add(kParam, {{"trial_id", number},
                         {"param_name", name},
                         {"param_value_internal", range.internal(value)},
                         {"distribution", range.distribution()}});
  }
  const std::vector<double>& folds = trial.folds[search.chosen_by];
  for (std::size_t k = 0; k < folds.size(); ++k) {
    if (!std::isfinite(folds[k])) continue;
    journal.add(kStep, {{"trial_id", number}, {"step", k}, {"intermediate_value", folds[k]}});
  }
  const auto attribute = [&](const std::string& name, const Json& value) {
    journal.add(kAttribute, {{"trial_id", number}, {"user_attr", {{name, value}}}});
  };
  for (std::size_t m = 0; m < search.metrics.size(); ++m) {
    if (std::isfinite(trial.means[m])) attribute("mean_test_" + search.metrics[m], trial.means[m]);
    if (std::isfinite(trial.deviations[m])) attribute("std_test_" + search.metrics[m], trial.deviations[m]);
  }
  if (trial.n_resources > 0) attribute("n_resources", trial.n_resources);
  const int state = trial.has_failed ? kTrialFailed : trial.was_dropped ? kTrialPruned : kTrialComplete;
  Json values = nullptr;
  if (!trial.has_failed) values = {trial.means[search.chosen_by]};
  journal.add(
      kEnd, {{"trial_id", number}, {"state", state}, {"values", values}, {"datetime_complete", date_of(trial.end_s)}});
}

}  // namespace

std::string optuna_journal(const TrackedSearch& search) {
  std::map<std::string, Range> ranges;
  for (const TrackedTrial& trial : search.trials) {
    for (const auto& [name, value] : trial.params) ranges[name].add(value);
  }
  Journal journal("gridmill-" + search.identity);
  journal.add(kStudy, {{"study_name", search.name}, {"directions", {kMaximize}}});
  const auto attribute = [&](const std::string& name, const Json& value) {
    journal.add(kStudyAttribute, {{"study_id", 0}, {"user_attr", {{name, value}}}});
  };
  attribute("metric", search.metrics[search.chosen_by]);
  attribute("gridmill", search.version);
  if (!search.command.empty()) attribute("command", search.command);
  for (const auto& [name, value] : search.results) {
    if (std::isfinite(value)) attribute(name, value);
  }
  for (std::size_t number = 0; number < search.trials.size(); ++number) add_trial(search, number, ranges, journal);
  return std::move(journal).text();
}

}  // namespace gridmill::report
